import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { shortHash, tokenLength } from '#lib/sessions/ids.ts';
import { heldSlots, lapsedSeats } from '#lib/sessions/ledger.ts';
import { removableAfter } from '#lib/sessions/retention.ts';
import { changeRosteredSession } from '#lib/table/rostered-change-requests.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import type { Facts } from '#lib/table/rostered-requests.ts';
import { type Contended, type Step, settled } from '#lib/table/write-in-turns.ts';
import { mayChange } from './access.ts';
import { changeInTurns } from './change-in-turns.ts';
import type { RosterContext } from './find.ts';
import { rosterKeyOf, type SessionAddress, titleHash } from './ids.ts';
import { notAllowed, type Refused } from './refusals.ts';
import { isSameData, type RosteredSession, readRosteredSession } from './rostered-session.ts';

/** What is to become of a session. What is not there stays as it is; custom data that is undefined goes. */
export type Change = Partial<Facts> & {
  readonly maxPlayers?: number;
  /** True ends the session for good. */
  readonly hasEnded?: boolean;
};

export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly session: RosteredSession }
  | Refused<'not-found' | 'not-allowed' | 'ended' | 'changed-since' | 'below-held'>
  | Contended;

export type ChangeContext = RosterContext & {
  /** Another one for every request. */
  readonly requestId: string;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
};

/**
 * Changes a session as a whole or not at all. Whoever says which state they saw changes that state, and no other.
 *
 * Costs one read and one conditional write of the session, and another write whenever somebody else came first; none where
 * it is as wanted already.
 *
 * @param ifMatch the etags of the states that the caller means; undefined for any
 */
export function changeSession(
  context: ChangeContext,
  address: SessionAddress,
  caller: Caller,
  change: Change,
  ifMatch: readonly string[] | undefined,
): Promise<ChangeOutcome> {
  const { table, now, requestId } = context;
  return changeInTurns<Outcome>(table, address, (stored, mayBeDone) => {
    const session = readRosteredSession(stored, now);
    // A try of this very request whose answer was lost: it would else refuse its own work as somebody else's. Once yet
    // another change has come after it, nobody can tell.
    if (mayBeDone && stored.lastWriter === writerOf(requestId)) return settled({ kind: 'changed', session });
    if (!mayChange(session, caller)) {
      return settled(notAllowed('The session can be changed by its creator and by players who are in it.'));
    }
    if (session.hasEnded) return settled({ kind: 'ended', session });
    if (ifMatch !== undefined && !ifMatch.includes(session.etag)) {
      return settled({ kind: 'changed-since', session });
    }
    return stepToChange(context, stored, session, change);
  });
}

type Outcome = Exclude<ChangeOutcome, Contended>;

function stepToChange(
  { now, requestId, retention }: ChangeContext,
  stored: StoredRoster,
  session: RosteredSession,
  { maxPlayers = session.maxPlayers, hasEnded = false, ...wanted }: Change,
): Step<Outcome> {
  const { ledger } = stored;
  const facts = { ...factsOf(session), ...wanted };
  const held = heldSlots(ledger, now);
  if (maxPlayers < held) return settled({ kind: 'below-held', held });
  const isAsWanted = maxPlayers === session.maxPlayers && !hasEnded && isSame(facts, factsOf(session));
  if (isAsWanted) return settled({ kind: 'changed', session });

  return {
    kind: 'write',
    request: changeRosteredSession({
      sessionKey: rosterKeyOf(session.sessionId),
      titleHash: titleHash(session.titleId),
      createdAt: session.createdAt,
      version: ledger.version,
      now,
      writer: writerOf(requestId),
      facts,
      // Lapsed seats leave the ledger with any change: their slots may go with a capacity that is lowered.
      seats: { capacity: maxPlayers, open: maxPlayers - held, lapsed: lapsedSeats(ledger, now) },
      end: hasEnded ? { removeAfter: removableAfter(now, retention) } : undefined,
    }),
    written: (item) =>
      settled({ kind: 'changed', session: readRosteredSession(parseRosteredItem(item), now) }),
  };
}

/** Names a request in a session, which pays for every character. */
const writerOf = (requestId: string): string => shortHash(requestId, tokenLength);

const factsOf = ({ variant, displayName, customData, visibility, isClosed }: RosteredSession): Facts => ({
  variant,
  displayName,
  customData,
  visibility,
  isClosed,
});

const isSame = (one: Facts, other: Facts): boolean =>
  one.variant === other.variant &&
  one.displayName === other.displayName &&
  one.visibility === other.visibility &&
  one.isClosed === other.isClosed &&
  isSameData(one.customData, other.customData);
