import { setTimeout } from 'node:timers/promises';
import { BatchGetCommand, GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { StoredItem, Table } from './client.ts';
import { type ItemKey, keyOf } from './keys.ts';

/** Reads one item, strongly consistent as all reads but those of indexes: what was written before is seen. */
export async function getItem(table: Table, key: ItemKey): Promise<StoredItem | undefined> {
  const answer = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
  );
  return answer.Item;
}

/** Where a page ended: the key that DynamoDB goes on from, values as stored. */
export type Position = Readonly<Record<string, string>>;

/** One page of a query. `next` is undefined at the end. */
export type Page = { readonly items: readonly StoredItem[]; readonly next: Position | undefined };

/** A query without its table and page. */
export type QueryRequest = Omit<QueryCommandInput, 'TableName' | 'Limit' | 'ExclusiveStartKey'>;

/** Reads one page, at most 1 MB of items; a page may be shorter than `limit` and still have a next one. */
export async function queryPage(
  table: Table,
  request: QueryRequest,
  from?: { readonly limit?: number | undefined; readonly position?: Position | undefined },
): Promise<Page> {
  const answer = await table.client.send(
    new QueryCommand({
      ConsistentRead: request.IndexName === undefined,
      ...request,
      TableName: table.name,
      Limit: from?.limit,
      ExclusiveStartKey: from?.position,
    }),
  );
  return { items: answer.Items ?? [], next: answer.LastEvaluatedKey && positionOf(answer.LastEvaluatedKey) };
}

/**
 * Counts what a query finds, in one page of at most 1 MB: `isWhole` says whether there is no more. It costs what reading
 * the page would.
 */
export async function countPage(
  table: Table,
  request: QueryRequest,
): Promise<{ readonly count: number; readonly isWhole: boolean }> {
  const answer = await table.client.send(
    new QueryCommand({
      ConsistentRead: request.IndexName === undefined,
      ...request,
      TableName: table.name,
      Select: 'COUNT',
    }),
  );
  return { count: answer.Count ?? 0, isWhole: answer.LastEvaluatedKey === undefined };
}

/** The position right behind an item that an index found. */
export function positionOf(lastKey: StoredItem): Position {
  return Object.fromEntries(Object.entries(lastKey).map(([name, value]) => [name, String(value)]));
}

/**
 * How often in a row a batch may come back without a single item. The pauses in between are up to 50 ms and 100 ms, at
 * random.
 */
const maximumFruitless = 3;

/** DynamoDB takes this many keys in one BatchGetItem. */
const batchSize = 100;

/** Batches on their way at the same time: enough for a search that reads thousands, and far from all connections. */
const batchesAtOnce = 8;

/**
 * Reads the items of all keys, in the order of the keys; a key without an item yields undefined.
 *
 * @param consistent false for half the price, where a write of a moment ago may be missed
 */
export async function batchGet(
  table: Table,
  keys: readonly ItemKey[],
  { consistent = true }: { readonly consistent?: boolean } = {},
): Promise<readonly (StoredItem | undefined)[]> {
  const found = new Map<string, StoredItem>();
  let missing = uniqueKeys(keys);
  let fruitless = 0;
  while (missing.length > 0) {
    const asked = missing.slice(0, batchSize * batchesAtOnce);
    const batches = await Promise.all(inBatches(asked).map((batch) => getBatch(table, batch, consistent)));
    for (const item of batches.flatMap(({ items }) => items)) found.set(nameOf(item), item);
    // What DynamoDB left out, for its 16 MB or for throttling, comes with the next round.
    const leftOut = batches.flatMap((batch) => batch.leftOut);
    if (leftOut.length < asked.length) fruitless = 0;
    else if (++fruitless === maximumFruitless) throw throttled();
    else await setTimeout(Math.random() * 50 * 2 ** (fruitless - 1));
    missing = [...missing.slice(asked.length), ...leftOut];
  }
  return keys.map((key) => found.get(nameOf(key)));
}

async function getBatch(table: Table, batch: readonly ItemKey[], consistent: boolean) {
  const answer = await table.client.send(
    new BatchGetCommand({
      RequestItems: { [table.name]: { Keys: [...batch], ConsistentRead: consistent } },
    }),
  );
  return {
    items: answer.Responses?.[table.name] ?? [],
    leftOut: (answer.UnprocessedKeys?.[table.name]?.Keys ?? []).map(keyOf),
  };
}

const inBatches = (keys: readonly ItemKey[]): readonly (readonly ItemKey[])[] =>
  Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, batch) =>
    keys.slice(batch * batchSize, (batch + 1) * batchSize),
  );

/** An answer without a single item, and no error: DynamoDB throttles a batch by leaving out its keys. */
const throttled = (): Error =>
  Object.assign(new Error('DynamoDB has left out every key of a batch'), { name: 'ThrottlingException' });

const nameOf = (key: StoredItem): string => `${key['pk']} ${key['sk']}`;

const uniqueKeys = (keys: readonly ItemKey[]): readonly ItemKey[] => [
  ...new Map(keys.map((key) => [nameOf(key), key])).values(),
];
