import { fillPage, type ListPage } from '#lib/page.ts';
import { itemInTheWay, sendPut, type Table } from '#lib/table/client.ts';
import { allFleets, type Fleet, parseFleetItem, putFleet } from '#lib/table/fleet-items.ts';
import { fleetItemKey, keyOf } from '#lib/table/keys.ts';
import { batchGet, getItem, type Position, queryPage } from '#lib/table/reads.ts';
import { unknownLocations } from './locations.ts';

export type CreateFleetOutcome =
  | { readonly kind: 'created'; readonly fleet: Fleet }
  | { readonly kind: 'unknown-location'; readonly locations: readonly string[] };

/**
 * Creates a fleet, which takes game sessions at once: one read and one conditional put. Where a fleet of that id exists
 * it is returned as it is: ids are made for one request, so it was made by an earlier try of this one.
 *
 * With no compute registered it is a directory: its sessions are ACTIVE from the start and run wherever their players
 * run them.
 */
export async function createFleet(table: Table, fleet: Fleet): Promise<CreateFleetOutcome> {
  const locations = await unknownLocations(table, fleet.locations);
  if (locations.length > 0) return { kind: 'unknown-location', locations };
  const existing = itemInTheWay(await sendPut(table, putFleet(fleet)));
  return {
    kind: 'created',
    fleet: existing ? parseFleetItem(existing) : fleet,
  };
}

/** One fleet: one read. */
export async function findFleet(table: Table, fleetId: string): Promise<Fleet | undefined> {
  const item = await getItem(table, fleetItemKey(fleetId));
  return item && parseFleetItem(item);
}

/** Those of the fleets that exist, in the order asked for: one read for each hundred. */
export async function findFleets(table: Table, fleetIds: readonly string[]): Promise<readonly Fleet[]> {
  const items = await batchGet(table, fleetIds.map(fleetItemKey));
  return items.flatMap((item) => (item ? [parseFleetItem(item)] : []));
}

/** A page of all fleets, in the order of their ids: one query a stretch. */
export function listFleets(
  table: Table,
  limit: number,
  from: Position | undefined,
): Promise<ListPage<Fleet, Position>> {
  return fillPage(limit, from, async (position, room) => {
    const page = await queryPage(table, allFleets, { limit: room, position });
    const entries = page.items.map((item) => ({ item: parseFleetItem(item), behind: keyOf(item) }));
    return { entries, next: page.next };
  });
}
