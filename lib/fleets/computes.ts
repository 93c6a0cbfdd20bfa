import { fillPage, type ListPage } from '#lib/page.ts';
import { itemInTheWay, sendPut, type Table } from '#lib/table/client.ts';
import { type Compute, computesOfFleet, parseComputeItem, putCompute } from '#lib/table/compute-items.ts';
import { type Fleet, parseFleetItem } from '#lib/table/fleet-items.ts';
import { computeItemKey, fleetItemKey, keyOf } from '#lib/table/keys.ts';
import { getItem, type Position, queryPage } from '#lib/table/reads.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { type Deletion, remove } from './deletion.ts';
import { type Revision, revise } from './revise.ts';

export type RegisterComputeOutcome =
  /** The compute as it is now. */
  | { readonly kind: 'registered'; readonly compute: Compute }
  /** One of its name is registered, with other details. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'not-in-fleet'; readonly locations: readonly string[] }
  | { readonly kind: 'no-fleet' }
  | Contended;

/**
 * Registers a compute: one read of its fleet and one conditional put, and one more write for the first one of the fleet.
 * A compute that is registered already with the same details stays as it is, its tokens too: a server that starts again
 * registers again.
 *
 * From its first compute on, the fleet hosts its sessions on server processes. It is marked so before the compute is put:
 * a registration that dies in between leaves a fleet that refuses new sessions until it is tried again. The other way
 * round it would leave a compute in a fleet that is still a directory, whose sessions are ACTIVE and run nowhere.
 */
export async function registerCompute(table: Table, compute: Compute): Promise<RegisterComputeOutcome> {
  const marked = await markAsHosting(table, compute);
  switch (marked.kind) {
    case 'refused':
      return { kind: 'not-in-fleet', locations: marked.refusal.locations };
    case 'not-found':
      return { kind: 'no-fleet' };
    case 'contended':
      return marked;
    case 'revised': {
      const inTheWay = itemInTheWay(await sendPut(table, putCompute(compute)));
      if (inTheWay === undefined) return { kind: 'registered', compute };
      const registered = parseComputeItem(inTheWay);
      return isSame(registered, compute) ? { kind: 'registered', compute: registered } : { kind: 'differs' };
    }
  }
}

function markAsHosting(
  table: Table,
  { fleetId, location }: Compute,
): Promise<Revision<Fleet, { readonly locations: readonly string[] }>> {
  return revise(table, fleetItemKey(fleetId), parseFleetItem, false, ({ locations, hosts }) => {
    if (!locations.includes(location)) return { kind: 'refuse', refusal: { locations } };
    return hosts ? { kind: 'keep' } : { kind: 'change', changes: { hosts: true } };
  });
}

const isSame = (one: Compute, other: Compute): boolean =>
  one.location === other.location &&
  one.ipAddress === other.ipAddress &&
  one.dnsName === other.dnsName &&
  one.certificatePath === other.certificatePath;

/** One compute: one read. */
export async function findCompute(
  table: Table,
  fleetId: string,
  computeName: string,
): Promise<Compute | undefined> {
  const item = await getItem(table, computeItemKey(fleetId, computeName));
  return item && parseComputeItem(item);
}

/** Computes read at once where a filter may drop many of them. */
const computesAtOnce = 100;

/** A page of a fleet's computes, of one location or of all, in the order of their names: one query a stretch. */
export function listComputes(
  table: Table,
  fleetId: string,
  location: string | undefined,
  limit: number,
  from: Position | undefined,
): Promise<ListPage<Compute, Position>> {
  return fillPage(limit, from, async (position, room) => {
    const atOnce = location === undefined ? room : Math.max(room, computesAtOnce);
    const page = await queryPage(table, computesOfFleet(fleetId), { limit: atOnce, position });
    const entries = page.items.map((item) => {
      const compute = parseComputeItem(item);
      const isWanted = location === undefined || compute.location === location;
      return { item: isWanted ? compute : undefined, behind: keyOf(item) };
    });
    return { entries, next: page.next };
  });
}

/**
 * Takes a compute out of its fleet, and its tokens with it: one conditional write. No process of it connects from then on;
 * those that are connected stay. The fleet still hosts its sessions on server processes, of which it may have none left.
 */
export const deregisterCompute = (
  table: Table,
  fleetId: string,
  computeName: string,
  mayBeRetry: boolean,
): Promise<Deletion> => remove(table, computeItemKey(fleetId, computeName), mayBeRetry);
