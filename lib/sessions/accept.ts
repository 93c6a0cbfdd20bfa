import { sendUpdate } from '#lib/table/client.ts';
import { noteAccepted } from '#lib/table/player-requests.ts';
import { acceptSeat } from '#lib/table/seat-requests.ts';
import { parseSessionItem } from '#lib/table/session-item.ts';
import { hasEnded, seatState } from './ledger.ts';
import type { SeatAddress, SeatContext } from './release.ts';

export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'accepted-before' }
  /** The reservation's time was over before the player came. */
  | { readonly kind: 'lapsed' }
  /** The seat has left the ledger: given back, or reclaimed after it lapsed. */
  | { readonly kind: 'not-held' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-found' };

/**
 * The player has arrived: the seat lapses no more.
 *
 * One conditional update of the ledger and one write for the record, in this order. When the process dies between the
 * two, the player is in, and the record only lacks the time of arrival.
 */
export async function accept({ table, now }: SeatContext, seat: SeatAddress): Promise<AcceptOutcome> {
  const write = await sendUpdate(table, acceptSeat(seat.sessionKey, seat.token, now));
  if (write.kind === 'written') return note('accepted');
  if (write.image === undefined) return { kind: 'not-found' };

  const ledger = parseSessionItem(write.image);
  const seen = ledger.seats[seat.token];
  if (hasEnded(ledger)) return { kind: 'ended' };
  if (seen === undefined) return { kind: 'not-held' };
  if (seatState(seen, now) !== 'accepted') return { kind: 'lapsed' };
  // The note is written again: whoever accepted before may have died before writing it.
  return note(write.mayBeDone ? 'accepted' : 'accepted-before');

  async function note(kind: 'accepted' | 'accepted-before'): Promise<AcceptOutcome> {
    await sendUpdate(table, noteAccepted(seat.sessionKey, seat.token, now));
    return { kind };
  }
}
