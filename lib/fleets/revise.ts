import { type Changes, reviseItem, type Seen } from '#lib/table/change-item.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import type { ItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';

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
  | Contended;

/**
 * Changes an item by what it holds, so that of many who do so at once nobody undoes what another has done: one read, which
 * whoever has just `seen` the item saves, and one conditional write, and another write whenever somebody else came first.
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
  seen?: Item,
): Promise<Revision<Item, Refusal>> {
  type Outcome = Exclude<Revision<Item, Refusal>, Contended>;
  const step = (item: Item, mayBeDone: boolean): Step<Outcome> => {
    const decision = decide(item, mayBeRetry || mayBeDone);
    if (decision.kind === 'keep') return settled({ kind: 'revised', item });
    if (decision.kind === 'refuse') return settled({ kind: 'refused', refusal: decision.refusal });
    return {
      kind: 'write',
      request: reviseItem(key, item, decision.changes),
      written: (revised) => settled({ kind: 'revised', item: parse(revised) }),
    };
  };
  const next = (image: StoredItem | undefined, mayBeDone: boolean): Step<Outcome> =>
    image === undefined ? settled({ kind: 'not-found' }) : step(parse(image), mayBeDone);
  const first = seen === undefined ? next(await getItem(table, key), false) : step(seen, false);
  return writeInTurns(table, first, next, maximumTries);
}
