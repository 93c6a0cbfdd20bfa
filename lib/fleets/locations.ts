import { sendPut, type Table } from '#lib/table/client.ts';
import { type Location, putLocation } from '#lib/table/fleet-items.ts';
import { locationItemKey } from '#lib/table/keys.ts';
import { batchGet } from '#lib/table/reads.ts';

export type CreateLocationOutcome = { readonly kind: 'created' } | { readonly kind: 'exists' };

/** Creates a custom location: one conditional put. Names are unique within a deployment. */
export async function createLocation(table: Table, location: Location): Promise<CreateLocationOutcome> {
  const write = await sendPut(table, putLocation(location));
  return { kind: write.kind === 'written' ? 'created' : 'exists' };
}

/** Which of the locations do not exist: one read. */
export async function unknownLocations(table: Table, names: readonly string[]): Promise<readonly string[]> {
  const items = await batchGet(table, names.map(locationItemKey));
  return names.filter((_, i) => items[i] === undefined);
}
