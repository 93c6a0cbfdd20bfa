import { seatState } from '#lib/sessions/ledger.ts';
import { isKeptSeat, type Ledger } from '#lib/table/session-item.ts';

/** What has become of one seat by one write. Times in epoch milliseconds. */
export type SeatTurn = { readonly token: string } & (
  | { readonly kind: 'reserved'; readonly deadline: number }
  /** Its player is in. */
  | { readonly kind: 'taken' }
  /** Its player has left, or did not want it any more. */
  | { readonly kind: 'given-back'; readonly wasIn: true }
  | { readonly kind: 'given-back'; readonly wasIn: false; readonly deadline: number }
  /** Nobody came before the deadline, or before the session ended. */
  | { readonly kind: 'timed-out'; readonly deadline: number }
);

type Seats = Ledger['seats'];

/**
 * Reads from two images of a ledger what one write did to its seats, in an order that depends on the images alone: first
 * those that timed out, then the others, each in the order of their tokens.
 *
 * @param now when the write was made: what a value meant to whoever wrote
 * @param first tokens that come before all others, in this order
 */
export function seatTurns(
  before: Seats,
  after: Seats,
  now: number,
  first: readonly string[] = [],
): readonly SeatTurn[] {
  const tokens = inOrder([...toldOf(before), ...toldOf(after)], first);
  return timedOutFirst(tokens.flatMap((token) => turnsOf(token, before[token], after[token], now)));
}

function turnsOf(
  token: string,
  was: number | undefined,
  is: number | undefined,
  now: number,
): readonly SeatTurn[] {
  if (was === is) return [];
  if (was === undefined) return is === undefined ? [] : [comesIn(token, is, now)];
  switch (seatState(was, now)) {
    case 'lapsed':
      // Somebody may have it again by the same write: by a retry that came too late for the first reservation.
      return [
        { kind: 'timed-out', token, deadline: was },
        ...(is === undefined ? [] : [comesIn(token, is, now)]),
      ];
    case 'reserved':
      if (is === undefined) return [{ kind: 'given-back', token, wasIn: false, deadline: was }];
      return seatState(is, now) === 'accepted' ? [{ kind: 'taken', token }] : [];
    case 'accepted':
      return is === undefined ? [{ kind: 'given-back', token, wasIn: true }] : [];
  }
}

const comesIn = (token: string, value: number, now: number): SeatTurn =>
  seatState(value, now) === 'accepted'
    ? { kind: 'taken', token }
    : { kind: 'reserved', token, deadline: value };

/** What the end of a session means to everyone who has a seat in it: those who are in leave, and the others time out. */
export const lastTurns = (seats: Seats, endedAt: number): readonly SeatTurn[] =>
  timedOutFirst(
    inOrder(toldOf(seats), []).flatMap((token): readonly SeatTurn[] => {
      const value = seats[token];
      if (value === undefined) return [];
      return seatState(value, endedAt) === 'accepted'
        ? [{ kind: 'given-back', token, wasIn: true }]
        : [{ kind: 'timed-out', token, deadline: value }];
    }),
  );

/** The seats that are somebody's stay. One that is kept for a player who has left is nobody's. */
const toldOf = (seats: Seats): readonly string[] => Object.keys(seats).filter((token) => !isKeptSeat(token));

/** DynamoDB promises no order of what is in a map. */
const inOrder = (tokens: readonly string[], first: readonly string[]): readonly string[] => [
  ...new Set([...first, ...tokens.toSorted()]),
];

const timedOutFirst = (turns: readonly SeatTurn[]): readonly SeatTurn[] => [
  ...turns.filter(({ kind }) => kind === 'timed-out'),
  ...turns.filter(({ kind }) => kind !== 'timed-out'),
];
