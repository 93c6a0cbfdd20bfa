import type { DynamoDBRecord } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionItemKey } from '#lib/table/keys.ts';
import { request, SessionUnderTest, someTime } from '#test/lib/sessions/session-under-test.ts';
import { linesOf, OnChangeUnderTest, sessionIn } from './on-change-under-test.ts';

let consumer: OnChangeUnderTest;
beforeAll(async () => {
  consumer = await OnChangeUnderTest.start();
});
beforeEach(() => {
  consumer.refuses = () => undefined;
  consumer.wire.breaks = () => undefined;
  consumer.logged.length = 0;
  consumer.counted.length = 0;
  consumer.restart();
});

const numberOf = (record: DynamoDBRecord | undefined) => record?.dynamodb?.SequenceNumber ?? '';
const failed = (...records: readonly (DynamoDBRecord | undefined)[]) => ({
  batchItemFailures: records.map((record) => ({ itemIdentifier: numberOf(record) })),
});

/** A session, and a record of each of so many reservations behind that of its creation. */
async function sessionWith(reservations: number): Promise<readonly DynamoDBRecord[]> {
  const session = await SessionUnderTest.open(consumer.table, 10);
  const records = [...(await consumer.stream.look(sessionItemKey(session.sessionKey)))];
  for (let i = 0; i < reservations; i++) {
    await session.reserve(request(`player ${i}`));
    records.push(...(await consumer.stream.look(sessionItemKey(session.sessionKey))));
  }
  return records;
}

/** The same record with an item that is not as those of the table are. */
const poison = (record: DynamoDBRecord | undefined): DynamoDBRecord => ({
  ...record,
  dynamodb: {
    ...record?.dynamodb,
    NewImage: { ...record?.dynamodb?.NewImage, cap: { S: 'the name of a player' } },
  },
});

describe('a record that cannot be processed', () => {
  test('holds back what comes behind it in its session, and no other session', async () => {
    const [a0, a1, a2] = await sessionWith(2);
    const others = await sessionWith(2);
    const [b0, b1, b2] = others;
    const batch = [a0, b0, poison(a1), b1, a2, b2].flatMap((record) => record ?? []);
    expect(await consumer.deliver(...batch)).toEqual(failed(a1, a2));
    const bySession = Object.values(Object.groupBy(consumer.taken, sessionIn)).map((events = []) =>
      linesOf(events),
    );
    expect(bySession).toEqual([
      ['0 Game Session Activated'],
      ['0 Game Session Activated', '1 Player Session Reserved', '2 Player Session Reserved'],
    ]);
  });

  test('has the batch halved where it is the first one of several', async () => {
    const [a0] = await sessionWith(0);
    const [b0] = await sessionWith(0);
    if (b0 === undefined) throw new Error('There is no record');
    await expect(consumer.deliver(poison(a0), b0)).rejects.toThrow(
      '1 records of 2 have failed, the first one',
    );
    expect(linesOf(consumer.taken), 'what does not depend on it').toEqual(['0 Game Session Activated']);
    expect(consumer.counted).toEqual([{ EventsPublished: 1, RecordsFailed: 1 }]);
  });

  test('is named where it is alone, so that it ends in the dead-letter queue by itself', async () => {
    const [record] = await sessionWith(0);
    expect(await consumer.deliver(poison(record))).toEqual(failed(record));
    expect(consumer.calls).toEqual([]);
  });

  test('is told in the log by its number and its session, without anything else of what is in it', async () => {
    const [record] = await sessionWith(0);
    await consumer.deliver(poison(record));
    const session = record?.dynamodb?.Keys?.['pk']?.S?.replace('SESSION#', '');
    const name = { sequenceNumber: numberOf(record), session, createdAt: someTime };
    expect(consumer.logged).toMatchObject([
      ['A record could not be processed', { ...name, error: 'Error' }],
      ['Changes', { records: 1, failed: 1 }],
    ]);
    expect(JSON.stringify(consumer.logged)).not.toContain('player');
  });
});

describe('an event that the bus does not take', () => {
  test('holds back what comes behind it in its session, and no other session', async () => {
    const ours = await sessionWith(3);
    const others = await sessionWith(3);
    const refused = await sessionOf(ours);
    consumer.refuses = (event) =>
      sessionIn(event) === refused && 'number' in event.detail && event.detail.number === 2
        ? 'ThrottlingException'
        : undefined;
    expect(await consumer.deliver(...ours, ...others)).toEqual(failed(ours[2], ours[3]));
    expect(consumer.taken).toHaveLength(2 + 4);
    expect(consumer.logged).toContainEqual([
      'Events were not taken',
      { sessions: 1, reason: 'ThrottlingException' },
    ]);
  });

  test('is published once the record comes again, and those behind it then', async () => {
    const records = await sessionWith(2);
    consumer.refuses = (event) =>
      'number' in event.detail && event.detail.number === 1 ? 'InternalFailure' : undefined;
    expect(await consumer.deliver(...records)).toEqual(failed(records[1], records[2]));
    consumer.refuses = () => undefined;
    expect(await consumer.deliver(...records.slice(1))).toEqual(failed());
    expect(linesOf(consumer.taken)).toEqual(['1 Player Session Reserved', '2 Player Session Reserved']);
  });

  test('fails its record also where others of the same record were taken', async () => {
    const session = await SessionUnderTest.open(consumer.table, 10);
    await consumer.stream.look(sessionItemKey(session.sessionKey));
    await session.reserve(request('ada', 'bob', 'eve'));
    const [record] = await consumer.stream.look(sessionItemKey(session.sessionKey));
    if (record === undefined) throw new Error('There is no record');
    consumer.refuses = (event) =>
      'number' in event.detail && event.detail.number === 2 ? 'InternalFailure' : undefined;
    expect(await consumer.deliver(record)).toEqual(failed(record));
    expect(linesOf(consumer.taken)).toEqual(['1 Player Session Reserved']);
  });

  /** How the events of a session name it. */
  async function sessionOf(records: readonly DynamoDBRecord[]): Promise<string> {
    await consumer.deliver(...records.slice(0, 1));
    return consumer.taken.map(sessionIn).join();
  }
});

test('where DynamoDB does not answer, nothing is told, and all comes again', async () => {
  const records = await sessionWith(1);
  consumer.wire.breaks = () => 'throttled';
  await expect(consumer.deliver(...records)).rejects.toThrow('2 records of 2');
  expect(consumer.calls).toEqual([]);
  consumer.wire.breaks = () => undefined;
  expect(await consumer.deliver(...records)).toEqual(failed());
  expect(linesOf(consumer.taken)).toEqual(['0 Game Session Activated', '1 Player Session Reserved']);
});

test('a batch that comes again, to whichever instance, tells the same events in the same words', async () => {
  const records = [...(await sessionWith(3)), ...(await sessionWith(2))];
  await consumer.deliver(...records);
  const first = [...consumer.taken];
  await consumer.deliver(...records);
  expect(consumer.taken).toEqual(first);
  consumer.restart();
  await consumer.deliver(...records.slice(0, 4));
  await consumer.deliver(...records.slice(4));
  const ids = new Set(first.map(({ detail }) => detail.id));
  expect(ids.size).toBe(first.length);
  expect(consumer.taken.every(({ detail }) => ids.has(detail.id))).toBe(true);
});
