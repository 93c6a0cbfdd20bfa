import { fillPage, type ListPage } from '#lib/page.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import {
  allLocations,
  fleetsWithLocation,
  type Location,
  parseFleetItem,
  parseLocationItem,
  putLocation,
} from '#lib/table/fleet-items.ts';
import { keyOf, locationItemKey } from '#lib/table/keys.ts';
import { batchGet, type Position, queryPage } from '#lib/table/reads.ts';
import { type Deletion, remove } from './deletion.ts';

export type CreateLocationOutcome = { readonly kind: 'created' } | { readonly kind: 'exists' };

/**
 * Creates a custom location: one conditional put. Names are unique within a deployment. A retry of the request that
 * created it is answered like its first try.
 */
export async function createLocation(table: Table, location: Location): Promise<CreateLocationOutcome> {
  const write = await sendPut(table, putLocation(location));
  if (write.kind === 'written') return { kind: 'created' };
  const isOwn = write.image && parseLocationItem(write.image).createdBy === location.createdBy;
  return { kind: isOwn ? 'created' : 'exists' };
}

/** Which of the locations do not exist: one read. */
export async function unknownLocations(table: Table, names: readonly string[]): Promise<readonly string[]> {
  const items = await batchGet(table, names.map(locationItemKey));
  return names.filter((_, i) => items[i] === undefined);
}

/** A page of all locations, in the order of their names: one query a stretch. */
export function listLocations(
  table: Table,
  limit: number,
  from: Position | undefined,
): Promise<ListPage<Location, Position>> {
  return fillPage(limit, from, async (position, room) => {
    const page = await queryPage(table, allLocations, { limit: room, position });
    const entries = page.items.map((item) => ({ item: parseLocationItem(item), behind: keyOf(item) }));
    return { entries, next: page.next };
  });
}

export type DeleteLocationOutcome =
  | Deletion
  | { readonly kind: 'in-use'; readonly fleetIds: readonly string[] };

/**
 * Deletes a custom location that no fleet has: a query of all fleets and one conditional write. A fleet that gets the
 * location in that very moment keeps its name, and works like any other.
 */
export async function deleteLocation(
  table: Table,
  name: string,
  mayBeRetry: boolean,
): Promise<DeleteLocationOutcome> {
  const fleetIds = await fleetsIn(table, name);
  if (fleetIds.length > 0) return { kind: 'in-use', fleetIds };
  return remove(table, locationItemKey(name), mayBeRetry);
}

async function fleetsIn(table: Table, name: string): Promise<readonly string[]> {
  const fleetIds: string[] = [];
  let position: Position | undefined;
  do {
    const page = await queryPage(table, fleetsWithLocation(name), { position });
    fleetIds.push(...page.items.map((item) => parseFleetItem(item).fleetId));
    position = page.next;
  } while (position !== undefined);
  return fleetIds;
}
