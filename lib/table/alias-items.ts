import * as v from 'valibot';
import type { PutRequest, StoredItem } from './client.ts';
import { aliasesPartition, aliasItemKey } from './keys.ts';
import { parseItem, wholeNumber } from './parse.ts';
import type { QueryRequest } from './reads.ts';
import { tagged } from './tagged-item.ts';

const Routing = v.variant('type', [
  v.object({ type: v.literal('SIMPLE'), fleetId: v.string() }),
  v.object({ type: v.literal('TERMINAL'), message: v.string() }),
]);

/** Where an alias leads: to a fleet, or nowhere, with a message for whoever asks. */
export type Routing = Readonly<v.InferOutput<typeof Routing>>;

const AliasItem = v.object({
  aliasId: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  routing: Routing,
  updatedAt: wholeNumber,
  ...tagged,
});

/** An alias: a name for a fleet that stays while the fleet behind it changes. Times in epoch milliseconds. */
export type Alias = Readonly<v.InferOutput<typeof AliasItem>>;

/** Parses an alias item. Throws when the table holds something else under its key. */
export const parseAliasItem = (item: StoredItem): Alias => parseItem(AliasItem, item);

/** Refused where an alias of that id exists. */
export const putAlias = (alias: Alias): PutRequest => ({
  Item: { ...aliasItemKey(alias.aliasId), ...alias },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** All aliases, in the order of their ids. */
export const allAliases: QueryRequest = {
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': aliasesPartition },
};
