import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { type FleetSettings, openSession } from '#lib/sessions/open.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { openTable, sendUpdate, type Table } from '#lib/table/client.ts';
import { freeLapsed } from '#lib/table/due-requests.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { indexes } from '#lib/table/schema.ts';
import { parsePayloadItem, type SessionPayload } from '#lib/table/session-item.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';
import { endOf, mend } from './broken-writes.ts';
import { InterleavedWire } from './interleaved-wire.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/** When the sweep looks at a session: as soon as something can happen in it without anybody's doing. */

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

async function opened(settings: FleetSettings = {}): Promise<SessionUnderTest> {
  const session = new SessionUnderTest(table, 9);
  const [fleetId = '', location, id = ''] = session.reference.split('/');
  const wanted = { fleetId, location, id, capacity: 9 };
  await openSession({ table, now: session.clock.now() }, session.sessionKey, wanted, settings);
  wire.count();
  return session;
}

async function payloadOf({ sessionKey }: SessionUnderTest): Promise<SessionPayload> {
  return parsePayloadItem((await getItem(table, payloadItemKey(sessionKey))) ?? {});
}

const hour = 60 * 60_000;

/** Whether a request brings forward the time at which the sweep looks at a session, and does nothing else. */
const isLookSooner = (body: string) => body.includes('"SET #dt = :at"');

describe('a new session', () => {
  test.each<[what: string, settings: FleetSettings, after: number]>([
    ['when it may be idle', { idleTime: hour }, hour],
    ['in a week where it is never idle, since its creator may have died', {}, usualIdleTime],
    ['in a week where it may be idle for longer', { idleTime: 2 * usualIdleTime }, usualIdleTime],
    ['when it has to be active', { idleTime: hour, activationTime: 300_000 }, 300_000],
    ['when it may be idle, should that be before', { idleTime: hour, activationTime: 2 * hour }, hour],
    ['when it has to be active, also where it is never idle', { activationTime: hour }, hour],
  ])('is looked at as a whole %s', async (_, settings, after) => {
    const session = await opened(settings);
    const createdAt = session.clock.now();
    expect(await payloadOf(session)).toMatchObject({ lookAt: createdAt + after, isSearchable: true });
    expect((await payloadOf(session)).idle).toBe(settings.idleTime);
  });

  test('has no reservations that the sweep would have to look at', async () => {
    expect(await (await opened({ idleTime: hour })).ledger()).toMatchObject({
      lookAt: undefined,
      version: 0,
    });
  });

  test('takes the place of one that is gone with a time of its own', async () => {
    const session = await opened({ idleTime: hour });
    await table.client.send(
      new DeleteCommand({ TableName: table.name, Key: sessionItemKey(session.sessionKey) }),
    );
    session.clock.turn(24 * hour);
    const [fleetId = '', location, id = ''] = session.reference.split('/');
    const wanted = { fleetId, location, id, capacity: 3 };
    const context = { table, now: session.clock.now() };
    expect(await openSession(context, session.sessionKey, wanted, { idleTime: 2 * hour })).toMatchObject({
      kind: 'opened',
    });
    expect(await payloadOf(session)).toMatchObject({
      idle: 2 * hour,
      lookAt: session.clock.now() + 2 * hour,
    });
  });
});

describe('a session that somebody has to activate', () => {
  test('is ACTIVATING until then, and nobody gets in', async () => {
    const session = await opened({ activationTime: 300_000, idleTime: hour });
    expect(await payloadOf(session)).toMatchObject({ activateBy: session.clock.now() + 300_000 });
    expect(await session.find()).toMatchObject({ status: 'ACTIVATING' });
    expect(await session.reserve(request('ada'))).toEqual({ kind: 'not-active', status: 'ACTIVATING' });
    expect(await session.update({ capacity: 3 })).toMatchObject({ kind: 'not-active' });
    expect(await session.end()).toMatchObject({ kind: 'ended' });
  });

  test('is found by the same creation again, as it is', async () => {
    const session = await opened({ activationTime: 300_000 });
    const before = await payloadOf(session);
    session.clock.turn(1_000);
    const [fleetId = '', location, id = ''] = session.reference.split('/');
    const context = { table, now: session.clock.now() };
    const wanted = { fleetId, location, id, capacity: 9 };
    expect(await openSession(context, session.sessionKey, wanted, { activationTime: 300_000 })).toMatchObject(
      { kind: 'opened', session: { status: 'ACTIVATING' } },
    );
    expect(await payloadOf(session)).toEqual(before);
  });
});

