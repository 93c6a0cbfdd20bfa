import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findGameSession, findPlayerSession } from '#lib/sessions/find.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { listPlayerSessions, listPlayerSessionsOf } from '#lib/sessions/list.ts';
import { creationTime, maximumDataBytes, openSession, type Wanted } from '#lib/sessions/open.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';
import { request, SessionUnderTest, someTime, tokensOf } from './session-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let opened = 0;
let sessionKey: string;
let wanted: Wanted;
beforeEach(() => {
  const id = `gsess-${opened++}`;
  sessionKey = sessionKeyOf(id);
  wanted = {
    fleetId: 'fleet-1',
    location: 'custom-1',
    id,
    capacity: 4,
    name: 'Friday',
    creatorId: 'ada',
    properties: [{ key: 'map', value: 'dust' }],
    data: '{"mode":"ranked"}',
  };
});
const open = (changes: Partial<Wanted> = {}, now = someTime) =>
  openSession({ table, now }, sessionKey, { ...wanted, ...changes });

describe('opening a session', () => {
  test('gives a session that is ACTIVE, empty, and as it was asked for', async () => {
    expect(await open()).toEqual({
      kind: 'opened',
      session: {
        ...wanted,
        sessionKey,
        status: 'ACTIVE',
        endReason: undefined,
        createdAt: someTime,
        endedAt: undefined,
        heldSlots: 0,
        takesPlayers: true,
        protection: 'NoProtection',
      },
    });
  });

  test('a second time gives the same session, with who is in it by now, and writes nothing', async () => {
    const session = await SessionUnderTest.open(table, 2);
    const [ada, bob] = [request('ada'), request('bob')];
    await session.reserve(ada);
    await session.reserve(bob);
    await session.accept(tokensOf(ada)[0] ?? '');
    const before = await contentsOf(table);

    session.clock.turn(reservationTime);
    expect(await session.open()).toMatchObject({ createdAt: someTime, heldSlots: 1, capacity: 2 });
    expect(await contentsOf(table)).toEqual(before);
  });

  test('a second time gives a session that has ended as what it is', async () => {
    const session = await SessionUnderTest.open(table, 2);
    await session.end();
    expect(await session.open()).toMatchObject({ status: 'TERMINATED', endedAt: someTime });
  });

  test.each<[what: string, changes: Partial<Wanted>]>([
    ['another capacity', { capacity: 5 }],
    ['another name', { name: 'Saturday' }],
    ['no name', { name: undefined }],
    ['another creator', { creatorId: 'bob' }],
    ['another location', { location: 'custom-2' }],
    ['another fleet', { fleetId: 'fleet-2' }],
    ['another property', { properties: [{ key: 'map', value: 'mirage' }] }],
    [
      'one property more',
      {
        properties: [
          { key: 'map', value: 'dust' },
          { key: 'a', value: 'b' },
        ],
      },
    ],
    ['no properties', { properties: [] }],
    ['other data', { data: 'y' }],
  ])(
    'under a name that is taken, with %s, is told that it differs and changes nothing',
    async (_, changes) => {
      await open();
      const before = await contentsOf(table);
      expect(await open(changes, someTime + 1)).toEqual({ kind: 'differs' });
      expect(await contentsOf(table)).toEqual(before);
    },
  );
});

describe('the name of a session whose item is not there, since its creator died or DynamoDB has removed it', () => {
  const forgotten = someTime + creationTime;
  beforeEach(async () => {
    await open();
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: sessionItemKey(sessionKey) }));
  });

  test('is free a minute after its creation, for a session of any kind', async () => {
    const opened = { kind: 'opened', session: { createdAt: forgotten, capacity: 9, name: 'Another' } };
    expect(await open({ capacity: 9, name: 'Another' }, forgotten)).toMatchObject(opened);
    expect(await findGameSession(table, sessionKey, forgotten)).toMatchObject(opened.session);
    expect(await open({ capacity: 9, name: 'Another' }, forgotten + 1)).toMatchObject(opened);
  });

  test('does not bring back the players of the session that had it before', async () => {
    const earlier = new SessionUnderTest(table, 4);
    await earlier.open();
    const joining = request('ada');
    await earlier.reserve(joining);
    const [token = ''] = tokensOf(joining);
    await table.client.send(
      new DeleteCommand({ TableName: table.name, Key: sessionItemKey(earlier.sessionKey) }),
    );
    earlier.clock.turn(reservationTime + 1);
    await earlier.open();
    const context = { table, now: earlier.clock.now() };
    expect(
      await findPlayerSession(table, { sessionKey: earlier.sessionKey, token }, context.now),
    ).toBeUndefined();
    expect((await listPlayerSessions(context, earlier.sessionKey, undefined, 10, undefined))?.items).toEqual(
      [],
    );
    const ofAda = await listPlayerSessionsOf(context, 'ada', 10, undefined);
    expect(ofAda.items.filter(({ sessionKey }) => sessionKey === earlier.sessionKey)).toEqual([]);
    await earlier.reserve(request('bob'));
    const now = await listPlayerSessions(context, earlier.sessionKey, undefined, 10, undefined);
    expect(now?.items.map(({ playerId }) => playerId)).toEqual(['bob']);
  });

  test('is claimed anew by a retry so late that others may take it while it is under way', async () => {
    const late = someTime + creationTime / 2;
    expect(await open({}, late)).toMatchObject({ kind: 'opened', session: { createdAt: late } });
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: sessionItemKey(sessionKey) }));
    expect(await open({ capacity: 9 }, forgotten)).toEqual({ kind: 'differs' });
  });

  test('is not free a millisecond earlier', async () => {
    expect(await open({ capacity: 9 }, forgotten - 1)).toEqual({ kind: 'differs' });
  });

  test.each(Array.from({ length: 10 }, (_, round) => round))(
    'goes to one of those who want it at the same time: round %i',
    async () => {
      const outcomes = await atOnce(8, 8, (number) => open({ capacity: 10 + number }, forgotten + number));
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([...Array(7).fill('differs'), 'opened']);
      const winner = outcomes.findIndex(({ kind }) => kind === 'opened');
      expect(await findGameSession(table, sessionKey, forgotten)).toMatchObject({ capacity: 10 + winner });
    },
  );
});

