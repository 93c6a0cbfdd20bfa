import { sendPut } from '#lib/table/client.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import { putRosterRecord } from '#lib/table/rostered-records.ts';
import { type Arrival, admitPlayers, maximumRoster } from '#lib/table/rostered-requests.ts';
import type { SeatChange } from '#lib/table/seat-requests.ts';
import { type Contended, type Step, settled } from '#lib/table/write-in-turns.ts';
import { changeInTurns } from './change-in-turns.ts';
import { rosterKeyOf, rosterPlayerHash, type SessionAddress, tokenOf } from './ids.ts';
import type { Refused } from './refusals.ts';
import {
  findPlayer,
  isIn,
  type RosteredSession,
  type RosterPlayer,
  readRosteredSession,
} from './rostered-session.ts';
import { decideSeats, type SeatContext, type SeatRefusal } from './seats.ts';

/** A player who wants to come in. */
export type Joiner = {
  readonly xuid: string;
  readonly gamertag: string;
  /** Undefined leaves a returning player's as it was, null removes it. */
  readonly customData?: Uint8Array | null | undefined;
};

export type JoinOutcome =
  | {
      readonly kind: 'joined';
      readonly players: readonly RosterPlayer[];
      /** Whether anybody came in by this request; false when all of them were in already. */
      readonly isNew: boolean;
    }
  | SeatRefusal
  | Refused<'roster-full'>
  | Contended;

/**
 * Brings players in: all of them come in, or nobody. Whoever has been in before gets the old place in the roster back,
 * and whoever holds a reservation the seat that it holds.
 *
 * Costs one read, one put for each newcomer's record (1 WCU, and 1 for the index), and one conditional write of the
 * session (1 WCU up to 7 places in the roster, custom data apart). Whoever is refused has cost the read alone, unless
 * others were quicker by a moment.
 *
 * The records come before the seats. A seat that was joined never lapses: written last, it cannot be held by somebody who
 * does not find the session in the own list. When the process dies in between, or others were quicker, the records are
 * of players who are not in the roster, and lists pass over them.
 *
 * Where the answer to the write was lost, the SDK's retry finds the players in and says so. Had they been taken out again in
 * between, it brings them in once more.
 *
 * @param players 1 to 16, nobody twice
 */
export function join(
  context: SeatContext,
  address: SessionAddress,
  players: readonly Joiner[],
): Promise<JoinOutcome> {
  return changeInTurns<Outcome>(
    context.table,
    address,
    (stored, mayBeDone) => stepToJoin(context, stored, players, mayBeDone),
    (stored) => keepRecords(context, stored, players),
  );
}

type Outcome = Exclude<JoinOutcome, Contended>;

function stepToJoin(
  context: SeatContext,
  stored: StoredRoster,
  players: readonly Joiner[],
  mayBeDone: boolean,
): Step<Outcome> {
  // By a try of this very request, whose answer was lost: the session may have ended or be closed since.
  const session = readRosteredSession(stored, context.now);
  if (mayBeDone && players.every(({ xuid }) => isIn(session, xuid))) {
    return settled(joined(session, players, true));
  }
  const tokens = players.map(({ xuid }) => tokenOf(xuid));
  const decision = decideSeats(stored, { tokens, comesIn: true }, context);
  switch (decision.kind) {
    case 'replay':
      return settled(joined(session, players, false));
    case 'retry': {
      const arrivals = arrivalsOf(stored, players, decision.change);
      const newcomers = arrivals.filter(({ isReturning }) => !isReturning);
      if (stored.roster.length + newcomers.length > maximumRoster) {
        return settled({ kind: 'roster-full', session });
      }
      return {
        kind: 'write',
        request: admitPlayers(rosterKeyOf(stored.sessionId), decision.change, arrivals, context.now),
        written: (item) => {
          const after = readRosteredSession(parseRosteredItem(item), context.now);
          return settled(joined(after, players, true));
        },
      };
    }
    default:
      return settled(decision);
  }
}

/** The players who are not in yet. */
function arrivalsOf(
  stored: StoredRoster,
  players: readonly Joiner[],
  { take, renew }: SeatChange,
): readonly Arrival[] {
  const coming = new Set([...take, ...renew.map(({ token }) => token)]);
  const places = new Set(stored.roster.map(({ token }) => token));
  return players.flatMap((player) => {
    const token = tokenOf(player.xuid);
    const { xuid, gamertag, customData } = player;
    return coming.has(token) ? [{ xuid, gamertag, customData, token, isReturning: places.has(token) }] : [];
  });
}

const joined = (
  session: RosteredSession,
  players: readonly Joiner[],
  isNew: boolean,
): Extract<JoinOutcome, { kind: 'joined' }> => ({
  kind: 'joined',
  players: players.flatMap(({ xuid }) => findPlayer(session, xuid) ?? []),
  isNew,
});

/** The records of those who have none yet: whoever is in the roster got one before. */
async function keepRecords(
  { table, now }: SeatContext,
  stored: StoredRoster,
  players: readonly Joiner[],
): Promise<void> {
  const places = new Set(stored.roster.map(({ xuid }) => xuid));
  const newcomers = players.filter(({ xuid }) => !places.has(xuid));
  await Promise.all(
    newcomers.map(({ xuid }) =>
      sendPut(
        table,
        putRosterRecord(
          rosterKeyOf(stored.sessionId),
          {
            token: tokenOf(xuid),
            playerHash: rosterPlayerHash(stored.titleId, xuid),
            at: now,
          },
          stored.ledger.createdAt,
        ),
      ),
    ),
  );
}
