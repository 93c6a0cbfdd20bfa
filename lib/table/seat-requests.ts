import type { UpdateRequest } from './client.ts';
import { dueShard, sessionItemKey } from './keys.ts';
import { type LedgerExpression, ledgerExpression } from './ledger-expression.ts';
import { indexes } from './schema.ts';
import { acceptedSeat, isKeptSeat } from './session-item.ts';

/** A seat and the exact value that it was seen with: a write that frees it is conditional on that value. */
export type SeenSeat = { readonly token: string; readonly value: number };

/** What one write to the ledger takes and gives. All of it happens, or none. */
export type SeatChange = {
  /** Tokens that get a new seat. */
  readonly take: readonly string[];
  /** How many of the new seats come out of the open slots; the others come out of `reclaim`. */
  readonly fromOpen: number;
  /** Lapsed seats that are removed to make room. */
  readonly reclaim: readonly SeenSeat[];
  /** Lapsed seats that get the new deadline in place. */
  readonly renew: readonly SeenSeat[];
  /** Seats that an earlier try of the same request took and that stay as they are. */
  readonly keep: readonly SeenSeat[];
  /** Tokens of seats that may be kept for the newcomers: where one is there, it has to be among `reclaim`. */
  readonly unkept?: readonly string[];
  /** Whether all who come in take seats that were kept for them: they are no newcomers, and come in where those are denied. */
  readonly isRejoin?: boolean;
};

const due = indexes.sessionsDue;

/** From when on the seats are reserved, epoch milliseconds, and how long where the session does not say, milliseconds. */
export type Lease = {
  readonly from: number;
  readonly usualTime: number;
  /** Whether the write is to give back the session's host too, for whoever comes in to be told where it is. */
  readonly asksHost?: boolean;
  /** When the sweep is to look at the session, epoch milliseconds, and when it was to by the image that this follows from. */
  readonly look?: { readonly at: number; readonly seen: number | undefined };
};

/**
 * Takes seats for all of a group's players, or for none. The write gives back the seats with their deadlines, the session's
 * host, and when the sweep looks at the session: no later than the usual time from the first seat on that was taken since it
 * last did, so that of many who come in one writes the index.
 */
export function takeSeats(sessionKey: string, change: SeatChange, lease: Lease): UpdateRequest {
  const e = ledgerExpression();
  // The session knows how long its reservations hold, and whoever joins has not read it.
  const deadline = `if_not_exists(rt, ${e.value('usualTime', lease.usualTime)}) + ${e.value('now', lease.from)}`;
  changeSeats(e, change, deadline, lease.from);
  const [dueIn, dueAt] = [e.name(due.partitionKey), e.name(due.sortKey)];
  const lookAt = e.value('lookAt', String(lease.look?.at ?? lease.from + lease.usualTime));
  e.set(
    `${dueIn} = ${e.value('shard', dueShard(sessionKey))}`,
    `${dueAt} = ${lease.look === undefined ? `if_not_exists(${dueAt}, ${lookAt})` : lookAt}`,
  );
  // Stays as it is, and so comes back with the write.
  if (lease.asksHost) e.set(`h = if_not_exists(h, ${e.value('nowhere', '')})`);
  // Somebody else may have had the sweep look sooner, or the sweep itself have put it off.
  if (lease.look !== undefined) {
    const { seen: was } = lease.look;
    e.when(
      was === undefined ? `attribute_not_exists(${dueAt})` : `${dueAt} = ${e.value('lookWas', String(was))}`,
    );
  }
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'UPDATED_NEW' };
}

/** Has the sweep look at a session that it would look at later. */
export const lookSooner = (sessionKey: string, at: number): UpdateRequest => ({
  Key: sessionItemKey(sessionKey),
  ConditionExpression: '#dt > :at',
  UpdateExpression: 'SET #dt = :at',
  ExpressionAttributeNames: { '#dt': due.sortKey },
  ExpressionAttributeValues: { ':at': String(at) },
});

/**
 * Adds to a write what gives all of a group's players a seat of this value, or none of them.
 *
 * @param now epoch milliseconds
 */
