import {
  isThrottling,
  itemInTheWay,
  type StoredItem,
  sendPut,
  sendUpdate,
  type Table,
} from '#lib/table/client.ts';
import { type PlayerRecord, parsePlayerItem } from '#lib/table/player-item.ts';
import { noteRenewed, putPlayer } from '#lib/table/player-requests.ts';
import { keepSeat, lookSooner, type SeatChange, type SeenSeat, takeSeats } from '#lib/table/seat-requests.ts';
import {
  acceptedSeat,
  type Host,
  isKeptSeat,
  parseSeatsWritten,
  parseSessionItem,
} from '#lib/table/session-item.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { keptToken, playerHash, seatToken } from './ids.ts';
import { decide, earliestDeadline, hopefulChange, type ReserveRefusal, type SeatRequest } from './ledger.ts';
import { type PlayerSession, readPlayerSession } from './player-session.ts';
import type { RecentlyFull } from './recently-full.ts';
import { release } from './release.ts';

/** How long a reserved slot waits for its player where the session does not say, milliseconds: GameLift's own 60 s. */
export const reservationTime = 60_000;

/** The most players that one reservation may hold: as many as CreatePlayerSessions takes. */
export const maximumGroup = 25;

/**
 * Trips to the ledger before a reservation gives up. When 200 callers race for 200 lapsed seats, reclaiming takes 2.4
 * on the average and 8 at most.
 */
const maximumTrips = 20;

export type Reservation = {
  readonly sessionKey: string;
  /** What the front door calls the session. */
  readonly sessionReference: string;
  /** 1 to `maximumGroup` players, nobody twice. */
  readonly players: readonly Player[];
  /** The same over the retries of one request, another for every other request. */
  readonly requestToken: string;
  /** Whether an earlier try of this request may have reached the ledger. */
  readonly mayBeRetry: boolean;
};

type Player = { readonly playerId: string; readonly playerData: string | undefined };

export type ReserveOutcome =
  | { readonly kind: 'reserved'; readonly players: readonly PlayerSession[] }
  | ReserveRefusal
  /** Not the same as full. */
  | Contended;

export type ReserveContext = {
  readonly table: Table;
  readonly recentlyFull: RecentlyFull;
  /** Epoch milliseconds. */
  readonly now: number;
  /** A number in [0, 1), as Math.random. */
  readonly random: () => number;
};

/**
 * Reserves a slot for each player: all get one, or nobody.
 *
 * Costs one conditional update of the ledger (1 WCU up to 44 seats) and one put for each player (1 WCU, and 1 for the
 * index). Whoever is the first since the sweep last looked at the session pays 1 WCU for its index, and where reservations
 * hold less than a minute one more call.
 *
 * The ledger comes first. When the process dies between the two, seats are taken whose ids nobody got: they lapse at their
 * deadline, like those of any player who never arrives. The other order could put an id into somebody's hands that has no
 * seat.
 */
export async function reserve(context: ReserveContext, reservation: Reservation): Promise<ReserveOutcome> {
  const { recentlyFull, now } = context;
  const { sessionKey, players } = reservation;
  // A retry is never answered from memory: its first try may hold the very seats that make the session full.
  const full = reservation.mayBeRetry ? undefined : recentlyFull.recall(sessionKey, now);
  if (full !== undefined && full.free < players.length) return full;

  const tokens = players.map(({ playerId }) => seatToken(reservation.requestToken, playerId));
  const taken = await takeAll(context, reservation, tokens);
  if (taken.kind !== 'taken') return taken;

  const [records] = await Promise.all([
    Promise.all(players.map((player, i) => keepRecord(context, reservation, player, tokens[i] ?? '', taken))),
    haveSweptInTime(context, reservation, tokens, taken),
  ]);
  return { kind: 'reserved', players: records };
}

type Seats = Readonly<Record<string, number>>;
type Taken = {
  readonly kind: 'taken';
  readonly seats: Seats;
  readonly host: Host | undefined;
  /** When the sweep looks at the session; undefined where nothing has been written. */
  readonly lookAt?: number;
  /** Seats that were kept for the players, and are taken now. */
  readonly unkept?: readonly SeenSeat[];
};

