import { heldSlots } from '#lib/sessions/ledger.ts';
import type { Ledger } from '#lib/table/session-item.ts';

/**
 * From when on a session is idle, epoch milliseconds: by then nobody has held a slot in it for the whole idle time, nor
 * touched it. While somebody holds one it will not be before that time has passed once more.
 *
 * @param idleTime milliseconds
 * @param describedAt when somebody described it last, which its ledger does not tell
 */
export function idleFrom(ledger: Ledger, idleTime: number, now: number, describedAt = 0): number {
  if (heldSlots(ledger, now) > 0) return now + idleTime;
  // Seats that are still in the ledger have lapsed, and were held until then.
  return Math.max(ledger.touchedAt, describedAt, ...Object.values(ledger.seats)) + idleTime;
}