export function changeSeats(e: LedgerExpression, change: SeatChange, value: string, now: number): void {
  // A session that is being ended or that turns newcomers away has no slots to give, however many are open.
  e.when(e.isLive());
  if (!change.isRejoin) e.when('attribute_not_exists(deny)');
  // With the check and the take in one write, no two callers can take the last slot.
  const open = e.name('open');
  e.when(`${open} >= ${e.value('fromOpen', change.fromOpen)}`);
  // A token that is there already is a replay of this request, whose seat was paid for by its first try.
  e.when(...change.take.map((token) => `attribute_not_exists(${e.seat(token)})`));
  // Whoever comes back takes the seat that was kept, and not another one beside it.
  e.when(...(change.unkept ?? []).map((token) => `attribute_not_exists(${e.seat(token)})`));
  // Whoever renewed, accepted, released or reclaimed the seat in the meantime has changed its value. A seat that is kept has
  // to be there too: otherwise a group would come in without one of its players, who has just left.
  const seen = [...change.reclaim, ...change.renew, ...change.keep];
  e.when(...seen.map(({ token, value: was }, i) => `${e.seat(token)} = ${e.value(`seen${i}`, was)}`));

  // A seat that had lapsed has timed out, also where its place is taken at once.
  const timedOut = [...change.reclaim, ...change.renew].filter(
    ({ token, value: was }) => was <= now && !isKeptSeat(token),
  );
  e.count(change.take.length + change.renew.length + timedOut.length, now);
  e.set(
    `${open} = ${open} - :fromOpen`,
    ...change.take.map((token) => `${e.seat(token)} = ${value}`),
    ...change.renew.map(({ token }) => `${e.seat(token)} = ${value}`),
  );
  e.remove(...change.reclaim.map(({ token }) => e.seat(token)));
}

/** Turns a reservation that has not lapsed into a seat that never does. */
export function acceptSeat(sessionKey: string, token: string, now: number): UpdateRequest {
  return {
    Key: sessionItemKey(sessionKey),
    // The seat of a reservation that has lapsed is free: someone else may be about to reclaim it. One that is accepted
    // already is not accepted twice.
    ConditionExpression: 's.#seat > :now AND s.#seat < :accepted AND st = :active',
    UpdateExpression: 'SET s.#seat = :accepted, v = v + :one, t = :now',
    ExpressionAttributeNames: { '#seat': token },
    ExpressionAttributeValues: { ':now': now, ':accepted': acceptedSeat, ':active': 'ACTIVE', ':one': 1 },
  };
}

/** The seat that is kept for a player who leaves, and until when, epoch milliseconds. */
export type KeptSeat = { readonly token: string; readonly until: number };

/**
 * Gives back a seat at the exact value that was seen, and keeps it for the same player: its slot is open once that is over.
 * Refused where one is kept for that player already.
 */
export function keepSeat(sessionKey: string, seat: SeenSeat, kept: KeptSeat, now: number): UpdateRequest {
  const e = ledgerExpression();
  e.when(e.isLive(), `${e.seat(seat.token)} = ${e.value('seen', seat.value)}`);
  // Two seats of one player would become one, and a slot be lost.
  e.when(`attribute_not_exists(${e.seat(kept.token)})`);
  e.count(1, now);
  // Nobody is told when it lapses, so no sweep has to come for it: whoever needs the slot takes it.
  e.set(`${e.seat(kept.token)} = ${e.value('until', kept.until)}`);
  e.remove(e.seat(seat.token));
  return { Key: sessionItemKey(sessionKey), ...e.finish() };
}

/** Gives back one seat. A second release of the same seat finds it gone, so that no slot is ever freed twice. */
export function releaseSeat(sessionKey: string, seat: SeenSeat, now: number): UpdateRequest {
  return {
    Key: sessionItemKey(sessionKey),
    // In a session that has ended nothing moves any more; its seats read as ended at that time.
    ConditionExpression: 's.#seat = :seen AND attribute_not_exists(#end)',
    UpdateExpression: 'SET #open = #open + :one, v = v + :one, t = :now REMOVE s.#seat',
    ExpressionAttributeNames: { '#seat': seat.token, '#end': 'end', '#open': 'open' },
    ExpressionAttributeValues: { ':seen': seat.value, ':one': 1, ':now': now },
  };
}
