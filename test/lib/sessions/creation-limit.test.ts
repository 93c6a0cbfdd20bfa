import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CreationRate, countCreation, decideCount } from '#lib/sessions/creation-limit.ts';
import { creatorHash, sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession } from '#lib/sessions/open.ts';
import type { Table } from '#lib/table/client.ts';
import { creationsItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import { Clock } from '#test/support/clock.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { breakableTable, mend } from './broken-writes.ts';

const fleetId = 'fleet-1';
const minute: CreationRate = { sessions: 3, within: 60_000 };

describe('one more creation', () => {
  const now = 1_000_000;
  const at = (times: Readonly<Record<string, number>>) => ({ times, rev: 1 });
  const lapsed = now - 60_000;

  test.each<[string, Parameters<typeof decideCount>[0], CreationRate, unknown]>([
    ['is noted anew where there is none', undefined, minute, { kind: 'replace', stillCounting: {} }],
    ['is added to fewer than may be', at({ a: now, b: now - 5 }), minute, { kind: 'add' }],
    [
      'is counted already where it is noted',
      at({ a: now, b: now, mine: now - 5 }),
      minute,
      { kind: 'counted' },
    ],
    [
      'comes in the place of those that count no more',
      at({ a: lapsed, b: lapsed + 1, c: now }),
      minute,
      { kind: 'replace', stillCounting: { b: lapsed + 1, c: now } },
    ],
    [
      'is counted again where it counts no more',
      at({ mine: lapsed, b: now }),
      minute,
      { kind: 'replace', stillCounting: { b: now } },
    ],
    [
      'is one too many beside as many as may be, until the first of them counts no more',
      at({ a: now, b: now - 7, c: now - 5 }),
      minute,
      { kind: 'over-limit', rate: minute, freeAt: now - 7 + 60_000 },
    ],
    [
      'waits for several where the limit has become smaller',
      at({ a: now, b: now - 7, c: now - 5 }),
      { ...minute, sessions: 1 },
      { kind: 'over-limit', rate: { ...minute, sessions: 1 }, freeAt: now + 60_000 },
    ],
  ])('%s', (_, creations, rate, decision) => {
    expect(decideCount(creations, 'mine', rate, now)).toEqual(decision);
  });
});

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

let clock: Clock;
let creatorId: string;
beforeEach(() => {
  clock = new Clock(1_777_777_777_777);
  creatorId = randomUUID();
});

const keyOf = (name: string) => sessionKeyOf(`${creatorId} ${name}`);
const count = (name: string, rate = minute, by = table) =>
  countCreation(by, { fleetId, creatorId, sessionKey: keyOf(name), rate, now: clock.now() });
const open = (name: string, rate = minute, by = table) =>
  openSession(
    { table: by, now: clock.now() },
    keyOf(name),
    { fleetId, location: 'custom-1', id: name, capacity: 1, creatorId },
    { creationRate: rate },
  );
const item = () => getItem(table, creationsItemKey(creatorHash(fleetId, creatorId)));

test('as many as may be created within the time are, whenever that is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 40_000 }), { minLength: 1, maxLength: 25 }), async (pauses) => {
      creatorId = randomUUID();
      const created: number[] = [];
      for (const [number, pause] of pauses.entries()) {
        clock.turn(pause);
        const now = clock.now();
        const counting = created.filter((at) => at > now - minute.within);
        const outcome = await count(`${number}`);
        if (counting.length < minute.sessions) {
          expect(outcome).toEqual({ kind: 'counted' });
          created.push(now);
        } else {
          const freeAt = (counting.at(-minute.sessions) ?? 0) + minute.within;
          expect(outcome).toEqual({ kind: 'over-limit', rate: minute, freeAt });
        }
      }
      expect(Object.keys((await item())?.['c'] ?? {}).length).toBeLessThanOrEqual(minute.sessions);
    }),
    { numRuns: 20 },
  );
});

test('what DynamoDB may remove is what counts no more', async () => {
  await count('first');
  clock.turn(7_000);
  await count('second');
  expect(await item()).toMatchObject({ ttl: Math.ceil((clock.now() + minute.within) / 1_000) });
});

test('another creator, and the same one in another fleet, is counted apart', async () => {
  for (const name of ['a', 'b', 'c']) await count(name);
  expect(await count('d')).toMatchObject({ kind: 'over-limit' });
  const counted = { rate: minute, sessionKey: keyOf('d'), now: clock.now() };
  expect(await countCreation(table, { ...counted, fleetId: 'fleet-2', creatorId })).toEqual({
    kind: 'counted',
  });
  expect(await countCreation(table, { ...counted, fleetId, creatorId: randomUUID() })).toEqual({
    kind: 'counted',
  });
});

