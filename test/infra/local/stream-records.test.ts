import { DynamoDBStreamSchema } from '@aws-lambda-powertools/parser/schemas/dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { changeRecord } from '#infra/local/stream-records.ts';
import { openStream } from '#infra/local/stream-source.ts';
import { newStreamedTable } from './streamed-table.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/games/stream/local';

/** All records of the table's stream, as Lambda would hand them over. */
async function recordsOf({ streams, table }: Awaited<ReturnType<typeof newStreamedTable>>) {
  const source = await openStream(streams, table.input.TableName, {
    streamArn,
    timeToLive: table.timeToLive,
  });
  const [shard] = await source.listShards();
  const iterator = await source.iteratorAfter(shard?.id ?? '', undefined);
  const page = await source.read(iterator ?? '');
  const event: DynamoDBStreamEvent = { Records: [...(page?.records ?? [])] };
  // What JSON does not carry the function does not get.
  const received: DynamoDBStreamEvent = JSON.parse(JSON.stringify(event));
  return received.Records;
}

test("changes of all kinds of attributes are what Lambda's types and the schema of an event want", async () => {
  const table = await newStreamedTable();
  await table.put('a', {
    f: { S: 'fleet' },
    bytes: { B: new Uint8Array([1, 255]) },
    empty: { M: {} },
    none: { NULL: true },
    flag: { BOOL: false },
    many: { NS: ['1', '2.5'] },
    texts: { SS: ['x'] },
    manyBytes: { BS: [new Uint8Array([7])] },
    nested: {
      M: { list: { L: [{ N: '1' }, { L: [] }, { M: { deep: { B: new Uint8Array([8]) } } }] }, no: { M: {} } },
    },
  });
  await table.put('a', { f: { S: 'other' } });
  await table.remove('a');

  const records = await recordsOf(table);
  const parsed = DynamoDBStreamSchema.safeParse({ Records: records });
  expect(parsed.error?.issues).toBeUndefined();
  expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'MODIFY', 'REMOVE']);
  expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(3);
  const [inserted, modified, removed] = records;
  expect(inserted).toEqual({
    eventID: expect.any(String),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: streamArn,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number),
      Keys: table.key('a'),
      NewImage: {
        ...table.key('a'),
        f: { S: 'fleet' },
        bytes: { B: 'Af8=' },
        empty: { M: {} },
        none: { NULL: true },
        flag: { BOOL: false },
        many: { NS: ['1', '2.5'] },
        texts: { SS: ['x'] },
        manyBytes: { BS: ['Bw=='] },
        nested: {
          M: { list: { L: [{ N: '1' }, { L: [] }, { M: { deep: { B: 'CA==' } } }] }, no: { M: {} } },
        },
      },
      SequenceNumber: expect.stringMatching(/^\d{21}$/),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  });
  expect(modified?.dynamodb).toMatchObject({
    OldImage: { f: { S: 'fleet' } },
    NewImage: { f: { S: 'other' } },
  });
  expect(removed?.dynamodb).not.toHaveProperty('NewImage');
  const age = Date.now() / 1000 - (inserted?.dynamodb?.ApproximateCreationDateTime ?? 0);
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(180);
});

const now = Date.UTC(2026, 10, 22);
const seconds = now / 1000;

test.each([
  ['past its time', 'REMOVE', { ttl: { N: String(seconds) } }, true],
  [
    'past its time by DynamoDB Local itself',
    'UNKNOWN_TO_SDK_VERSION',
    { ttl: { N: String(seconds - 60) } },
    true,
  ],
  ['before its time', 'REMOVE', { ttl: { N: String(seconds + 1) } }, false],
  ['that has none', 'REMOVE', {}, false],
  ['whose time is no number', 'REMOVE', { ttl: { S: '1' } }, false],
])('whether DynamoDB removed an item %s shows in who did it', (_, eventName, OldImage, isItsOwn) => {
  // What DynamoDB Local sends, and the SDK's types do not know.
  const record = Object.assign({}, { eventName: 'REMOVE' as const }, { eventName, dynamodb: { OldImage } });
  const { eventName: spelled, userIdentity } = changeRecord(record, { streamArn, timeToLive: 'ttl', now });
  expect(spelled).toBe('REMOVE');
  const service = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  expect(userIdentity).toEqual(isItsOwn ? service : undefined);
});
