import type { SeatChange, SeenSeat } from '#lib/table/seat-requests.ts';
import { acceptedSeat, type Ledger } from '#lib/table/session-item.ts';

/**
 * The rules of the seat ledger, all of them pure.
 *
 * A seat is a token and a value: the deadline of a reservation, or `acceptedSeat`. What a value means depends on the
 * clock alone. A reservation past its deadline has lapsed and its slot is free, whether or not anything has cleaned up.
 *
 * Invariant, in every image that the table ever holds: `open + number of seats = capacity`.
 */
export type SeatState = 'reserved' | 'accepted' | 'lapsed';

/** Reads one seat by the clock. A reservation holds until its deadline, and no longer at the deadline itself. */
export function seatState(value: number, now: number): SeatState {
  if (value >= acceptedSeat) return 'accepted';
  return value > now ? 'reserved' : 'lapsed';
}

/** The seats whose players never arrived: their slots are free. */
export const lapsedSeats = (ledger: Ledger, now: number): readonly string[] =>
  Object.keys(ledger.seats).filter((token) => isLapsed(ledger, token, now));

/** Slots that can be reserved now. */
export const freeSlots = (ledger: Ledger, now: number): number =>
  ledger.open + lapsedSeats(ledger, now).length;

/** Slots that somebody holds now, reserved or accepted. Nobody holds a slot in a session that has ended. */
export const heldSlots = (ledger: Ledger, now: number): number =>
  hasEnded(ledger) ? 0 : ledger.capacity - freeSlots(ledger, now);

/** Whether the session is over: nobody can come in or leave any more. */
export const hasEnded = (ledger: Ledger): boolean => ledger.endedAt !== undefined;

/** The earliest time at which a slot becomes free by itself, or undefined where no seat can lapse. */
export function earliestDeadline(ledger: Ledger): number | undefined {
  const earliest = Math.min(...Object.values(ledger.seats));
  return earliest < acceptedSeat ? earliest : undefined;
}

function isLapsed(ledger: Ledger, token: string, now: number): boolean {
  const value = ledger.seats[token];
  return value !== undefined && seatState(value, now) === 'lapsed';
}

/** Seats for one player or for a group, all or none. */
export type SeatRequest = {
  readonly tokens: readonly string[];
  /** Whether the players come in now, and do not only reserve: what they had reserved is then theirs to take. */
  readonly comesIn?: boolean;
  /** For each token the one of the seat that may be kept for its player, who takes that before any other. */
  readonly kept?: readonly string[];
};

/** Why the ledger does not let a request in. */
export type ReserveRefusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-active'; readonly status: Ledger['status'] }
  | { readonly kind: 'denied' }
  | { readonly kind: 'full'; readonly free: number };

/** The first try: nothing is known of the session, so hope for open slots. */
export const hopefulChange = (request: SeatRequest): SeatChange => ({
  take: request.tokens,
  fromOpen: request.tokens.length,
  reclaim: [],
  renew: [],
  keep: [],
  ...(request.kept && { unkept: request.kept }),
});

/**
 * Reads a refused write: the image that it came back with says why, and what to try next.
 *
 * The order matters. Whoever already holds the seats is a replay, even where newcomers are denied by now; a session
 * that is over has no seats to hold.
 *
 * @param random a number in [0, 1): which lapsed seats to reclaim. All who choose the oldest choose the same one, and
 *   all but one fail; at random, nearly all get through.
 */
export function decide(
  image: Ledger | undefined,
  request: SeatRequest,
  now: number,
  random: () => number,
):
  | ReserveRefusal
  | ({ readonly kind: 'replay' } & Pick<Ledger, 'seats'> & Partial<Pick<Ledger, 'host'>>)
  | { readonly kind: 'retry'; readonly change: SeatChange } {
  if (image === undefined) return { kind: 'not-found' };
  if (image.status !== 'ACTIVE') return { kind: 'not-active', status: image.status };

  const mine = request.tokens.flatMap((token) => seen(image, token));
  const isHeld = ({ value }: SeenSeat) => {
    const state = seatState(value, now);
    return request.comesIn ? state === 'accepted' : state !== 'lapsed';
  };
  const keep = mine.filter(isHeld);
  const renew = mine.filter((seat) => !isHeld(seat));
  if (mine.length === request.tokens.length && renew.length === 0)
    return { kind: 'replay', seats: image.seats, host: image.host };

  const take = request.tokens.filter((token) => image.seats[token] === undefined);
  const keptForThem = take.flatMap((token) => request.kept?.[request.tokens.indexOf(token)] ?? []);
  const kept = keptForThem.flatMap((token) => seen(image, token));
  const isRejoin = kept.length === request.tokens.length && kept.every(({ value }) => value > now);
  if (image.deniesPlayers && !isRejoin) return { kind: 'denied' };

  const others = lapsedSeats(image, now).filter(
    (token) => !request.tokens.includes(token) && !keptForThem.includes(token),
  );
  const wanted = take.length - kept.length;
  const free = image.open + others.length;
  if (wanted > free) return { kind: 'full', free: free + kept.length + renew.length };

  const fromOpen = Math.min(image.open, wanted);
  const reclaim = [
    ...kept,
    ...sample(others, wanted - fromOpen, random).flatMap((token) => seen(image, token)),
  ];
  const unkept = keptForThem.filter((token) => image.seats[token] === undefined);
  const comeBack = request.kept && { unkept, isRejoin };
  return { kind: 'retry', change: { take, fromOpen, reclaim, renew, keep, ...comeBack } };
}

/** A seat with the value that the image shows it with, for a write that is to be conditional on it; none where it is gone. */
export function seen(image: Ledger, token: string): readonly SeenSeat[] {
  const value = image.seats[token];
  return value === undefined ? [] : [{ token, value }];
}

function sample(tokens: readonly string[], count: number, random: () => number): readonly string[] {
  const rest = [...tokens];
  return Array.from({ length: count }, () => rest.splice(Math.floor(random() * rest.length), 1)).flat();
}
