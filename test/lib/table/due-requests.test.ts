import { beforeAll, describe, expect, test } from 'vitest';
import { heldSlots } from '#lib/sessions/ledger.ts';
import { type StoredItem, sendDelete, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { dueInShard, forgetEnded, freeLapsed, moveLook } from '#lib/table/due-requests.ts';
import {
  dataItemKey,
  dueShard,
  type ItemKey,
  keyOf,
  payloadItemKey,
  sessionItemKey,
} from '#lib/table/keys.ts';
import { countPage, getItem, queryPage } from '#lib/table/reads.ts';
import { putRemains } from '#lib/table/remains-item.ts';
import { endIdleRoster } from '#lib/table/rostered-change-requests.ts';
import { putRosteredSession } from '#lib/table/rostered-requests.ts';
import { indexes } from '#lib/table/schema.ts';
import { lookSooner, takeSeats } from '#lib/table/seat-requests.ts';
import { acceptedSeat, keptSeatOf, parseSessionItem } from '#lib/table/session-item.ts';
import {
  endSession,
  putData,
  putPayload,
  putSession,
  removeData,
  removePayload,
  unlist,
} from '#lib/table/session-requests.ts';
import { maximumReclaimed } from '#lib/table/settings-requests.ts';
import { newTable } from '#test/support/table.ts';

/** The requests of the sweep, to the letter, and what DynamoDB makes of them. */

const now = 1_777_777_777_777;
const later = now + 60_000;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let sessions = 0;
/** A session that is in the table, with these seats, and that the sweep looks at now. */
async function stored(seats: Readonly<Record<string, number>>, changes: StoredItem = {}): Promise<string> {
  const sessionKey = `session-${sessions++}`;
  const session = { sessionKey, fleetHash: 'fleet', status: 'ACTIVE', capacity: 200 } as const;
  const { Item } = putSession({ ...session, createdAt: now - 9, reservationTime: undefined });
  const open = 200 - Object.keys(seats).length;
  const due = { [indexes.sessionsDue.partitionKey]: dueShard(sessionKey), dt: String(now) };
  await sendPut(table, { Item: { ...Item, ...due, open, s: seats, v: 7, t: now - 1, ...changes } });
  return sessionKey;
}

async function keysDue(): Promise<readonly ItemKey[]> {
  const pages = await Promise.all(
    Array.from({ length: 8 }, (_, shard) => queryPage(table, dueInShard(shard, later))),
  );
  return pages.flatMap(({ items }) => items.map(keyOf));
}

const itemOf = (key: ItemKey) => getItem(table, key);
const ledgerOf = async (sessionKey: string) =>
  parseSessionItem((await itemOf(sessionItemKey(sessionKey))) ?? {});

describe('what is due', () => {
  test('is found in one shard, up to now', () => {
    expect(dueInShard(3, now)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#dt": "dt",
          "#l": "l",
        },
        "ExpressionAttributeValues": {
          ":now": "1777777777777",
          ":shard": "3",
        },
        "IndexName": "sessionsDue",
        "KeyConditionExpression": "#l = :shard AND #dt <= :now",
      }
    `);
  });

  test('is found by its keys alone, the longest overdue first, and nothing before its time', async () => {
    const own = (await newTable()).table;
    const due = [
      { sessionKey: '3c', createdAt: now - 3 },
      { sessionKey: '3a', createdAt: now - 1 },
      { sessionKey: '3b', createdAt: now - 2 },
      { sessionKey: '3d', createdAt: now },
      { sessionKey: '3e', createdAt: now + 1 },
      { sessionKey: '4a', createdAt: now },
    ];
    for (const one of due) await sendPut(own, putRemains({ ...one, removedAfter: 0 }, one.createdAt));
    const { items } = await queryPage(own, dueInShard(Number(dueShard('3')), now));
    expect(items.map(({ pk }) => pk)).toEqual([
      `REMAINS#3c.${now - 3}`,
      `REMAINS#3b.${now - 2}`,
      `REMAINS#3a.${now - 1}`,
      `REMAINS#3d.${now}`,
    ]);
    expect(Object.keys(items[0] ?? {}).toSorted()).toEqual(
      ['pk', 'sk', indexes.sessionsDue.partitionKey, indexes.sessionsDue.sortKey].toSorted(),
    );
    expect(await countPage(own, dueInShard(Number(dueShard('3')), now))).toEqual({ count: 4, isWhole: true });
  });
});

