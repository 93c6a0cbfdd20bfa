import type { Table } from '#lib/table/client.ts';

/** What looking at one entry has done. */
export type Swept = {
  /** Slots of lapsed reservations that are open again. */
  readonly slotsReclaimed: number;
  readonly sessionsEnded: number;
  /** Server processes that have fallen silent or ill, or have not got ready or ended themselves in time. */
  readonly processesLost: number;
  /** Items of sessions that are gone. */
  readonly itemsRemoved: number;
  /** Whether the entry is due still: others were in the way, or there is more to do than one run does. */
  readonly isLeft: boolean;
};

export const nothingSwept: Swept = {
  slotsReclaimed: 0,
  sessionsEnded: 0,
  processesLost: 0,
  itemsRemoved: 0,
  isLeft: false,
};

export type EntryContext = {
  readonly table: Table;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
  /** How many items of a session that is gone are removed at most. */
  readonly removals: number;
};

/** Writes to one item before an entry is left for the next run. Only those who come and go at that moment are in the way. */
export const maximumWrites = 20;

/** Stands where a session says which request has ended it. No caller's request is called so. */
export const sweepsMark = 'sweep';
