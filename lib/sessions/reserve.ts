import { itemInTheWay, type StoredItem, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { type PlayerRecord, parsePlayerItem } from '#lib/table/player-item.ts';
import { noteRenewed, putPlayer } from '#lib/table/player-requests.ts';
import { type SeenSeat, takeSeats } from '#lib/table/seat-requests.ts';
import { acceptedSeat, parseSeatsWritten, parseSessionItem } from '#lib/table/session-item.ts';
import { playerHash, seatToken } from './ids.ts';
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
  /** So many callers wanted the same seats that no try came through. Not the same as full: another try is worth it. */
  | { readonly kind: 'contended' };

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
 * Costs one conditional update of the ledger (1 WCU up to 46 seats) and one put for each player (1 WCU, and 1 for the
 * index). The ledger comes first. When the process dies between the two, seats are taken whose ids nobody got: they
 * lapse at their deadline, like those of any player who never arrives. The other order could put an id into somebody's
 * hands that has no seat.
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

  const records = await Promise.all(
    players.map((player, i) => keepRecord(context, reservation, player, tokens[i] ?? '', taken.seats)),
  );
  return { kind: 'reserved', players: records };
}

type Seats = Readonly<Record<string, number>>;

async function takeAll(
  { table, recentlyFull, now, random }: ReserveContext,
  { sessionKey }: Reservation,
  tokens: readonly string[],
): Promise<
  { readonly kind: 'taken'; readonly seats: Seats } | Exclude<ReserveOutcome, { kind: 'reserved' }>
> {
  const request: SeatRequest = { tokens };
  let change = hopefulChange(request);
  for (let trip = 0; trip < maximumTrips; trip++) {
    const write = await sendUpdate(
      table,
      takeSeats(sessionKey, change, { from: now, usualTime: reservationTime }),
    );
    if (write.kind === 'written') {
      return { kind: 'taken', seats: { ...seatsIn(write.attributes), ...valuesOf(change.keep) } };
    }

    const image = write.image && parseSessionItem(write.image);
    const decision = decide(image, request, now, random);
    if (decision.kind === 'replay') return { kind: 'taken', seats: decision.seats };
    if (decision.kind !== 'retry') {
      if (decision.kind === 'full' && image)
        recentlyFull.remember(sessionKey, decision, now, earliestDeadline(image));
      return decision;
    }
    change = decision.change;
  }
  return { kind: 'contended' };
}

const seatsIn = (attributes: StoredItem | undefined): Seats => parseSeatsWritten(attributes ?? {});

const valuesOf = (seats: readonly SeenSeat[]): Seats =>
  Object.fromEntries(seats.map(({ token, value }) => [token, value]));

async function keepRecord(
  { table, now }: ReserveContext,
  { sessionKey, sessionReference }: Reservation,
  { playerId, playerData }: Player,
  token: string,
  seats: Seats,
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
    return readPlayerSession(sessionKey, kept, { seats, endedAt: undefined }, now);
  }

  // A retry so late that the player has been in and left again. The seat that it took is nobody's: give it back.
  await release({ table, now }, { sessionKey, token });
  return readPlayerSession(sessionKey, kept, { seats: {}, endedAt: undefined }, now);
}
