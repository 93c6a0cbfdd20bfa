import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { seatState } from '#lib/sessions/ledger.ts';
import type { StoredItem } from '#lib/table/client.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { removeSeat } from '#lib/table/rostered-requests.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { maySee, rightToRemove } from './access.ts';
import { findRoster, ofTitle, type RosterContext } from './find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from './ids.ts';
import { notAllowed, notFound, type Refused } from './refusals.ts';
import { type RosteredSession, readRosteredSession } from './rostered-session.ts';

export type RemoveOutcome =
  | { readonly kind: 'removed' }
  | Refused<'not-found' | 'not-allowed' | 'ended'>
  | Contended;

/** A seat changes from free to reserved to accepted and back while a removal is on its way; hardly more often than this. */
const maximumTries = 20;

/** What a session allows is part of the session, and not shown to whoever may not see that. */
const reasonFor = (session: RosteredSession, caller: Caller): string =>
  maySee(session, caller) ? reasons[session.playersCanBeRemovedBy] : 'The session does not allow it.';

const reasons = {
  NoOne: 'No player can be removed from this session, not even by himself.',
  Self: 'Players of this session can be removed by themselves alone.',
  AnyPlayer: 'Players of this session can be removed by players who are in it.',
} as const;

/**
 * Takes a player out, or gives back the seat that is held for one. The slot is free at once, and the place in the roster
 * stays. Whoever is not in is as wanted: doing it again does no harm.
 *
 * Costs one read and one conditional write of the session, and the read alone where nobody has to go.
 */
export async function removePlayer(
  { table, now }: RosterContext,
  address: SessionAddress,
  caller: Caller,
  xuid: string,
): Promise<RemoveOutcome> {
  const token = tokenOf(xuid);
  const step = (
    stored: StoredRoster | undefined,
    mayBeDone: boolean,
  ): Step<Exclude<RemoveOutcome, Contended>> => {
    if (stored === undefined) return settled(notFound);
    const value = stored.ledger.seats[token];
    const isOut = value === undefined || seatState(value, now) === 'lapsed';
    // By a try of this very request, whose answer was lost: what has become of session and caller since does not matter.
    if (isOut && mayBeDone) return settled({ kind: 'removed' });
    const session = readRosteredSession(stored, now);
    const right = rightToRemove(session, caller, xuid);
    if (right === 'never') return settled(notAllowed(reasonFor(session, caller)));
    if (session.hasEnded) return settled({ kind: 'ended', session });
    if (isOut) return settled({ kind: 'removed' });
    const remover = right === 'as-player' && caller.xuid !== undefined ? tokenOf(caller.xuid) : undefined;
    return {
      kind: 'write',
      request: removeSeat(rosterKeyOf(session.sessionId), { token, value }, remover),
      written: () => settled({ kind: 'removed' }),
    };
  };
  const next = (item: StoredItem | undefined, mayBeDone: boolean) =>
    step(ofTitle(address.titleId, item), mayBeDone);
  return writeInTurns(table, step(await findRoster(table, address), false), next, maximumTries);
}
