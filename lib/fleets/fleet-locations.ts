import type { Table } from '#lib/table/client.ts';
import { type Fleet, parseFleetItem } from '#lib/table/fleet-items.ts';
import { fleetItemKey } from '#lib/table/keys.ts';
import { unknownLocations } from './locations.ts';
import { type Revision, revise } from './revise.ts';

/** The most locations that a fleet may have: as many as one request can name. They are all in its item. */
export const maximumLocations = 100;

export type AddLocationsOutcome =
  | Revision<Fleet, { readonly kind: 'too-many'; readonly locations: number }>
  | { readonly kind: 'unknown-location'; readonly locations: readonly string[] };

/** Adds locations to a fleet, which takes game sessions there at once. One that it has stays: one more read than `revise`. */
export async function addLocations(
  table: Table,
  fleetId: string,
  added: readonly string[],
): Promise<AddLocationsOutcome> {
  const unknown = await unknownLocations(table, added);
  if (unknown.length > 0) return { kind: 'unknown-location', locations: unknown };
  return revise(table, fleetItemKey(fleetId), parseFleetItem, false, (fleet) => {
    const locations = [...new Set([...fleet.locations, ...added])];
    if (locations.length === fleet.locations.length) return { kind: 'keep' };
    return locations.length > maximumLocations
      ? { kind: 'refuse', refusal: { kind: 'too-many', locations: locations.length } }
      : { kind: 'change', changes: { locations } };
  });
}

export type RemoveLocationsOutcome = Revision<Fleet, { readonly locations: readonly string[] }>;

/**
 * Takes locations out of a fleet, or none where it does not have one of them. Game sessions that run there go on, and are
 * found and ended like any other; no more are created.
 */
export function removeLocations(
  table: Table,
  fleetId: string,
  removed: readonly string[],
  mayBeRetry: boolean,
): Promise<RemoveLocationsOutcome> {
  const isRemoved = new Set(removed);
  return revise(table, fleetItemKey(fleetId), parseFleetItem, mayBeRetry, (fleet, mayBeDone) => {
    const absent = removed.filter((name) => !fleet.locations.includes(name));
    // An earlier try has removed all of them or none: where only some are absent, it was not what removed them.
    const isDone = mayBeDone && absent.length === removed.length;
    if (absent.length > 0 && !isDone) return { kind: 'refuse', refusal: { locations: absent } };
    const locations = fleet.locations.filter((name) => !isRemoved.has(name));
    return locations.length === fleet.locations.length
      ? { kind: 'keep' }
      : { kind: 'change', changes: { locations } };
  });
}
