import { type Changes, reviseItem, type Seen } from '#lib/table/change-item.ts';
import { type StoredItem, sendUpdate, type Table } from '#lib/table/client.ts';
import type { ItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';

/**
 * Tries before a revision gives up. Of those who revise one item at once, one comes through in each round: as many as
 * this can do so at the same time.
 */
const maximumTries = 50;

/** What is to become of an item as it is now: changes are written, it stays since it is as wanted, or nothing is done. */
export type Decision<Refusal> =
  | { readonly kind: 'change'; readonly changes: Changes }
  | { readonly kind: 'keep' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

export type Revision<Item, Refusal> =
  /** The item as it is now. */
  | { readonly kind: 'revised'; readonly item: Item }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'not-found' }
  /** So many revise the same item that no try came through: another one is worth it. */
  | { readonly kind: 'contended' };

/**
 * Changes an item by what it holds, so that of many who do so at once nobody undoes what another has done: one read and
 * one conditional write, and another write whenever somebody else came first.
 *
 * @param decide is asked again for each state of the item. `mayBeDone` says that the state may be the work of an earlier
 * try of the same request.
 */
export async function revise<Item extends Seen, Refusal>(
  table: Table,
  key: ItemKey,
  parse: (item: StoredItem) => Item,
  mayBeRetry: boolean,
  decide: (item: Item, mayBeDone: boolean) => Decision<Refusal>,
): Promise<Revision<Item, Refusal>> {
  let image = await getItem(table, key);
  let mayBeDone = mayBeRetry;
  for (let tries = 0; tries < maximumTries; tries++) {
    if (image === undefined) return { kind: 'not-found' };
    const item = parse(image);
    const decision = decide(item, mayBeDone);
    if (decision.kind === 'keep') return { kind: 'revised', item };
    if (decision.kind === 'refuse') return { kind: 'refused', refusal: decision.refusal };

    const write = await sendUpdate(table, reviseItem(key, item, decision.changes));
    if (write.kind === 'written') return { kind: 'revised', item: parse(write.attributes ?? {}) };
    image = write.image;
    mayBeDone ||= write.mayBeDone;
  }
  return { kind: 'contended' };
}
