import * as v from 'valibot';
import type { DeleteRequest, UpdateRequest } from './client.ts';
import type { ItemKey } from './keys.ts';
import { wholeNumber } from './parse.ts';

/** New values of an item's attributes: undefined leaves an attribute as it is, null removes it. */
export type Changes = Readonly<Record<string, unknown>>;

/** How often an item was revised, by which a writer sees that nobody else came first. Absent before the first time. */
export const revision = v.optional(wholeNumber);

/** What a writer saw of an item. A later one under the same key was created at another time, epoch milliseconds. */
export type Seen = { readonly rev?: number | undefined; readonly createdAt: number };

/** Changes an item that exists; refused where there is none. Of two who set the same attribute the last one counts. */
export function changeItem(key: ItemKey, changes: Changes): UpdateRequest & { ConditionExpression: string } {
  const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
  const named = changed.map(([name, value]) => ({ name, value, as: `#${name}`, is: `:${name}` }));
  const set = named.filter(({ value }) => value !== null);
  const remove = named.filter(({ value }) => value === null);
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.map(({ as, is }) => `${as} = ${is}`).join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map(({ as }) => as).join(', ')}`] : []),
  ];
  return {
    Key: key,
    ConditionExpression: 'attribute_exists(pk)',
    // DynamoDB takes no empty expression, and no empty map of what stands in one.
    ...(clauses.length > 0 && {
      UpdateExpression: clauses.join(' '),
      ExpressionAttributeNames: Object.fromEntries(named.map(({ as, name }) => [as, name])),
    }),
    ...(set.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(set.map(({ is, value }) => [is, value])),
    }),
    ReturnValues: 'ALL_NEW',
  };
}

/**
 * Changes an item that nobody has revised since its writer saw it; refused otherwise, or where there is none by now, or
 * another one, created since: that one's revisions are counted anew, and may stand where those of the first one stood.
 */
export function reviseItem(key: ItemKey, { rev, createdAt }: Seen, changes: Changes): UpdateRequest {
  const change = changeItem(key, { ...changes, rev: (rev ?? 0) + 1 });
  const isAsSeen = rev === undefined ? 'attribute_not_exists(#rev)' : '#rev = :seenRev';
  return {
    ...change,
    ConditionExpression: `${change.ConditionExpression} AND createdAt = :seenCreatedAt AND ${isAsSeen}`,
    ExpressionAttributeValues: {
      ...change.ExpressionAttributeValues,
      ':seenCreatedAt': createdAt,
      ...(rev !== undefined && { ':seenRev': rev }),
    },
  };
}

/** Removes an item; refused where there is none. */
export const deleteItem = (key: ItemKey): DeleteRequest => ({
  Key: key,
  ConditionExpression: 'attribute_exists(pk)',
});
