import { fillPage, type ListPage } from '#lib/page.ts';
import { fleetHash } from '#lib/sessions/ids.ts';
import { changeItem } from '#lib/table/change-item.ts';
import { itemInTheWay, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { computesOfFleet } from '#lib/table/compute-items.ts';
import {
  allFleets,
  type CreationLimit,
  type Fleet,
  parseFleetItem,
  putFleet,
} from '#lib/table/fleet-items.ts';
import { fleetItemKey, fleetShards, keyOf } from '#lib/table/keys.ts';
import { batchGet, getItem, type Position, queryPage } from '#lib/table/reads.ts';
import { liveSessionsOfShard } from '#lib/table/session-queries.ts';
import { type Deletion, remove } from './deletion.ts';
import { unknownLocations } from './locations.ts';

/** The most game sessions that a creation limit may allow a creator: they are counted in one small item. */
export const maximumCreationLimit = 1_000;

export type CreateFleetOutcome =
  | { readonly kind: 'created'; readonly fleet: Fleet }
  | { readonly kind: 'unknown-location'; readonly locations: readonly string[] };

/**
 * Creates a fleet, which takes game sessions at once: one read and one conditional put. Where a fleet of that id exists
 * it is returned as it is: ids are made for one request, so it was made by an earlier try of this one. Its
 * locations may be gone by then: an unknown one costs one more read.
 *
 * With no compute registered it is a directory: its sessions are ACTIVE from the start and run wherever their players
 * run them.
 */
export async function createFleet(table: Table, fleet: Fleet): Promise<CreateFleetOutcome> {
  const locations = await unknownLocations(table, fleet.locations);
  if (locations.length > 0) {
    const created = await findFleet(table, fleet.fleetId);
    return created ? { kind: 'created', fleet: created } : { kind: 'unknown-location', locations };
  }
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

/** New values of a fleet's members; undefined leaves one as it is. */
export type FleetChanges = {
  readonly [Name in
    | 'name'
    | 'description'
    | 'protectionPolicy'
    | 'metricGroups'
    | 'cost'
    | 'activationSeconds']?: Fleet[Name] | undefined;
} & {
  /** Null takes the limit away. */
  readonly creationLimit?: CreationLimit | null | undefined;
};

/**
 * Changes a fleet: one conditional write. Of two who change the same member the last one counts. Game sessions that exist
 * already are as they were.
 */
export async function updateFleet(
  table: Table,
  fleetId: string,
  changes: FleetChanges,
): Promise<{ readonly kind: 'updated'; readonly fleet: Fleet } | { readonly kind: 'not-found' }> {
  const write = await sendUpdate(table, changeItem(fleetItemKey(fleetId), changes));
  return write.kind === 'written' && write.attributes
    ? { kind: 'updated', fleet: parseFleetItem(write.attributes) }
    : { kind: 'not-found' };
}

export type DeleteFleetOutcome =
  | Deletion
  | { readonly kind: 'has-sessions' }
  | { readonly kind: 'has-computes' };

/**
 * Deletes a fleet that has no live game session and no compute: one read, one query a shard, one of its computes and one
 * conditional write. Its sessions that have ended can be read by their ids until they are removed.
 *
 * The index that finds live sessions is behind the table by a moment: a session that has just ended may still hold the
 * fleet, and one that has just been created may be missed. So may one whose creation had read the fleet just before. The
 * fleet is then deleted all the same: such a session can be reached by its id alone, and be played and ended like any
 * other. Keeping that out would cost every creation a write to its fleet. A compute that is registered in that very moment
 * stays as well, and can be deregistered by its name; no session is placed on it.
 */
export async function deleteFleet(
  table: Table,
  fleetId: string,
  mayBeRetry: boolean,
): Promise<DeleteFleetOutcome> {
  if ((await findFleet(table, fleetId)) === undefined) return { kind: mayBeRetry ? 'deleted' : 'not-found' };
  if (await hasLiveSessions(table, fleetId)) return { kind: 'has-sessions' };
  if (await hasComputes(table, fleetId)) return { kind: 'has-computes' };
  return remove(table, fleetItemKey(fleetId), mayBeRetry);
}

async function hasLiveSessions(table: Table, fleetId: string): Promise<boolean> {
  const hash = fleetHash(fleetId);
  const shards = Array.from({ length: fleetShards }, (_, shard) => shard);
  const pages = await Promise.all(
    shards.map((shard) => queryPage(table, liveSessionsOfShard(hash, shard), { limit: 1 })),
  );
  return pages.some(({ items }) => items.length > 0);
}

async function hasComputes(table: Table, fleetId: string): Promise<boolean> {
  const { items } = await queryPage(table, computesOfFleet(fleetId), { limit: 1 });
  return items.length > 0;
}
