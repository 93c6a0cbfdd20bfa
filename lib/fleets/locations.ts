import { sendPut, type Table } from '#lib/table/client.ts';
import { type Location, parseLocationItem, putLocation } from '#lib/table/fleet-items.ts';
import { locationItemKey } from '#lib/table/keys.ts';
import { batchGet } from '#lib/table/reads.ts';

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
