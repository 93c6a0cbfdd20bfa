import { terminationTime } from '#lib/servers/server-process.ts';
import { hasEnded } from '#lib/sessions/ledger.ts';
import { removableAfter } from '#lib/sessions/retention.ts';
import { type StoredItem, sendDelete, sendUpdate } from '#lib/table/client.ts';
import { moveLook } from '#lib/table/due-requests.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { batchGet } from '#lib/table/reads.ts';
import {
  type Ledger,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { endSession, removeData, removePayload, unlist } from '#lib/table/session-requests.ts';
import { type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { idleFrom } from './idleness.ts';
import { type EntryContext, maximumWrites, nothingSwept, type Swept, sweepsMark } from './swept.ts';

/** How long a payload without a session is left alone, milliseconds: many times what a creation may take. */
const creationIsOver = 60 * 60 * 1_000;

/**
 * Looks at a GameLift session as a whole: ends it where it has not become ACTIVE in time or is idle, takes it out of the
 * search where it has ended and somebody died before doing so, and removes what a creation left that died before there was
 * a session. Otherwise it puts off the next look until one of these can be.
 *
 * Costs a read of two items and one or two writes. The ledger is ended first, on the condition that nothing has happened in
 * it since it was read; the payload, which is due until then, is the last to be written. Whoever describes an idle session
 * between the read and the end has been told that it is updated, and it ends all the same.
 */
export async function sweepPayload(context: EntryContext, sessionKey: string): Promise<Swept> {
  const { table, now } = context;
  const [payloadItem, session] = await batchGet(table, [
    payloadItemKey(sessionKey),
    sessionItemKey(sessionKey),
  ]);
  const payload = payloadItem && parsePayloadItem(payloadItem);
  // The index shows late what was written a moment ago: another run may have been here.
  if (payload?.lookAt === undefined || payload.lookAt > now) return nothingSwept;
  const { createdAt, lookAt: seenLookAt } = payload;

  const verdict = await judge(context, sessionKey, payload, session);
  switch (verdict.kind) {
    case 'none': {
      if (createdAt + creationIsOver > now) return putOff(createdAt + creationIsOver);
      const removals = [removeData(sessionKey, createdAt), removePayload(sessionKey, createdAt)];
      let itemsRemoved = 0;
      for (const removal of removals) {
        if ((await sendDelete(table, removal)).kind === 'written') itemsRemoved++;
      }
      return { ...nothingSwept, itemsRemoved };
    }
    case 'ended':
      await sendUpdate(table, unlist(sessionKey, createdAt));
      return { ...nothingSwept, sessionsEnded: verdict.byMe ? 1 : 0 };
    case 'goes-on':
      return putOff(verdict.lookAt);
    case 'contended':
      return { ...nothingSwept, isLeft: true };
  }

  async function putOff(lookAt: number | undefined): Promise<Swept> {
    await sendUpdate(table, moveLook(sessionKey, { createdAt, seenLookAt, lookAt }));
    return nothingSwept;
  }
}

type Verdict =
  /** There is no session, or not yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'ended'; readonly byMe: boolean }
  /** When it is to be looked at again, epoch milliseconds; undefined for never. */
  | { readonly kind: 'goes-on'; readonly lookAt: number | undefined };

/** Ends a session whose time is over, unless somebody comes in, or it becomes ACTIVE, in that moment. */
function judge(
  { table, now, retention }: EntryContext,
  sessionKey: string,
  payload: SessionPayload,
  session: StoredItem | undefined,
) {
  const next = (item: StoredItem | undefined): Step<Verdict> => {
    if (item === undefined) return settled({ kind: 'none' });
    const ledger = parseSessionItem(item);
    if (hasEnded(ledger)) return settled({ kind: 'ended', byMe: false });
    const lookAt = timeIsOver(ledger, payload, now);
    if (lookAt === undefined || lookAt > now) return settled({ kind: 'goes-on', lookAt });
    const { createdAt, version } = ledger;
    const removeAfter = removableAfter(now, retention);
    return {
      kind: 'write',
      request: endSession({
        sessionKey,
        createdAt,
        // One that did not become ACTIVE in time has read as ended since then.
        endedAt: ledger.status === 'ACTIVATING' ? lookAt : now,
        reason: undefined,
        endedBy: sweepsMark,
        removeAfter,
        version,
      }),
      written: () => settled({ kind: 'ended', byMe: true }),
    };
  };
  return writeInTurns(table, next(session), next, maximumWrites);
}

/** When a session's time is over if nothing happens in it, epoch milliseconds; undefined where it never is. */
function timeIsOver(ledger: Ledger, payload: SessionPayload, now: number): number | undefined {
  if (ledger.status === 'ACTIVATING') return payload.activateBy;
  // Its process ends it, or is ended itself. Where neither has come about, nobody is left who would.
  if (ledger.status === 'TERMINATING') return ledger.touchedAt + 2 * terminationTime;
  return payload.idle === undefined ? undefined : idleFrom(ledger, payload.idle, now, payload.touched);
}
