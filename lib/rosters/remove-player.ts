import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { seatState } from '#lib/sessions/ledger.ts';
import { removeSeat } from '#lib/table/rostered-requests.ts';
import { type Contended, settled } from '#lib/table/write-in-turns.ts';
import { maySee, rightToRemove } from './access.ts';
import { changeInTurns } from './change-in-turns.ts';
import type { RosterContext } from './find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from './ids.ts';
import { notAllowed, type Refused } from './refusals.ts';
import { type RosteredSession, readRosteredSession } from './rostered-session.ts';

export type RemoveOutcome =
  | { readonly kind: 'removed' }
  | Refused<'not-found' | 'not-allowed' | 'ended'>
  | Contended;

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
export function removePlayer(
  { table, now }: RosterContext,
  address: SessionAddress,
  caller: Caller,
  xuid: string,
): Promise<RemoveOutcome> {
  const token = tokenOf(xuid);
  let stay: number | undefined;
  return changeInTurns<Outcome>(table, address, (stored, mayBeDone) => {
    const value = stored.ledger.seats[token];
    stay ??= value;
    // The stay that was to end is over where the seat has another value by now: who has come back since is not put out.
    const isNextStay = stay !== undefined && seatState(stay, now) === 'accepted' && value !== stay;
    const isOut = value === undefined || seatState(value, now) === 'lapsed' || isNextStay;
    // By a try of this very request, whose answer was lost: what has become of session and caller since does not matter.
    if (isOut && mayBeDone) return settled({ kind: 'removed' });
    const session = readRosteredSession(stored, now);
    const right = rightToRemove(session, caller, xuid);
    if (right === 'never') return settled(notAllowed(reasonFor(session, caller)));
    if (session.hasEnded) return settled({ kind: 'ended', session });
    if (isOut) return settled({ kind: 'removed' });
    const mustBeIn = right === 'as-player' && caller.xuid !== undefined;
    const remover = { xuid: caller.xuid, token: mustBeIn ? tokenOf(caller.xuid) : undefined };
    return {
      kind: 'write',
      request: removeSeat(rosterKeyOf(session.sessionId), { token, value }, remover, now),
      written: () => settled({ kind: 'removed' }),
    };
  });
}

type Outcome = Exclude<RemoveOutcome, Contended>;