describe('a creation that was counted', () => {
  test('is not counted again by its retry, which is let through', async () => {
    for (const name of ['a', 'b', 'c']) await count(name);
    const before = await item();
    clock.turn(5_000);
    expect(await count('b')).toEqual({ kind: 'counted' });
    expect(await item()).toEqual(before);
  });

  test('and whose session exists is never refused, nor counted, however late it is asked for again', async () => {
    expect(await open('a')).toMatchObject({ kind: 'opened' });
    clock.turn(minute.within);
    for (const name of ['b', 'c', 'd']) await count(name);
    const before = await item();
    expect(await open('a')).toMatchObject({ kind: 'opened' });
    clock.turn(minute.within);
    expect(await open('a')).toMatchObject({ kind: 'opened' });
    expect(await item()).toEqual(before);
  });

  test('and never came, since the process died, counts until its time is over', async () => {
    for (const name of ['a', 'b', 'c']) await count(name);
    clock.turn(minute.within - 1);
    expect(await open('d')).toMatchObject({ kind: 'over-limit' });
    clock.turn(1);
    expect(await open('d')).toMatchObject({ kind: 'opened' });
  });
});

test('a creation that is refused writes nothing', async () => {
  for (const name of ['a', 'b', 'c']) await open(name);
  wire.count();
  const freeAt = clock.now() + minute.within;
  expect(await open('d')).toEqual({ kind: 'over-limit', rate: minute, freeAt });
  expect(wire.count()).toEqual({ BatchGetItem: 1 });
  expect(await getItem(table, sessionItemKey(keyOf('d')))).toBeUndefined();
});

test('a session that is too large is refused before it is counted', async () => {
  const wanted = {
    fleetId,
    location: 'custom-1',
    id: 'a',
    capacity: 1,
    creatorId,
    data: '€'.repeat(200_000),
  };
  const context = { table, now: clock.now() };
  expect(await openSession(context, keyOf('a'), wanted, { creationRate: minute })).toMatchObject({
    kind: 'too-large',
  });
  expect(await item()).toBeUndefined();
});

test('without a creator, or without a limit, nothing is counted', async () => {
  const wanted = { fleetId, location: 'custom-1', capacity: 1 };
  const context = { table, now: clock.now() };
  wire.count();
  await openSession(context, keyOf('a'), { ...wanted, id: 'a' }, { creationRate: minute });
  await openSession(context, keyOf('b'), { ...wanted, id: 'b', creatorId });
  expect(wire.count()).toEqual({ PutItem: 4 });
});

describe('of many who create at once', () => {
  const rounds = 20;

  test.each([1, 3, 10])(`exactly %i get through where so many may, ${rounds} times`, async (sessions) => {
    for (let round = 0; round < rounds; round++) {
      creatorId = randomUUID();
      // Every other round begins with creations that count no more.
      if (round % 2 === 1) {
        for (let old = 0; old < sessions; old++) await count(`old ${old}`, { ...minute, sessions });
        clock.turn(minute.within);
      }
      const outcomes = await atOnce(sessions + 5, sessions + 5, (number) =>
        count(`${number}`, { ...minute, sessions }),
      );
      expect(outcomes.filter(({ kind }) => kind === 'counted')).toHaveLength(sessions);
      expect(outcomes.filter(({ kind }) => kind === 'over-limit')).toHaveLength(5);
      expect(Object.keys((await item())?.['c'] ?? {})).toHaveLength(sessions);
    }
  });

  test(`all get through where 100 may, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      creatorId = randomUUID();
      const outcomes = await atOnce(40, 40, (number) => count(`${number}`, { ...minute, sessions: 100 }));
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['counted']));
    }
  });

  test(`one and the same session is counted once, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      creatorId = randomUUID();
      const outcomes = await atOnce(10, 10, () => open('same', { ...minute, sessions: 1 }));
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['opened']));
      expect(Object.keys((await item())?.['c'] ?? {})).toEqual([keyOf('same')]);
    }
  });
});

test.each([0, 1])('a count whose answer is lost, after %i others, counts once', async (others) => {
  const breakable = breakableTable(table);
  for (let other = 0; other < others; other++) await count(`other ${other}`);
  let isLost = false;
  breakable.wire.breaks = ({ body }) => {
    if (isLost || !body.includes('CREATOR#') || body.includes('RequestItems')) return undefined;
    isLost = true;
    return 'reset after';
  };
  expect(await count('mine', { ...minute, sessions: others + 1 }, breakable.table)).toEqual({
    kind: 'counted',
  });
  expect(isLost).toBe(true);
  mend(breakable.wire);
  expect(Object.keys((await item())?.['c'] ?? {})).toHaveLength(others + 1);
  breakable.table.client.destroy();
});