function takeAll(
  { table, recentlyFull, now, random }: ReserveContext,
  { sessionKey, players }: Reservation,
  tokens: readonly string[],
): Promise<Taken | Exclude<ReserveOutcome, { kind: 'reserved' }>> {
  const request: SeatRequest = { tokens, kept: players.map(({ playerId }) => keptToken(playerId)) };
  const take = (change: SeatChange): Step<Taken | ReserveRefusal> => ({
    kind: 'write',
    request: takeSeats(sessionKey, change, { from: now, usualTime: reservationTime, asksHost: true }),
    written: (attributes) => settled(withSeats(parseSeatsWritten(attributes), change, now)),
  });
  const next = (item: StoredItem | undefined): Step<Taken | ReserveRefusal> => {
    const image = item && parseSessionItem(item);
    const decision = decide(image, request, now, random);
    if (decision.kind === 'retry') return take(decision.change);
    if (decision.kind === 'replay')
      return settled({ kind: 'taken', seats: decision.seats, host: decision.host });
    // Whoever comes back to a seat that is kept finds room where nobody else does.
    if (decision.kind === 'full' && image && !Object.keys(image.seats).some(isKeptSeat)) {
      recentlyFull.remember(sessionKey, decision, now, earliestDeadline(image));
    }
    return settled(decision);
  };
  return writeInTurns(table, take(hopefulChange(request)), next, maximumTrips);
}

const withSeats = (written: Omit<Taken, 'kind'>, { keep, reclaim }: SeatChange, now: number): Taken => ({
  ...written,
  kind: 'taken',
  seats: { ...written.seats, ...Object.fromEntries(keep.map(({ token, value }) => [token, value])) },
  unkept: reclaim.filter(({ token, value }) => isKeptSeat(token) && value > now),
});

/**
 * The write that takes seats does not know how long they hold. Where that is less than usual, the sweep has to come sooner
 * than it says. When the process dies before this, their players are told of as timed out some seconds later.
 */
async function haveSweptInTime(
  { table }: ReserveContext,
  { sessionKey }: Reservation,
  tokens: readonly string[],
  { seats, lookAt }: Taken,
): Promise<void> {
  const deadline = Math.min(...tokens.map((token) => seats[token] ?? acceptedSeat));
  if (lookAt === undefined || lookAt <= deadline) return;
  try {
    await sendUpdate(table, lookSooner(sessionKey, deadline));
  } catch (error) {
    // The slots are held, and that is what was asked for.
    if (!isThrottling(error)) throw error;
  }
}

async function keepRecord(
  { table, now }: ReserveContext,
  { sessionKey, sessionReference }: Reservation,
  { playerId, playerData }: Player,
  token: string,
  { seats, host, unkept = [] }: Taken,
): Promise<PlayerSession> {
  const deadline = seats[token] ?? now;
  const record: PlayerRecord = {
    token,
    playerId,
    playerData,
    sessionReference,
    createdAt: now,
    deadline,
    acceptedAt: undefined,
    leftAt: undefined,
  };
  const earlier = itemInTheWay(await sendPut(table, putPlayer(sessionKey, playerHash(playerId), record)));
  const kept = earlier ? parsePlayerItem(earlier) : record;
  if (kept.leftAt === undefined) {
    const isRenewed = kept.deadline < deadline && deadline < acceptedSeat;
    if (isRenewed) await sendUpdate(table, noteRenewed(sessionKey, token, deadline));
    return readPlayerSession(sessionKey, kept, { seats, endedAt: undefined, host }, now);
  }

  // A retry so late that the player has been in and left again. The seat that it took is nobody's: give it back, to be kept
  // on where it was kept for the player.
  const until = unkept.find((seat) => seat.token === keptToken(playerId))?.value;
  const isKept = until !== undefined && (await keepOn(until));
  if (!isKept) await release({ table, now }, { sessionKey, token });
  return readPlayerSession(sessionKey, kept, { seats: {}, endedAt: undefined, host }, now);

  async function keepOn(until: number): Promise<boolean> {
    const seat = { token, value: deadline };
    const write = await sendUpdate(
      table,
      keepSeat(sessionKey, seat, { token: keptToken(playerId), until }, now),
    );
    return write.kind === 'written';
  }
}