describe('freeing lapsed seats', () => {
  test('is one write, of a session that is as it was read', () => {
    const lapsed = [
      { token: '0a', value: 900_001 },
      { token: 'b', value: 900_002 },
    ];
    expect(freeLapsed('session', { version: 7, lapsed, lookAt: later, now })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(#end) AND v = :version AND s.#0a = :seen0 AND s.#b = :seen1",
        "ExpressionAttributeNames": {
          "#0a": "0a",
          "#b": "b",
          "#dt": "dt",
          "#end": "end",
          "#l": "l",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":events": 2,
          ":freed": 2,
          ":lookAt": "1777777837777",
          ":now": 1777777777777,
          ":seen0": 900001,
          ":seen1": 900002,
          ":shard": "3",
          ":version": 7,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :freed, #l = :shard, #dt = :lookAt REMOVE s.#0a, s.#b",
      }
    `);
  });

  test('opens their slots, is an event for each, and leaves everybody else', async () => {
    const sessionKey = await stored({ a: now - 5, b: now, c: now + 1, d: acceptedSeat });
    const lapsed = [
      { token: 'a', value: now - 5 },
      { token: 'b', value: now },
    ];
    const write = await sendUpdate(
      table,
      freeLapsed(sessionKey, { version: 7, lapsed, lookAt: now + 1, now: now + 8 }),
    );
    const after = await ledgerOf(sessionKey);
    expect(after).toMatchObject({ open: 198, version: 9, touchedAt: now + 8, lookAt: now + 1 });
    expect(after.seats).toEqual({ c: now + 1, d: acceptedSeat });
    expect(write).toMatchObject({
      kind: 'written',
      attributes: await itemOf(sessionItemKey(sessionKey)),
    });
  });

  test('takes the session out of what is due where nothing in it can lapse', async () => {
    const sessionKey = await stored({ a: now, d: acceptedSeat });
    expect(await keysDue()).toContainEqual(sessionItemKey(sessionKey));
    const lapsed = [{ token: 'a', value: now }];
    await sendUpdate(table, freeLapsed(sessionKey, { version: 7, lapsed, lookAt: undefined, now }));
    expect(await keysDue()).not.toContainEqual(sessionItemKey(sessionKey));
    expect((await ledgerOf(sessionKey)).lookAt).toBeUndefined();
  });

  test.each([undefined, later])('of none is no event and touches nobody, until %s', async (lookAt) => {
    const sessionKey = await stored({ d: acceptedSeat });
    await sendUpdate(table, freeLapsed(sessionKey, { version: 7, lapsed: [], lookAt, now }));
    expect(await ledgerOf(sessionKey)).toMatchObject({ open: 199, version: 7, touchedAt: now - 1, lookAt });
  });

  test.each<[what: string, seats: Readonly<Record<string, number>>, changes: StoredItem]>([
    ['something has happened in', { a: now }, { v: 8 }],
    ['has ended', { a: now }, { st: 'TERMINATED', end: now }],
    ['has the seat no more', {}, {}],
    ['has the seat renewed', { a: later }, {}],
    ['has the player in', { a: acceptedSeat }, {}],
  ])('is refused by a session that %s, and shown it', async (_, seats, changes) => {
    const sessionKey = await stored(seats, changes);
    const before = await itemOf(sessionItemKey(sessionKey));
    const lapsed = [{ token: 'a', value: now }];
    expect(
      await sendUpdate(table, freeLapsed(sessionKey, { version: 7, lapsed, lookAt: undefined, now })),
    ).toEqual({ kind: 'refused', image: before, mayBeDone: false });
    expect(await itemOf(sessionItemKey(sessionKey))).toEqual(before);
  });

  test('happens in a session that is ending too, whose players may still not come', async () => {
    const sessionKey = await stored({ a: now }, { st: 'TERMINATING' });
    const lapsed = [{ token: 'a', value: now }];
    const write = freeLapsed(sessionKey, { version: 7, lapsed, lookAt: undefined, now });
    expect(await sendUpdate(table, write)).toMatchObject({ kind: 'written', attributes: { s: {}, v: 8 } });
  });

  test('opens the slot of a seat that was kept, and counts no event for it', async () => {
    const kept = keptSeatOf('aaaaaaaaaa');
    const sessionKey = await stored({ a: now, [kept]: now });
    const before = await itemOf(sessionItemKey(sessionKey));
    const lapsed = ['a', kept].map((token) => ({ token, value: now }));
    const write = freeLapsed(sessionKey, { version: 7, lapsed, lookAt: undefined, now });
    expect(await sendUpdate(table, write)).toMatchObject({
      kind: 'written',
      attributes: { s: {}, v: 8, open: Number(before?.['open']) + 2 },
    });
  });

  test(`of ${maximumReclaimed} at once stays within what DynamoDB takes`, async () => {
    const tokens = Array.from({ length: 150 }, (_, i) => `${i}`.padStart(11, '0'));
    const sessionKey = await stored(Object.fromEntries(tokens.map((token) => [token, now])));
    const lapsed = tokens.slice(0, maximumReclaimed).map((token) => ({ token, value: now }));
    const request = freeLapsed(sessionKey, { version: 7, lapsed, lookAt: now, now });
    for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
      expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
      expect(expression.match(/ AND |=|\+|-|,|attribute_/g)?.length).toBeLessThan(300);
    }
    expect(await sendUpdate(table, request)).toMatchObject({ kind: 'written' });
    const after = await ledgerOf(sessionKey);
    expect([Object.keys(after.seats).length, after.open, after.version]).toEqual([50, 150, 107]);
    expect(heldSlots(after, now)).toBe(0);
  });
});

describe('what the sweep need not look at any more:', () => {
  test('a session that has ended, and no other', async () => {
    const ended = await stored({ a: now }, { st: 'TERMINATED', end: now });
    const live = await stored({ a: now });
    const before = await itemOf(sessionItemKey(live));
    expect(await sendUpdate(table, forgetEnded(ended))).toMatchObject({ kind: 'written' });
    expect(await sendUpdate(table, forgetEnded(live))).toMatchObject({ kind: 'refused' });
    const left = await keysDue();
    expect(left).toContainEqual(sessionItemKey(live));
    expect(left).not.toContainEqual(sessionItemKey(ended));
    expect(await itemOf(sessionItemKey(live))).toEqual(before);
    expect(await ledgerOf(ended)).toMatchObject({ version: 7, touchedAt: now - 1, seats: { a: now } });
  });
});

const payload = {
  fleetId: 'fleet-1',
  fleetHash: 'fleet',
  id: 'gsess-1',
  asked: 'hash',
  protection: 'NoProtection',
  hasData: false,
  rev: 0,
} as const;

/** A payload with data that is in the table, of a session that was created now and that the sweep looks at now. */
async function described(): Promise<string> {
  const sessionKey = `session-${sessions++}`;
  await sendPut(table, putPayload(sessionKey, { ...payload, createdAt: now, lookAt: now }));
  await sendPut(table, putData(sessionKey, '{}', now));
  return sessionKey;
}

describe('a payload', () => {
  test('is looked at later, where nobody has said so since it was read', () => {
    const move = { createdAt: now, seenLookAt: now, lookAt: later };
    expect(moveLook('session', move)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "createdAt = :createdAt AND #dt = :seen",
        "ExpressionAttributeNames": {
          "#dt": "dt",
          "#l": "l",
        },
        "ExpressionAttributeValues": {
          ":createdAt": 1777777777777,
          ":lookAt": "1777777837777",
          ":seen": "1777777777777",
          ":shard": "3",
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "PAYLOAD",
        },
        "UpdateExpression": "SET #l = :shard, #dt = :lookAt",
      }
    `);
  });

  test('is looked at later, or not at all', async () => {
    const sessionKey = await described();
    const move = { createdAt: now, seenLookAt: now, lookAt: now + 1 };
    expect(await sendUpdate(table, moveLook(sessionKey, move))).toMatchObject({ kind: 'written' });
    expect(await itemOf(payloadItemKey(sessionKey))).toMatchObject({ dt: String(now + 1), rev: 0 });
    const end = { createdAt: now, seenLookAt: now + 1, lookAt: undefined };
    expect(await sendUpdate(table, moveLook(sessionKey, end))).toMatchObject({ kind: 'written' });
    expect(await keysDue()).not.toContainEqual(payloadItemKey(sessionKey));
  });

  test.each([
    ['was created at another time', { createdAt: now - 1, seenLookAt: now }],
    ['is looked at at another time', { createdAt: now, seenLookAt: now - 1 }],
  ])('that %s stays as it is', async (_, seen) => {
    const sessionKey = await described();
    const before = await itemOf(payloadItemKey(sessionKey));
    expect(await sendUpdate(table, moveLook(sessionKey, { ...seen, lookAt: later }))).toMatchObject({
      kind: 'refused',
    });
    expect(await itemOf(payloadItemKey(sessionKey))).toEqual(before);
  });

  test('that is not there is not made', async () => {
    const move = { createdAt: now, seenLookAt: now, lookAt: later };
    expect(await sendUpdate(table, moveLook('nowhere', move))).toMatchObject({ kind: 'refused' });
    expect(await itemOf(payloadItemKey('nowhere'))).toBeUndefined();
  });

  test('of a session that has ended is in no index', async () => {
    const sessionKey = await described();
    await sendUpdate(table, unlist(sessionKey, now));
    expect(await keysDue()).not.toContainEqual(payloadItemKey(sessionKey));
    const item = await itemOf(payloadItemKey(sessionKey));
    expect(Object.keys(item ?? {})).not.toEqual(expect.arrayContaining(['shard']));
    expect(item).toMatchObject({ fleetId: 'fleet-1' });
  });

  test.each([
    ['it', removePayload, payloadItemKey],
    ['its data', removeData, dataItemKey],
  ] as const)('goes, that is %s, and not that of a session of the same name', async (_, remove, keyIn) => {
    const sessionKey = await described();
    expect(await sendDelete(table, remove(sessionKey, now - 1))).toMatchObject({ kind: 'refused' });
    expect(await itemOf(keyIn(sessionKey))).toBeDefined();
    expect(await sendDelete(table, remove(sessionKey, now))).toMatchObject({ kind: 'written' });
    expect(await itemOf(keyIn(sessionKey))).toBeUndefined();
    expect(await sendDelete(table, remove(sessionKey, now))).toMatchObject({ kind: 'refused' });
  });
});

describe('a session that is ended by the sweep', () => {
  const end = {
    createdAt: now - 9,
    endedAt: now,
    reason: undefined,
    endedBy: 'the sweep',
    removeAfter: 9,
  };

  test('has no reason, and is as it was read', async () => {
    const sessionKey = await stored({});
    expect(await sendUpdate(table, endSession({ sessionKey, ...end, version: 6 }))).toMatchObject({
      kind: 'refused',
    });
    expect(await ledgerOf(sessionKey)).toMatchObject({ status: 'ACTIVE', version: 7, lookAt: now });
    expect(await sendUpdate(table, endSession({ sessionKey, ...end, version: 7 }))).toMatchObject({
      kind: 'written',
    });
    expect(await ledgerOf(sessionKey)).toMatchObject({
      status: 'TERMINATED',
      version: 8,
      touchedAt: now,
      endedAt: now,
      endReason: undefined,
      endedBy: 'the sweep',
      lookAt: undefined,
    });
  });
});

describe('a session with a roster that is ended by the sweep', () => {
  const facts = {
    variant: 0,
    displayName: '',
    customData: undefined,
    visibility: 'Everyone',
    isClosed: false,
  } as const;

  async function storedRoster(seats: Readonly<Record<string, number>>): Promise<string> {
    const sessionKey = `roster-${sessions++}`;
    const { Item } = putRosteredSession({
      sessionKey,
      sessionId: sessionKey,
      titleId: 1,
      titleHash: 'title',
      creator: undefined,
      asked: 'hash',
      createdAt: now - 9,
      capacity: 4,
      playersCanBeRemovedBy: 'Self',
      idleTime: 9,
      facts,
    });
    await sendPut(table, { Item: { ...Item, s: seats, open: 4 - Object.keys(seats).length, v: 7 } });
    return sessionKey;
  }

  const end = {
    createdAt: now - 9,
    version: 7,
    touchedAt: now - 9,
    now,
    lapsed: ['a', 'b'],
    removeAfter: 9,
  };

  test('is as it was read', () => {
    expect(endIdleRoster({ sessionKey: 'session', ...end })).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "v = :version AND st = :active AND NOT t > :seen",
        "ExpressionAttributeNames": {
          "#a": "a",
          "#b": "b",
          "#dt": "dt",
          "#end": "end",
          "#f": "f",
          "#fs": "fs",
          "#l": "l",
          "#open": "open",
          "#ttl": "ttl",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 3,
          ":freed": 2,
          ":fs": "TERMINATED#1777777777768",
          ":now": 1777777777777,
          ":seen": 1777777777768,
          ":terminated": "TERMINATED",
          ":ttl": 9,
          ":version": 7,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :freed, st = :terminated, #fs = :fs, #end = :now, #ttl = :ttl REMOVE s.#a, s.#b, #f, #l, #dt",
      }
    `);
  });

  test('is in no index any more, and rid of the seats that have lapsed', async () => {
    const sessionKey = await storedRoster({ a: now - 2, b: now - 1 });
    expect(await keysDue()).toContainEqual(sessionItemKey(sessionKey));
    expect(await sendUpdate(table, endIdleRoster({ sessionKey, ...end }))).toMatchObject({ kind: 'written' });
    expect(await ledgerOf(sessionKey)).toMatchObject({
      status: 'TERMINATED',
      open: 4,
      seats: {},
      version: 10,
      touchedAt: now,
      endedAt: now,
      lookAt: undefined,
    });
    expect(await keysDue()).not.toContainEqual(sessionItemKey(sessionKey));
    expect(await itemOf(sessionItemKey(sessionKey))).not.toHaveProperty('f');
  });

  test('stays where somebody has written to it since, though that was no event', async () => {
    const sessionKey = await storedRoster({ a: now - 2, b: now - 1 });
    await sendUpdate(table, {
      Key: sessionItemKey(sessionKey),
      UpdateExpression: 'SET t = :since',
      ExpressionAttributeValues: { ':since': now - 1 },
    });
    const before = await itemOf(sessionItemKey(sessionKey));
    expect(await sendUpdate(table, endIdleRoster({ sessionKey, ...end }))).toMatchObject({ kind: 'refused' });
    expect(await itemOf(sessionItemKey(sessionKey))).toEqual(before);
    const seen = { sessionKey, ...end, touchedAt: now - 1 };
    expect(await sendUpdate(table, endIdleRoster(seen))).toMatchObject({ kind: 'written' });
  });

  test('stays where something has happened in it, and ends once', async () => {
    const sessionKey = await storedRoster({ a: now - 2, b: now - 1 });
    const before = await itemOf(sessionItemKey(sessionKey));
    const other = { sessionKey, ...end, version: 6 };
    expect(await sendUpdate(table, endIdleRoster(other))).toMatchObject({ kind: 'refused' });
    expect(await itemOf(sessionItemKey(sessionKey))).toEqual(before);
    await sendUpdate(table, endIdleRoster({ sessionKey, ...end }));
    const again = { sessionKey, ...end, version: 10, touchedAt: now, lapsed: [] };
    expect(await sendUpdate(table, endIdleRoster(again))).toMatchObject({ kind: 'refused' });
  });
});

describe('the time at which the sweep looks at a session', () => {
  const change = { take: ['z'], fromOpen: 1, reclaim: [], renew: [], keep: [] };

  test('is brought forward and never put off', async () => {
    const sessionKey = await stored({ a: later }, { dt: String(later) });
    expect(lookSooner(sessionKey, now + 1)).toMatchObject({
      ConditionExpression: '#dt > :at',
      UpdateExpression: 'SET #dt = :at',
    });
    expect(await sendUpdate(table, lookSooner(sessionKey, now + 1))).toMatchObject({ kind: 'written' });
    for (const at of [now + 1, later]) {
      expect(await sendUpdate(table, lookSooner(sessionKey, at))).toMatchObject({ kind: 'refused' });
    }
    expect(await ledgerOf(sessionKey)).toMatchObject({ lookAt: now + 1, version: 7, touchedAt: now - 1 });
  });

  test('is none of a session that has ended or that the sweep has left', async () => {
    const sessionKey = await stored({}, { dt: undefined });
    expect(await sendUpdate(table, lookSooner(sessionKey, now))).toMatchObject({ kind: 'refused' });
  });

  test('is that of the first who takes a seat', async () => {
    const [first, second] = [await stored({}, { dt: undefined }), await stored({}, { dt: String(now + 1) })];
    const lease = { from: now, usualTime: 60_000 };
    for (const sessionKey of [first, second]) await sendUpdate(table, takeSeats(sessionKey, change, lease));
    expect([(await ledgerOf(first)).lookAt, (await ledgerOf(second)).lookAt]).toEqual([later, now + 1]);
    expect(await keysDue()).toContainEqual(sessionItemKey(first));
  });
});
