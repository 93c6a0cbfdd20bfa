import { sendUpdate, type Table } from '#lib/table/client.ts';
import { noteLeft, noteLeftInTime } from '#lib/table/player-requests.ts';
import { releaseSeat } from '#lib/table/seat-requests.ts';
import { acceptedSeat, parseSessionItem } from '#lib/table/session-item.ts';
import { hasEnded, seatState } from './ledger.ts';

/** One player's seat in one session. */
export type SeatAddress = { readonly sessionKey: string; readonly token: string };

export type ReleaseOutcome =
  | { readonly kind: 'released' }
  /** The seat was given back before, or lapsed: its slot is free already. */
  | { readonly kind: 'not-held' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-found' };

export type SeatContext = { readonly table: Table; readonly now: number };

/**
 * Gives a seat back: the player has left, was removed or lost the connection. The slot is open at once.
 *
 * One conditional update for a player who was accepted, two for one who was not, and one more write for the record.
 * The ledger comes first. When the process dies between the two, the slot is free and the record only lacks the time of
 * leaving.
 */
export async function release({ table, now }: SeatContext, seat: SeatAddress): Promise<ReleaseOutcome> {
  // Nearly everyone who leaves has been accepted: try that value before asking for it.
  let value = acceptedSeat;
  for (;;) {
    const write = await sendUpdate(table, releaseSeat(seat.sessionKey, { token: seat.token, value }, now));
    if (write.kind === 'written') break;
    if (write.image === undefined) return { kind: 'not-found' };

    const ledger = parseSessionItem(write.image);
    const seen = ledger.seats[seat.token];
    if (hasEnded(ledger)) return { kind: 'ended' };
    if (seen === undefined && write.mayBeDone) return noteUnlessLapsed();
    if (seen === undefined || seatState(seen, now) === 'lapsed') return { kind: 'not-held' };
    // A seat's value changes once, from reserved to accepted: this ends after the third try at the latest.
    value = seen;
  }
  await sendUpdate(table, noteLeft(seat.sessionKey, seat.token, now));
  return { kind: 'released' };

  /** The seat is gone, by a try of this very write whose answer was lost, or because it lapsed and was reclaimed. */
  async function noteUnlessLapsed(): Promise<ReleaseOutcome> {
    const note = await sendUpdate(table, noteLeftInTime(seat.sessionKey, seat.token, now));
    return { kind: note.kind === 'written' ? 'released' : 'not-held' };
  }
}
