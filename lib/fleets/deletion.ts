import { deleteItem } from '#lib/table/change-item.ts';
import { sendDelete, type Table } from '#lib/table/client.ts';
import type { ItemKey } from '#lib/table/keys.ts';

/** How a deletion ended. */
export type Deletion = { readonly kind: 'deleted' } | { readonly kind: 'not-found' };

/**
 * Removes an item: one conditional write. A try that finds nothing has deleted it all the same when an earlier try of the
 * same request may have been carried out.
 */
export async function remove(table: Table, key: ItemKey, mayBeRetry: boolean): Promise<Deletion> {
  const write = await sendDelete(table, deleteItem(key));
  const isGone = write.kind === 'written' || write.mayBeDone || mayBeRetry;
  return { kind: isGone ? 'deleted' : 'not-found' };
}