describe('a session in which somebody reserves', () => {
  test('is looked at when that reservation lapses, however many follow, and is not as it was accepted', async () => {
    const session = await opened();
    const deadline = session.clock.now() + reservationTime;
    const first = request('ada');
    await session.reserve(first);
    expect((await session.ledger()).lookAt).toBe(deadline);
    session.clock.turn(30_000);
    await session.reserve(request('bob', 'eve'));
    await session.accept(tokensOf(first)[0] ?? '');
    await session.update({ capacity: 12 });
    expect((await session.ledger()).lookAt).toBe(deadline);
  });

  test('after the sweep has looked is looked at when the own reservation lapses', async () => {
    const session = await opened();
    const joining = request('ada');
    await session.reserve(joining);
    session.clock.turn(reservationTime);
    const { version, seats } = await session.ledger();
    const lapsed = tokensOf(joining).map((token) => ({ token, value: seats[token] ?? 0 }));
    const now = session.clock.now();
    await sendUpdate(table, freeLapsed(session.sessionKey, { version, lapsed, lookAt: undefined, now }));
    expect((await session.ledger()).lookAt).toBeUndefined();
    session.clock.turn(5_000);
    await session.reserve(request('bob'));
    expect((await session.ledger()).lookAt).toBe(now + 5_000 + reservationTime);
  });

  test('whose reservations hold longer is looked at after the usual time, when nothing has lapsed yet', async () => {
    const session = await opened({ reservationTime: 10 * reservationTime });
    await session.reserve(request('ada'));
    expect(wire.count()).toEqual({ UpdateItem: 1, PutItem: 1 });
    expect((await session.ledger()).lookAt).toBe(session.clock.now() + reservationTime);
  });

  test('whose reservations hold less long is looked at when they lapse, by one more call', async () => {
    const session = await opened({ reservationTime: 5_000 });
    const deadline = session.clock.now() + 5_000;
    await session.reserve(request('ada'));
    expect(wire.count()).toEqual({ UpdateItem: 2, PutItem: 1 });
    expect(await session.ledger()).toMatchObject({ lookAt: deadline, version: 1 });
    session.clock.turn(1_000);
    wire.count();
    await session.reserve(request('bob'));
    expect(wire.count()).toEqual({ UpdateItem: 1, PutItem: 1 });
    expect((await session.ledger()).lookAt).toBe(deadline);
  });

  test('has the slot, also where that call is throttled; the sweep then comes after the usual time', async () => {
    const session = await opened({ reservationTime: 5_000 });
    wire.breaks = ({ body }) => (isLookSooner(body) ? 'throttled' : undefined);
    const joining = request('ada');
    const outcome = await session.reserve(joining);
    mend(wire);
    expect(outcome).toMatchObject({ kind: 'reserved', players: [{ playerId: 'ada', status: 'RESERVED' }] });
    const { seats, lookAt } = await session.ledger();
    expect(Object.keys(seats)).toEqual(tokensOf(joining));
    expect(lookAt).toBe(session.clock.now() + reservationTime);
  });

  test('is told so, where that call fails for another reason', async () => {
    const session = await opened({ reservationTime: 5_000 });
    wire.breaks = ({ body }) => (isLookSooner(body) ? 'server error' : undefined);
    const outcome = endOf(session.reserve(request('ada')));
    expect(await outcome).toBe('failed');
    mend(wire);
  });

  test('is not looked at once it has ended', async () => {
    const session = await opened({ idleTime: hour });
    await session.reserve(request('ada'));
    await session.end();
    expect((await session.ledger()).lookAt).toBeUndefined();
    expect(await payloadOf(session)).toMatchObject({ lookAt: undefined, isSearchable: false });
    for (const key of [sessionItemKey(session.sessionKey), payloadItemKey(session.sessionKey)]) {
      expect(await getItem(table, key)).not.toHaveProperty(indexes.sessionsDue.partitionKey);
    }
  });
});

describe('where reservations hold less long and the process dies before it has said so', () => {
  test('the sweep comes a minute after the reservation, and the next one is again in time', async () => {
    const held = new InterleavedWire();
    const by = openTable(table.name, { ...localDynamoDb(inject('dynamoDbEndpoint')), requestHandler: held });
    const session = await opened({ reservationTime: 5_000 });
    const joining = request('ada');
    const dying = new SessionUnderTest(by, 9, session);
    const caller = held.start(
      () => dying.reserve(joining),
      () => undefined,
    );
    await held.settle();
    await held.meetFate(0, 'answered');
    await held.settle();
    await held.meetFate(0, 'caller dies before it');
    expect(caller.state).toBe('dead');

    const late = session.clock.now() + reservationTime;
    expect((await session.ledger()).lookAt).toBe(late);
    // The retry finds its seat, and what it has not written it does not know.
    await session.reserve(again(joining));
    expect((await session.ledger()).lookAt).toBe(late);
    session.clock.turn(1_000);
    await session.reserve(request('bob'));
    expect((await session.ledger()).lookAt).toBe(session.clock.now() + 5_000);
  });
});

test('whoever describes a session anew touches it, and does not move the time at which it is looked at', async () => {
  const session = await opened({ idleTime: hour });
  const before = await payloadOf(session);
  session.clock.turn(1_000);
  await session.update({ name: 'other' });
  expect(await payloadOf(session)).toEqual({
    ...before,
    name: 'other',
    rev: 1,
    touched: session.clock.now(),
  });
  expect((await session.ledger()).touchedAt).toBe(before.createdAt);
  await session.update({ capacity: 3 });
  expect((await session.ledger()).touchedAt).toBe(session.clock.now());
});
