import type { Table } from '#lib/table/client.ts';
import { readAllLedgers } from './fleet-reading.ts';
import { heldSlots } from './ledger.ts';
import type { RecentSearches } from './recent-searches.ts';

/** How busy a fleet is in one location: its ACTIVE sessions, their slots and how many of these somebody holds. */
export type Utilization = {
  readonly kind: 'counted';
  readonly sessions: number;
  readonly slots: number;
  readonly heldSlots: number;
};

export type UtilizationContext = {
  readonly table: Table;
  readonly now: number;
  readonly recentSearches: RecentSearches;
};

/**
 * Counts a fleet's sessions in one location, as they were a moment ago.
 *
 * @returns `too-many` for a fleet with more live sessions, or players in them, than a search can sort
 */
export function countUtilization(
  { table, now, recentSearches }: UtilizationContext,
  { fleetId, location }: { readonly fleetId: string; readonly location: string },
): Promise<Utilization | { readonly kind: 'too-many' }> {
  return recentSearches.search(table, fleetId, async (sessions) => {
    const local = sessions?.filter(
      ({ payload }) => payload.fleetId === fleetId && payload.location === location,
    );
    if (local === undefined || !(await readAllLedgers(table, local))) return { kind: 'too-many' };
    const active = local.flatMap(({ ledger }) =>
      typeof ledger !== 'string' && ledger.status === 'ACTIVE' ? [ledger] : [],
    );
    return {
      kind: 'counted',
      sessions: active.length,
      slots: active.reduce((sum, { capacity }) => sum + capacity, 0),
      heldSlots: active.reduce((sum, ledger) => sum + heldSlots(ledger, now), 0),
    };
  });
}
