import type { Ledger } from '#lib/table/session-item.ts';

/** A session with these seats, and so many open slots beside them. */
export const ledger = (seats: Ledger['seats'], open: number, changes: Partial<Ledger> = {}): Ledger => ({
  status: 'ACTIVE',
  capacity: open + Object.keys(seats).length,
  open,
  seats,
  version: 7,
  createdAt: 0,
  touchedAt: 0,
  lookAt: undefined,
  deniesPlayers: false,
  endedAt: undefined,
  endReason: undefined,
  endedBy: undefined,
  reservationTime: undefined,
  host: undefined,
  ...changes,
});
