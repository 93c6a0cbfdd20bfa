import { once } from 'node:events';
import { createServer } from 'node:http';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isThrottling, openTable, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { type DynamoDbWire, type Fault, faults } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});
beforeEach(() => {
  wire.count();
  wire.breaks = () => undefined;
});

let number = 0;
const newKey = () => ({ pk: 'KEY', sk: String(number++) });
const unlessThere = 'attribute_not_exists(pk)';

describe('a conditional write', () => {
  test('is written', async () => {
    expect(await sendPut(table, { Item: newKey() })).toEqual({ kind: 'written', attributes: undefined });
  });

  test('is written, and gives what it is asked to', async () => {
    const Key = newKey();
    const update = { Key, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 1 } };
    expect(await sendUpdate(table, { ...update, ReturnValues: 'ALL_NEW' })).toEqual({
      kind: 'written',
      attributes: { ...Key, a: 1 },
    });
  });

  test('is refused with the item that is in its way, in one call', async () => {
    const Item = { ...newKey(), text: 'there', numbers: { a: 1.5, b: 1e15 } };
    await sendPut(table, { Item });
    wire.count();
    expect(await sendPut(table, { Item, ConditionExpression: unlessThere })).toEqual({
      kind: 'refused',
      image: Item,
      mayBeDone: false,
    });
    expect(wire.count()).toEqual({ PutItem: 1 });
  });

  test('is refused without an item where there is none', async () => {
    const update = {
      Key: newKey(),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET a = :a',
      ExpressionAttributeValues: { ':a': 1 },
    };
    expect(await sendUpdate(table, update)).toEqual({ kind: 'refused', image: undefined, mayBeDone: false });
  });

  test('leaves out members that are undefined', async () => {
    const Key = newKey();
    await sendPut(table, { Item: { ...Key, name: undefined } });
    expect(await sendPut(table, { Item: Key, ConditionExpression: unlessThere })).toEqual({
      kind: 'refused',
      image: Key,
      mayBeDone: false,
    });
  });
});

describe('a request that breaks', () => {
  test.each(faults)('once or twice ("%s") is tried again', async (fault) => {
    wire.breaks = (_, sent) => (sent < 2 ? fault : undefined);
    expect(await sendPut(table, { Item: newKey() })).toMatchObject({ kind: 'written' });
    expect(wire.count()).toEqual({ PutItem: 3 });
  });

  test.each<[fault: Fault, throttling: boolean]>(faults.map((fault) => [fault, fault === 'throttled']))(
    'three times ("%s") is an exception, and throttling is known as such: %s',
    async (fault, throttling) => {
      wire.breaks = () => fault;
      const error: unknown = await sendPut(table, { Item: newKey() }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(isThrottling(error)).toBe(throttling);
      expect(wire.count()).toEqual({ PutItem: 3 });
    },
  );
});

describe('throttling', () => {
  const named = (name: string) => Object.assign(new Error('Slow down'), { name });

  test.each([
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'ThrottlingException',
    'TransactionConflictException',
  ])('is %s', (name) => {
    expect(isThrottling(named(name))).toBe(true);
  });

  test.each<[what: string, error: unknown]>([
    ['an error of another name', named('ValidationException')],
    ['a name alone', 'ThrottlingException'],
    ['nothing', undefined],
  ])('is not %s', (_, error) => {
    expect(isThrottling(error)).toBe(false);
  });
});

test('a request is given three attempts of 1 s each for a connection or an answer, so that three calls end before a function must', async () => {
  let attempts = 0;
  const failing = createServer((_, response) => {
    attempts++;
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await once(failing, 'listening');
  const address = failing.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const { client } = openTable('any', {
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  await expect(client.send(new ListTablesCommand())).rejects.toThrow();
  expect(attempts).toBe(3);
  const { requestHandler } = client.config;
  if (!(requestHandler instanceof NodeHttpHandler)) throw new Error('The client has another HTTP handler');
  expect(requestHandler.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 1_000,
    requestTimeout: 1_000,
    throwOnRequestTimeout: true,
  });
  client.destroy();
  failing.close();
});
