import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { findSession } from '#lib/sessions/find.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { RosterUnderTest } from '#test/lib/rosters/roster-under-test.ts';
import { request, SessionUnderTest, someTime, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { contentsOf } from '#test/support/contents.ts';
import { linesOf, OnChangeUnderTest } from './on-change-under-test.ts';

let consumer: OnChangeUnderTest;
beforeAll(async () => {
  consumer = await OnChangeUnderTest.start();
});
beforeEach(() => {
  consumer.wire.breaks = () => undefined;
  consumer.logged.length = 0;
  consumer.counted.length = 0;
});

const look = (sessionKey: string) => consumer.stream.look(sessionItemKey(sessionKey));

/** What DynamoDB does once the item's time to live is over: the record of it. */
async function expire(sessionKey: string) {
  const { client, name } = consumer.table;
  await client.send(new DeleteCommand({ TableName: name, Key: sessionItemKey(sessionKey) }));
  return look(sessionKey);
}

describe('a session that has ended', () => {
  const isListed = async ({ sessionKey }: SessionUnderTest) =>
    (await findSession(consumer.table, sessionKey))?.payload.isSearchable;

  test('is taken out of the search where whoever ended it died before that', async () => {
    const session = await SessionUnderTest.open(consumer.table, 1);
    await look(session.sessionKey);
    consumer.wire.breaks = ({ operation, body }) =>
      operation === 'UpdateItem' && body.includes('PAYLOAD') ? 'reset before' : undefined;
    await expect(session.end()).rejects.toThrow('socket hang up');
    consumer.wire.breaks = () => undefined;
    expect(await isListed(session)).toBe(true);

    const records = await look(session.sessionKey);
    await consumer.deliver(...records);
    expect(linesOf(consumer.taken)).toEqual(['1 Game Session Ended']);
    expect(await isListed(session)).toBe(false);
    expect((await findSession(consumer.table, session.sessionKey))?.payload.lookAt).toBeUndefined();

    consumer.wire.count();
    await consumer.deliver(...records);
    expect(consumer.wire.count(), 'nothing is written twice').toEqual({ GetItem: 1 });
  });
});

describe('a session whose retention is over', () => {
  test('leaves nothing in the table', async () => {
    const session = await SessionUnderTest.open(consumer.table, 5);
    const ada = request('ada', 'bob');
    await session.reserve(ada);
    await session.accept(tokensOf(ada)[0] ?? '');
    await session.end();
    await look(session.sessionKey);
    expect(await consumer.deliver(...(await expire(session.sessionKey)))).toEqual({ batchItemFailures: [] });
    const left = (await contentsOf(consumer.table)).filter(({ pk }) =>
      String(pk).includes(session.sessionKey),
    );
    expect(left).toEqual([]);
    expect(consumer.counted).toEqual([{ ItemsRemoved: 3 }]);
    expect(consumer.calls).toEqual([]);
  });

  test('is told of what happened before, where both come in one batch', async () => {
    const session = await SessionUnderTest.open(consumer.table, 5);
    const records = [...(await look(session.sessionKey))];
    await session.end();
    records.push(...(await look(session.sessionKey)), ...(await expire(session.sessionKey)));
    await consumer.deliver(...records);
    expect(linesOf(consumer.taken)).toEqual(['0 Game Session Activated', '1 Game Session Ended']);
    expect(await getItem(consumer.table, payloadItemKey(session.sessionKey))).toBeUndefined();
  });

  test('keeps what is its own until what happened before was published', async () => {
    const session = await SessionUnderTest.open(consumer.table, 5);
    await look(session.sessionKey);
    await session.end();
    const records = [...(await look(session.sessionKey)), ...(await expire(session.sessionKey))];
    consumer.refuses = () => 'InternalFailure';
    await expect(consumer.deliver(...records)).rejects.toThrow('2 records of 2');
    consumer.refuses = () => undefined;
    expect(await getItem(consumer.table, payloadItemKey(session.sessionKey))).toBeDefined();
    await consumer.deliver(...records);
    expect(linesOf(consumer.taken)).toEqual(['1 Game Session Ended']);
  });

  test('comes again where its items could not be removed, and the log says whose', async () => {
    const session = await SessionUnderTest.open(consumer.table, 5);
    await session.reserve(request('the name of a player'));
    await session.end();
    await look(session.sessionKey);
    const records = await expire(session.sessionKey);
    consumer.wire.breaks = () => 'server error';
    const [{ dynamodb } = {}] = records;
    expect(await consumer.deliver(...records)).toEqual({
      batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber }],
    });
    const { SequenceNumber: sequenceNumber } = dynamodb ?? {};
    expect(consumer.logged).toMatchObject([
      [
        'A record could not be processed',
        { sequenceNumber, session: session.sessionKey, createdAt: someTime, error: 'InternalServerError' },
      ],
      ['Changes', { records: 1, failed: 1 }],
    ]);
    expect(JSON.stringify(consumer.logged)).not.toContain('player');
    consumer.wire.breaks = () => undefined;
    expect(await consumer.deliver(...records)).toEqual({ batchItemFailures: [] });
    expect(await getItem(consumer.table, payloadItemKey(session.sessionKey))).toBeUndefined();
  });

  test('with a roster leaves nothing either', async () => {
    const session = await RosterUnderTest.open(consumer.table);
    const sessionKey = rosterKeyOf(session.address.sessionId);
    await session.join('ada', 'bob');
    await session.change({ hasEnded: true });
    await look(sessionKey);
    await consumer.deliver(...(await expire(sessionKey)));
    const left = (await contentsOf(consumer.table)).filter(({ pk }) => String(pk).includes(sessionKey));
    expect(left).toEqual([]);
    expect(consumer.counted).toEqual([{ ItemsRemoved: 2 }]);
  });
});

test('of a session that is gone by the time nobody is told, and the log says so', async () => {
  const session = await SessionUnderTest.open(consumer.table, 5);
  const created = await look(session.sessionKey);
  await session.reserve(request('ada'));
  const reserved = await look(session.sessionKey);
  await session.end();
  await look(session.sessionKey);
  await consumer.deliver(...(await expire(session.sessionKey)));
  consumer.restart();
  consumer.logged.length = 0;
  expect(await consumer.deliver(...created, ...reserved)).toEqual({ batchItemFailures: [] });
  expect(consumer.calls).toEqual([]);
  expect(consumer.logged).toEqual([
    ['Nobody is told of a change: its session is gone', { sessionKey: session.sessionKey }],
    ['Nobody is told of a change: its session is gone', { sessionKey: session.sessionKey }],
    ['Changes', { records: 2, published: 0, removed: 0, failed: 0 }],
  ]);
});

test('nobody is told of a session by the name of the one that has its name now', async () => {
  const session = await SessionUnderTest.open(consumer.table, 5);
  const created = await look(session.sessionKey);
  await session.end();
  await look(session.sessionKey);
  await expire(session.sessionKey);
  session.clock.turn(1_000_000_000);
  await session.open();
  consumer.restart();
  await consumer.deliver(...created);
  expect(consumer.taken).toEqual([]);
  await consumer.deliver(...(await look(session.sessionKey)));
  expect(linesOf(consumer.taken)).toEqual(['0 Game Session Activated']);
});
