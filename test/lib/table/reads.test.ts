import { Readable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { isThrottling, openTable, sendPut, type Table } from '#lib/table/client.ts';
import type { ItemKey } from '#lib/table/keys.ts';
import { batchGet, countPage, getItem, type Position, queryPage } from '#lib/table/reads.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
const keys: readonly ItemKey[] = Array.from({ length: 120 }, (_, number) => ({
  pk: 'MANY',
  sk: String(number).padStart(3, '0'),
}));

beforeAll(async () => {
  ({ table, wire } = await newTable());
  for (const [number, key] of keys.entries()) await sendPut(table, { Item: { ...key, number } });
  // Together more than the 16 MB that one answer holds.
  for (const key of large) await sendPut(table, { Item: { ...key, text: 'x'.repeat(390_000) } });
  wire.count();
});
const large: readonly ItemKey[] = Array.from({ length: 50 }, (_, number) => ({
  pk: 'LARGE',
  sk: `${number}`,
}));

describe('items read by their keys', () => {
  test('come in the order of the keys, a hundred in one call', async () => {
    const items = await batchGet(table, keys.toReversed());
    expect(items.map((item) => item?.['number'])).toEqual(keys.map((_, number) => number).toReversed());
    expect(wire.count()).toEqual({ BatchGetItem: 2 });
  });

  test('are undefined where there are none', async () => {
    const absent = { pk: 'MANY', sk: 'absent' };
    const [first, second, third] = await batchGet(table, [absent, keys[7] ?? absent, absent]);
    expect([first, second?.['number'], third]).toEqual([undefined, 7, undefined]);
  });

  test('may be asked for twice, which DynamoDB would refuse', async () => {
    const [key = { pk: '', sk: '' }] = keys;
    const items = await batchGet(table, [key, key, key]);
    expect(items.map((item) => item?.['number'])).toEqual([0, 0, 0]);
  });

  test('cost no call where nothing is asked for', async () => {
    wire.count();
    expect(await batchGet(table, [])).toEqual([]);
    expect(wire.count()).toEqual({});
  });

  test('come whole when they are more than one answer holds', async () => {
    const items = await batchGet(table, large);
    expect(items.map((item) => item?.['sk'])).toEqual(large.map(({ sk }) => sk));
    expect(wire.count()['BatchGetItem']).toBeGreaterThan(1);
  });
});

test('items that DynamoDB leaves out of every answer are asked for three times, and then it is throttled', async () => {
  let calls = 0;
  const throttled = openTable('any', {
    ...localDynamoDb('http://127.0.0.1:1'),
    requestHandler: {
      async handle({ body }: { readonly body?: Uint8Array }) {
        calls++;
        const { RequestItems } = JSON.parse(Buffer.from(body ?? []).toString());
        const answer = JSON.stringify({ Responses: {}, UnprocessedKeys: RequestItems });
        return { response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) } };
      },
    },
  });
  const error: unknown = await batchGet(throttled, keys.slice(0, 1)).catch((thrown: unknown) => thrown);
  expect(isThrottling(error)).toBe(true);
  expect(calls).toBe(3);
});

describe('a query', () => {
  const many = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'MANY' } };

  test('goes on behind the last item of a page, to the end', async () => {
    const numbers: unknown[] = [];
    let position: Position | undefined;
    do {
      const page = await queryPage(table, many, { limit: 50, position });
      numbers.push(...page.items.map(({ number }) => number));
      position = page.next;
    } while (position !== undefined);
    expect(numbers).toEqual(keys.map((_, number) => number));
  });

  test('reads one page of at most 1 MB where no limit is given', async () => {
    const page = await queryPage(table, { ...many, ExpressionAttributeValues: { ':pk': 'LARGE' } });
    expect(page.items).toHaveLength(3);
    expect(page.next).toEqual({ pk: 'LARGE', sk: expect.any(String) });
  });
});

test('what a query finds is counted, in one page of at most 1 MB', async () => {
  const found = (pk: string) => ({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
  });
  expect(await countPage(table, found('MANY'))).toEqual({ count: 120, isWhole: true });
  expect(await countPage(table, found('LARGE'))).toEqual({ count: 3, isWhole: false });
  expect(await countPage(table, found('NONE'))).toEqual({ count: 0, isWhole: true });
});

test('an item is read, or undefined', async () => {
  expect(await getItem(table, { pk: 'MANY', sk: '042' })).toMatchObject({ number: 42 });
  expect(await getItem(table, { pk: 'MANY', sk: 'absent' })).toBeUndefined();
});

test('every read but that of an index sees what was written before', async () => {
  wire.count();
  await getItem(table, { pk: 'MANY', sk: '042' });
  await batchGet(table, keys.slice(0, 1));
  await queryPage(table, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': 'MANY' },
  });
  const consistent = wire.sent.map(({ body }) => body.includes('"ConsistentRead":true'));
  expect(consistent).toEqual([true, true, true]);
});
