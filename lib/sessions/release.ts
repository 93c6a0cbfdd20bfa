import { type ConditionalWrite, sendUpdate, type Table } from '#lib/table/client.ts';
import { playerItemKey } from '#lib/table/keys.ts';
import { type PlayerRecord, parsePlayerItem } from '#lib/table/player-item.ts';
import { noteLeft, noteLeftInTime } from '#lib/table/player-requests.ts';
import { getItem } from '#lib/table/reads.ts';
import { keepSeat, releaseSeat } from '#lib/table/seat-requests.ts';
import { acceptedSeat, parseSessionItem } from '#lib/table/session-item.ts';
import { keptToken } from './ids.ts';
import { hasEnded, seatState } from './ledger.ts';

/** One player's seat in one session. */
export type SeatAddress = { readonly sessionKey: string; readonly token: string };

export type ReleaseOutcome =
  | { readonly kind: 'released' }
  /** The seat was given back before, or lapsed: its slot is free already. */
  | { readonly kind: 'not-held' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-found' };

export type Leave = {
  /**
   * Names the request over its retries, so that a second try is answered like the first and another request is not. It
   * stands in the player's record: the one whose name comes there first has released the seat, and no other is told so.
   */
  readonly request?: string | undefined;
  /** How long the seat of a player who was in is kept for the same player, milliseconds; not at all where undefined. */
  readonly keepTime?: number | undefined;
};

export type SeatContext = { readonly table: Table; readonly now: number };

/** What is kept of the player whose seat it is: one read. */
export async function findRecord(table: Table, seat: SeatAddress): Promise<PlayerRecord | undefined> {
  const item = await getItem(table, playerItemKey(seat.sessionKey, seat.token));
  return item && parsePlayerItem(item);
}

/**
 * Gives a seat back: the player has left, was removed or lost the connection. The slot is open at once, unless the seat is
 * kept for the player.
 *
 * One conditional update for a player who was accepted, two for one who was not, and one more write for the record; to keep
 * the seat also takes a read of the record. The ledger comes first. When the process dies between the two, the player is out
 * and the record only lacks the time of leaving.
 */
export async function release(
  { table, now }: SeatContext,
  seat: SeatAddress,
  { request, keepTime }: Leave = {},
): Promise<ReleaseOutcome> {
  const kept = keepTime === undefined ? undefined : await keep(now + keepTime);
  if (kept?.kind === 'written') return note();
  // Nearly everyone who leaves has been accepted: try that value before asking for it.
  let value = acceptedSeat;
  let mayBeDone = kept?.mayBeDone === true;
  for (;;) {
    const write = await sendUpdate(table, releaseSeat(seat.sessionKey, { token: seat.token, value }, now));
    if (write.kind === 'written') break;
    if (write.image === undefined) return { kind: 'not-found' };
    mayBeDone ||= write.mayBeDone;

    const ledger = parseSessionItem(write.image);
    const seen = ledger.seats[seat.token];
    if (hasEnded(ledger)) return (await wasMine()) ? { kind: 'released' } : { kind: 'ended' };
    if (seen === undefined && (mayBeDone || request !== undefined)) return noteUnlessLapsed();
    if (seen === undefined || seatState(seen, now) === 'lapsed') return { kind: 'not-held' };
    // A seat's value changes once, from reserved to accepted: this ends after the third try at the latest.
    value = seen;
  }
  return note();

  /** Keeps the seat. Where that is refused, the player was not in or has one kept already: it is given back. */
  async function keep(until: number): Promise<ConditionalWrite | undefined> {
    const record = await findRecord(table, seat);
    if (record === undefined) return undefined;
    const kept = { token: keptToken(record.playerId), until };
    return sendUpdate(
      table,
      keepSeat(seat.sessionKey, { token: seat.token, value: acceptedSeat }, kept, now),
    );
  }

  /** Whether this request has given the seat back, before the session ended. */
  async function wasMine(): Promise<boolean> {
    const record = request === undefined ? undefined : await findRecord(table, seat);
    return record !== undefined && record.leftBy === request;
  }

  async function note(): Promise<ReleaseOutcome> {
    const note = await sendUpdate(table, noteLeft(seat.sessionKey, seat.token, now, request));
    return { kind: isMine(note) ? 'released' : 'not-held' };
  }

  /**
   * The seat is gone: by a try of this very write whose answer was lost, by a try of this request that died before its note,
   * by another request, or because it lapsed and was reclaimed. The record tells.
   */
  async function noteUnlessLapsed(): Promise<ReleaseOutcome> {
    const note = await sendUpdate(table, noteLeftInTime(seat.sessionKey, seat.token, now, request));
    return { kind: note.kind === 'written' && isMine(note) ? 'released' : 'not-held' };
  }

  /** Whether the record does not name another request. */
  function isMine(note: ConditionalWrite): boolean {
    if (request === undefined || note.kind !== 'written' || note.attributes === undefined) return true;
    return parsePlayerItem(note.attributes).leftBy === request;
  }
}