test('the name of a session that still runs after 30 days is not free', async () => {
  await open();
  const later = someTime + 2 * usualRetention;
  expect(await open({ capacity: 9 }, later)).toEqual({ kind: 'differs' });
  expect(await open({}, later)).toMatchObject({ kind: 'opened', session: { createdAt: someTime } });
});

describe('a session with large texts', () => {
  const texts = { name: undefined, creatorId: undefined, properties: undefined };

  test('is opened while they fit into an item, however many bytes a character takes', async () => {
    const data = 'é'.repeat(maximumDataBytes / 2);
    expect(await open({ ...texts, data })).toMatchObject({ kind: 'opened', session: { data } });
    expect(await findGameSession(table, sessionKey, someTime)).toMatchObject({ data });
  });

  test('is opened with the most properties, of the longest texts, beside them', async () => {
    const property = { key: '🎲'.repeat(32), value: '🎮'.repeat(96) };
    const properties = Array.from({ length: 16 }, () => property);
    const name = '🎯'.repeat(1_024);
    const data = 'x'.repeat(maximumDataBytes);
    expect(await open({ name, creatorId: name, properties, data })).toMatchObject({
      kind: 'opened',
    });
  });

  test('is refused with their size when they do not fit, and nothing is written', async () => {
    const before = await contentsOf(table);
    const data = `${'é'.repeat(maximumDataBytes / 2)}x`;
    expect(await open({ ...texts, data })).toEqual({ kind: 'too-large', bytes: maximumDataBytes + 1 });
    expect(await contentsOf(table)).toEqual(before);
  });
});

describe('ending a session', () => {
  let session: SessionUnderTest;
  const [arrives, waits] = [request('arrives'), request('waits')];
  beforeEach(async () => {
    session = await SessionUnderTest.open(table, 3);
    await session.reserve(arrives);
    await session.reserve(waits);
    await session.accept(tokensOf(arrives)[0] ?? '');
    session.clock.turn(5_000);
  });

  test('ends the stay of everyone in it at that time', async () => {
    expect(await session.end()).toMatchObject({
      kind: 'ended',
      session: {
        status: 'TERMINATED',
        endReason: 'FORCE_TERMINATED',
        endedAt: someTime + 5_000,
        heldSlots: 0,
      },
    });
    session.clock.turn(1_000_000);
    const stays = await Promise.all(
      [arrives, waits].flatMap(tokensOf).map((token) => session.findPlayer(token)),
    );
    expect(stays).toMatchObject([
      { playerId: 'arrives', status: 'COMPLETED', endedAt: someTime + 5_000 },
      { playerId: 'waits', status: 'TIMEDOUT', endedAt: someTime + 5_000 },
    ]);
  });

  test('leaves nothing that moves: nobody comes in, is let in or leaves any more', async () => {
    await session.end();
    const before = await session.ledger();
    expect(await session.reserve(request('late'))).toEqual({ kind: 'not-active', status: 'TERMINATED' });
    expect(await session.reserve(waits)).toEqual({ kind: 'not-active', status: 'TERMINATED' });
    for (const token of [arrives, waits].flatMap(tokensOf)) {
      expect(await session.accept(token)).toEqual({ kind: 'ended' });
      expect(await session.release(token)).toEqual({ kind: 'ended' });
    }
    expect(await session.ledger()).toEqual(before);
  });

  test('that was full a moment ago is known at once: newcomers are not told that it is full', async () => {
    await session.fill();
    expect(await session.reserve(request('early'))).toMatchObject({ kind: 'full' });
    await session.end();
    expect(await session.reserve(request('late'))).toEqual({ kind: 'not-active', status: 'TERMINATED' });
  });

  test('a second time is told apart from a retry of the first, and moves nothing', async () => {
    await session.end('first');
    session.clock.turn(1_000);
    expect(await session.end('second')).toEqual({ kind: 'ended-before' });
    expect(await session.end('first')).toMatchObject({
      kind: 'ended',
      session: { endedAt: someTime + 5_000 },
    });
  });

  test('lets DynamoDB remove it after 30 days', async () => {
    await session.end();
    const item = await getItem(table, sessionItemKey(session.sessionKey));
    expect(item?.['ttl']).toBe(Math.ceil((someTime + 5_000) / 1_000) + 30 * 24 * 60 * 60);
  });

  test('that does not exist is told so', async () => {
    expect(await new SessionUnderTest(table, 3).end()).toEqual({ kind: 'not-found' });
  });
});

test('what does not exist is not found', async () => {
  const session = await SessionUnderTest.open(table, 3);
  expect(await session.findPlayer('0'.repeat(11))).toBeUndefined();
  const none = new SessionUnderTest(table, 3);
  expect(await none.find()).toBeUndefined();
  expect(await none.findPlayer('0'.repeat(11))).toBeUndefined();
  expect(await none.reserve(request('ada'))).toEqual({ kind: 'not-found' });
});
