import { earliestDeadline, hasEnded, lapsedSeats, seen } from '#lib/sessions/ledger.ts';
import { removableAfter } from '#lib/sessions/retention.ts';
import type { StoredItem, UpdateRequest } from '#lib/table/client.ts';
import { forgetEnded, freeLapsed } from '#lib/table/due-requests.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { endIdleRoster } from '#lib/table/rostered-change-requests.ts';
import { parseRosteredItem } from '#lib/table/rostered-item.ts';
import type { SeenSeat } from '#lib/table/seat-requests.ts';
import { isKeptSeat, isRostered, type Ledger, parseSessionItem } from '#lib/table/session-item.ts';
import { maximumReclaimed } from '#lib/table/settings-requests.ts';
import { type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { idleFrom } from './idleness.ts';
import { type EntryContext, maximumWrites, nothingSwept, type Swept } from './swept.ts';

/**
 * Frees the slots of a session's lapsed seats, up to 100 a write, and puts off the next look until another one can lapse. A
 * session with a roster, whose item is all there is of it, is ended here too when it is idle.
 *
 * Costs a read and a write, and another write for each 100 seats more and whenever somebody else was quicker. The process
 * may die before any of them: what is still due is looked at again.
 */
export async function sweepLedger(context: EntryContext, sessionKey: string): Promise<Swept> {
  let slotsReclaimed = 0;
  let sessionsEnded = 0;
  const done = () => settled({ ...nothingSwept, slotsReclaimed, sessionsEnded });
  const next = (item: StoredItem | undefined): Step<Swept> => {
    const work = item && workOn(context, sessionKey, item);
    if (work === undefined) return done();
    return {
      kind: 'write',
      request: work.request,
      written: (attributes) => {
        slotsReclaimed += work.frees;
        if (work.kind === 'end') sessionsEnded++;
        return work.kind === 'free' ? next(attributes) : done();
      },
    };
  };
  const item = await getItem(context.table, sessionItemKey(sessionKey));
  const swept = await writeInTurns(context.table, next(item), next, maximumWrites);
  return 'kind' in swept ? { ...nothingSwept, slotsReclaimed, sessionsEnded, isLeft: true } : swept;
}

type Work = {
  readonly kind: 'free' | 'end' | 'forget';
  readonly request: UpdateRequest;
  /** Slots that it opens. */
  readonly frees: number;
};

/** The next write that a session needs; none where it is not due. */
function workOn({ now, retention }: EntryContext, sessionKey: string, item: StoredItem): Work | undefined {
  const ledger = parseSessionItem(item);
  // The index shows late what was written a moment ago: another run may have been here.
  if (ledger.lookAt === undefined || ledger.lookAt > now) return undefined;
  if (hasEnded(ledger)) return { kind: 'forget', request: forgetEnded(sessionKey), frees: 0 };

  const { createdAt, version, touchedAt } = ledger;
  const lapsed = lapsedSeats(ledger, now);
  const idleTime = isRostered(item) ? parseRosteredItem(item).idleTime : undefined;
  if (idleTime !== undefined && idleFrom(ledger, idleTime, now) <= now) {
    const removeAfter = removableAfter(now, retention);
    const request = endIdleRoster({
      sessionKey,
      createdAt,
      version,
      touchedAt,
      now,
      lapsed,
      removeAfter,
    });
    return { kind: 'end', request, frees: lapsed.length };
  }
  const freed = lapsed.slice(0, maximumReclaimed).flatMap((token) => seen(ledger, token));
  const lookAt = nextLook(ledger, freed, idleTime, now);
  const request = freeLapsed(sessionKey, { version, lapsed: freed, lookAt, now });
  return { kind: 'free', request, frees: freed.length };
}

/** When something can happen in a session without anybody's doing, once these seats are free; undefined for never. */
function nextLook(
  ledger: Ledger,
  freed: readonly SeenSeat[],
  idleTime: number | undefined,
  now: number,
): number | undefined {
  const isFreed = new Set(freed.map(({ token }) => token));
  // A kept seat is nobody's to be told of when it lapses.
  const isAwaited = (token: string) => !isFreed.has(token) && !isKeptSeat(token);
  const seats = Object.fromEntries(Object.entries(ledger.seats).filter(([token]) => isAwaited(token)));
  const deadline = earliestDeadline({ ...ledger, seats });
  if (idleTime === undefined) return deadline;
  // To free a seat is to touch the session.
  const idle = freed.length > 0 ? now + idleTime : idleFrom(ledger, idleTime, now);
  return Math.min(idle, deadline ?? idle);
}
