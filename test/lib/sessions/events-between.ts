import { isKeptSeat, type Ledger } from '#lib/table/session-item.ts';

/**
 * How many events a write has caused to the seats of a session, told from the session before and after it alone, as
 * whoever reads the table's stream does: each seat that is taken, given back, accepted or has timed out is one. A seat that
 * had timed out and is taken again is two, and one that is kept for a player who has left is none.
 */
export function seatEvents(before: Ledger, after: Ledger): number {
  return movedSeats(before, after)
    .filter((token) => !isKeptSeat(token))
    .map((token) => {
      const was = before.seats[token] ?? Number.POSITIVE_INFINITY;
      return was <= after.touchedAt && token in after.seats ? 2 : 1;
    })
    .reduce((sum, events) => sum + events, 0);
}

/** The tokens of the seats that are not as they were. */
export function movedSeats(before: Ledger, after: Ledger): readonly string[] {
  const tokens = new Set([...Object.keys(before.seats), ...Object.keys(after.seats)]);
  return [...tokens].filter((token) => before.seats[token] !== after.seats[token]);
}
