import { type StoredItem, sendUpdate, type Table, type UpdateRequest } from './client.ts';

/** What to do about an item as it was last seen: one more write, or nothing more, since the outcome is settled. */
export type Step<Outcome> =
  | {
      readonly kind: 'write';
      readonly request: UpdateRequest;
      /** What comes after it, by what it gives back. */
      readonly written: (attributes: StoredItem) => Step<Outcome>;
    }
  | { readonly kind: 'settled'; readonly outcome: Outcome };

export const settled = <Outcome>(outcome: Outcome): Step<Outcome> => ({ kind: 'settled', outcome });

/** So many wanted to write the same item that no try came through: another one is worth it. */
export type Contended = { readonly kind: 'contended' };

/**
 * Writes one item until the outcome is settled. Each refused write comes back with the item as it is, from which the next
 * step follows: nothing is read between two tries.
 *
 * @param next is asked after each refusal. `mayBeDone` says that an earlier try of the same writer may have been carried
 * out: what the image shows may be its own work.
 * @param maximumWrites after which it gives up
 */
export async function writeInTurns<Outcome>(
  table: Table,
  first: Step<Outcome>,
  next: (image: StoredItem | undefined, mayBeDone: boolean) => Step<Outcome>,
  maximumWrites: number,
): Promise<Outcome | Contended> {
  let step = first;
  let mayBeDone = false;
  for (let writes = 0; ; writes++) {
    if (step.kind === 'settled') return step.outcome;
    if (writes === maximumWrites) return { kind: 'contended' };
    const write = await sendUpdate(table, step.request);
    if (write.kind === 'refused') mayBeDone ||= write.mayBeDone;
    step = write.kind === 'written' ? step.written(write.attributes ?? {}) : next(write.image, mayBeDone);
  }
}
