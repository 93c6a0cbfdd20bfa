import { sendUpdate } from '#lib/table/client.ts';
import { parsePlayerItem } from '#lib/table/player-item.ts';
import { noteAccepted } from '#lib/table/player-requests.ts';
import { acceptSeat } from '#lib/table/seat-requests.ts';
import { type Ledger, parseSessionItem } from '#lib/table/session-item.ts';
import { hasEnded, seatState } from './ledger.ts';
import { findRecord, type SeatAddress, type SeatContext } from './release.ts';

export type AcceptOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'accepted-before' }
  /** The reservation's time was over before the player came. */
  | { readonly kind: 'lapsed' }
  /** The seat has left the ledger: given back, or reclaimed after it lapsed. */
  | { readonly kind: 'not-held' }
  /** Somebody has asked for the end of the session: nobody comes in any more. */
  | { readonly kind: 'not-active'; readonly status: Ledger['status'] }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-found' };

const accepted: AcceptOutcome = { kind: 'accepted' };
const acceptedBefore: AcceptOutcome = { kind: 'accepted-before' };

/**
 * The player has arrived: the seat lapses no more.
 *
 * One conditional update of the ledger and one write for the record, in this order. When the process dies between the
 * two, the player is in, and the record only lacks the time of arrival.
 *
 * @param request names the request over its retries, so that a second try is answered like the first and another request is
 *   not. It stands in the record: the one whose name comes there first has accepted the player, and no other is told so.
 */
export async function accept(
  { table, now }: SeatContext,
  seat: SeatAddress,
  request?: string,
): Promise<AcceptOutcome> {
  const write = await sendUpdate(table, acceptSeat(seat.sessionKey, seat.token, now));
  if (write.kind === 'written') return (await isNotedAsMine(true)) ? accepted : acceptedBefore;
  if (write.image === undefined) return { kind: 'not-found' };

  const ledger = parseSessionItem(write.image);
  const seen = ledger.seats[seat.token];
  if (hasEnded(ledger)) return (await wasMine()) ? accepted : { kind: 'ended' };
  if (seen === undefined) return (await wasMine()) ? accepted : { kind: 'not-held' };
  if (seatState(seen, now) === 'accepted') {
    // The note is written again: whoever accepted before may have died before writing it.
    return (await isNotedAsMine(write.mayBeDone)) ? accepted : acceptedBefore;
  }
  return ledger.status === 'ACTIVE' ? { kind: 'lapsed' } : { kind: 'not-active', status: ledger.status };

  /** Whether this request has accepted the player, who has left since, or whose session has ended. */
  async function wasMine(): Promise<boolean> {
    const record = request === undefined ? undefined : await findRecord(table, seat);
    return record !== undefined && record.acceptedBy === request;
  }

  /** Notes the time, and the name where the record has none yet. `otherwise` goes where there are no names to go by. */
  async function isNotedAsMine(otherwise: boolean): Promise<boolean> {
    const note = await sendUpdate(table, noteAccepted(seat.sessionKey, seat.token, now, request));
    if (request === undefined || note.kind !== 'written' || note.attributes === undefined) return otherwise;
    return parsePlayerItem(note.attributes).acceptedBy === request;
  }
}
