import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Update } from '#lib/sessions/update.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { localDynamoDb, newTable } from '#test/support/table.ts';
import { InterleavedWire } from './interleaved-wire.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

let session: SessionUnderTest;
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 4);
});
afterEach(async () => {
  const { open, seats, capacity } = await session.ledger();
  expect(open + Object.keys(seats).length).toBe(capacity);
  expect(open).toBeGreaterThanOrEqual(0);
});

const join = (...players: readonly string[]) => session.reserve(request(...players));

/** The payload as stored, and how often it was changed. */
const payload = () => getItem(table, payloadItemKey(session.sessionKey));

describe('more slots', () => {
  test('can be reserved at once, also by whoever was told a moment ago that all were taken', async () => {
    expect(await session.fill()).toBe(4);
    expect(await session.update({ capacity: 7 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 7, heldSlots: 4 },
    });
    expect(await session.fill()).toBe(3);
  });

  test('leave lapsed seats where they are', async () => {
    await session.fill();
    session.clock.turn(reservationTime);
    await session.update({ capacity: 5 });
    expect(Object.keys((await session.ledger()).seats)).toHaveLength(4);
    expect(await session.fill()).toBe(5);
  });
});

describe('fewer slots', () => {
  test('go from those that are open', async () => {
    await join('ada');
    expect(await session.update({ capacity: 2 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 2, heldSlots: 1 },
    });
    expect(await session.fill()).toBe(1);
  });

  test('go from those whose players never came, and nobody else loses one', async () => {
    await join('absent 1', 'absent 2');
    session.clock.turn(reservationTime);
    const joining = request('ada', 'bob');
    await session.reserve(joining);
    const [ada = '', bob = ''] = tokensOf(joining);
    await session.accept(ada);

    expect(await session.update({ capacity: 2 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 2, heldSlots: 2 },
    });
    expect(Object.keys((await session.ledger()).seats).toSorted()).toEqual([ada, bob].toSorted());
  });

  test('cannot be fewer than are held, and then nothing at all changes', async () => {
    await join('ada', 'bob', 'eve');
    const before = [await session.ledger(), await payload()];
    const wanted = { capacity: 2, takesPlayers: false, name: 'other', protection: 'FullProtection' } as const;
    expect(await session.update(wanted)).toEqual({ kind: 'below-held', held: 3 });
    expect([await session.ledger(), await payload()]).toEqual(before);
  });

  test('can be none, once nobody holds one any more', async () => {
    await join('ada');
    session.clock.turn(reservationTime - 1);
    expect(await session.update({ capacity: 0 })).toEqual({ kind: 'below-held', held: 1 });
    session.clock.turn(1);
    expect(await session.update({ capacity: 0 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 0 },
    });
    expect(await session.ledger()).toMatchObject({ capacity: 0, open: 0, seats: {} });
    expect(await join('eve')).toEqual({ kind: 'full', free: 0 });
  });

  test('go in several writes where more players never came than one write can name', async () => {
    session = await SessionUnderTest.open(table, 200);
    expect(await session.fill()).toBe(200);
    session.clock.turn(reservationTime);
    wire.count();
    expect(await session.update({ capacity: 1 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 1 },
    });
    expect(wire.count()).toEqual({ Query: 1, UpdateItem: 2 });
    expect(await session.ledger()).toMatchObject({ capacity: 1, open: 0 });
    expect(await session.fill()).toBe(1);
  });
});

describe('newcomers', () => {
  test('are turned away and let in again, and whoever is in stays in', async () => {
    await join('ada');
    expect(await session.update({ takesPlayers: false })).toMatchObject({
      kind: 'updated',
      session: { takesPlayers: false, capacity: 4, heldSlots: 1 },
    });
    expect(await join('eve')).toEqual({ kind: 'denied' });
    expect(await session.update({ takesPlayers: true })).toMatchObject({ session: { takesPlayers: true } });
    expect(await session.fill()).toBe(3);
  });

  test('are turned away in the same write that changes how many slots there are', async () => {
    wire.count();
    await session.update({ takesPlayers: false, capacity: 9 });
    expect(wire.count()).toEqual({ Query: 1, UpdateItem: 1 });
    expect(await session.ledger()).toMatchObject({ deniesPlayers: true, capacity: 9, open: 9 });
  });
});

describe('the description', () => {
  test('changes by what is given, and the rest stays', async () => {
    await session.update({ name: 'Friday', properties: [{ key: 'mode', value: 'duel' }] });
    await session.update({ protection: 'FullProtection' });
    const added = [
      { key: 'map', value: 'harbour' },
      { key: 'mode', value: 'race' },
    ];
    expect(await session.update({ properties: added })).toMatchObject({
      kind: 'updated',
      session: {
        name: 'Friday',
        protection: 'FullProtection',
        properties: [
          { key: 'mode', value: 'race' },
          { key: 'map', value: 'harbour' },
        ],
      },
    });
    expect(await session.find()).toMatchObject({ name: 'Friday', properties: expect.any(Array) });
  });

  test('with too many properties stays, and so do the slots', async () => {
    const properties = Array.from({ length: 17 }, (_, i) => ({ key: `key ${i}`, value: '' }));
    const before = [await session.ledger(), await payload()];
    expect(await session.update({ capacity: 9, properties })).toEqual({
      kind: 'too-many-properties',
      properties: 17,
    });
    expect([await session.ledger(), await payload()]).toEqual(before);
  });
});

test('an update that finds everything as wanted writes nothing', async () => {
  const wanted: Update = {
    capacity: 6,
    takesPlayers: false,
    name: 'Friday',
    properties: [{ key: 'mode', value: 'duel' }],
    protection: 'FullProtection',
  };
  const first = await session.update(wanted);
  wire.count();
  expect(await session.update(wanted)).toEqual(first);
  expect(await session.update({})).toEqual(first);
  expect(wire.count()).toEqual({ Query: 2 });
});

describe('a session cannot be updated', () => {
  const everything = { capacity: 9, name: 'late' };

  test('that has ended', async () => {
    await session.end();
    const before = [await session.ledger(), await payload()];
    for (const wanted of [everything, { name: 'late' }, {}]) {
      expect(await session.update(wanted)).toEqual({ kind: 'not-active', status: 'TERMINATED' });
    }
    expect([await session.ledger(), await payload()]).toEqual(before);
  });

  test('that does not exist', async () => {
    const nowhere = new SessionUnderTest(table, 4);
    expect(await nowhere.update(everything)).toEqual({ kind: 'not-found' });
    expect(await getItem(table, sessionItemKey(nowhere.sessionKey))).toBeUndefined();
    expect(await getItem(table, payloadItemKey(nowhere.sessionKey))).toBeUndefined();
  });
});

describe('when many act on a session at once', () => {
  const rounds = 20;

  test(`40 who join while its slots go up and down get a slot that nobody takes from them, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      session = await SessionUnderTest.open(table, 12);
      // Some slots are held by players who never came: to lower the capacity means to reclaim them.
      await session.reserve(request('absent 1', 'absent 2', 'absent 3', 'absent 4'));
      session.clock.turn(reservationTime);
      const capacities = [6, 20, 3, 9, 15, 1, 12, 8, 30, 10];
      const joining = Array.from({ length: 40 }, (_, number) => request(`player ${number}`));

      const ends = await atOnce(50, 50, async (number) => {
        if (number % 5 === 0) return session.update({ capacity: capacities[number / 5] ?? 0 });
        return session.reserve(joining[number - Math.ceil(number / 5)] ?? request('nobody'));
      });

      const { open, seats, capacity } = await session.ledger();
      expect(open + Object.keys(seats).length).toBe(capacity);
      expect([12, ...capacities]).toContain(capacity);
      const tokens = ends.flatMap((end) =>
        end.kind === 'reserved' ? end.players.map(({ token }) => token) : [],
      );
      expect(new Set(tokens).size).toBe(tokens.length);
      expect(Object.keys(seats)).toEqual(expect.arrayContaining(tokens));
      for (const { kind } of ends) expect(kind).toBeOneOf(['reserved', 'full', 'updated', 'below-held']);
    }
  });

  test(`10 who describe it get all of their properties in, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      session = await SessionUnderTest.open(table, 4);
      const outcomes = await atOnce(10, 10, (number) =>
        session.update({ properties: [{ key: `key ${number}`, value: `${round}` }] }),
      );
      expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['updated']));
      const keys = (await session.find())?.properties?.map(({ key }) => key);
      expect(keys?.toSorted()).toEqual(Array.from({ length: 10 }, (_, number) => `key ${number}`));
    }
  });

  test(`an update either comes before its end or is told of it, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round++) {
      session = await SessionUnderTest.open(table, 4);
      const [updated, ended] = await Promise.all([
        session.update({ capacity: 9, name: 'late' }),
        session.end(),
      ]);
      expect(ended.kind).toBe('ended');
      expect(updated.kind).toBeOneOf(['updated', 'not-active']);
      expect((await session.ledger()).capacity).toBe(updated.kind === 'updated' ? 9 : 4);
      expect((await session.find())?.name).toBe(updated.kind === 'updated' ? 'late' : undefined);
    }
  });
});

describe('what comes between the read and the write of an update decides', () => {
  let held: InterleavedWire;
  let waiting: Table;
  beforeEach(() => {
    held = new InterleavedWire();
    waiting = openTable(table.name, {
      ...localDynamoDb(inject('dynamoDbEndpoint')),
      requestHandler: held,
    });
    return () => waiting.client.destroy();
  });

  /** Updates the session, while `meanwhile` happens before each of the writes. */
  async function updating(wanted: Update, meanwhile: (write: number) => Promise<unknown>): Promise<unknown> {
    const slow = new SessionUnderTest(waiting, 4, session);
    let outcome: unknown;
    held.start(
      () => slow.update(wanted),
      (reached) => {
        outcome = reached;
      },
    );
    await held.settle();
    await held.meetFate(0, 'answered');
    for (let write = 0; ; write++) {
      await held.settle();
      if (held.waitingRequests === 0) return outcome;
      await meanwhile(write);
      await held.meetFate(0, 'answered');
    }
  }

  test('players who take the slots that were to go keep them', async () => {
    const outcome = await updating({ capacity: 1, name: 'small' }, () => join('ada', 'bob'));
    expect(outcome).toEqual({ kind: 'below-held', held: 2 });
    expect(await session.find()).toMatchObject({ capacity: 4, heldSlots: 2, name: undefined });
  });

  test('players who take some of the slots that were to go leave those that lapsed', async () => {
    await join('absent');
    session.clock.turn(reservationTime);
    const outcome = await updating({ capacity: 1 }, (write) =>
      write === 0 ? join('ada') : Promise.resolve(),
    );
    expect(outcome).toMatchObject({ kind: 'updated', session: { capacity: 1, heldSlots: 1 } });
  });

  test('a player who comes back late, whose lapsed seat was to go, keeps it', async () => {
    const late = request('late');
    await session.reserve(late);
    session.clock.turn(reservationTime);
    const outcome = await updating({ capacity: 0 }, (write) =>
      write === 0 ? session.reserve(again(late)) : Promise.resolve(),
    );
    expect(outcome).toEqual({ kind: 'below-held', held: 1 });
    expect(Object.keys((await session.ledger()).seats)).toEqual(tokensOf(late));
  });

  test('the end of the session leaves the description as it was, where slots were to change too', async () => {
    const outcome = await updating({ capacity: 5, name: 'late' }, () => session.end());
    expect(outcome).toEqual({ kind: 'not-active', status: 'TERMINATED' });
    expect(await session.find()).toMatchObject({ status: 'TERMINATED', capacity: 4, name: undefined });
  });

  test('the end of the session is what an update of the description alone may follow', async () => {
    const outcome = await updating({ name: 'late' }, () => session.end());
    expect(outcome).toMatchObject({ kind: 'updated' });
    expect(await session.find()).toMatchObject({ status: 'TERMINATED', name: 'late' });
  });

  test('another update of the slots is followed by this one', async () => {
    const outcome = await updating({ capacity: 5 }, (write) =>
      write === 0 ? session.update({ capacity: 8 }) : Promise.resolve(),
    );
    expect(outcome).toMatchObject({ kind: 'updated', session: { capacity: 5 } });
  });

  test('others who are always first make it give up after 20 tries', async () => {
    let tries = 0;
    const outcome = await updating({ capacity: 5 }, () => {
      tries++;
      return session.update({ capacity: 100 + tries });
    });
    expect({ outcome, tries }).toEqual({ outcome: { kind: 'contended' }, tries: 20 });
  });

  test('others who always describe first make it give up after 20 tries', async () => {
    let tries = 0;
    const outcome = await updating({ name: 'mine' }, () => {
      tries++;
      return session.update({ properties: [{ key: 'tries', value: `${tries}` }] });
    });
    expect({ outcome, tries }).toEqual({ outcome: { kind: 'contended' }, tries: 20 });
    expect(await session.find()).toMatchObject({ name: undefined });
  });

  test('a session that is removed is not made anew', async () => {
    const Key = sessionItemKey(session.sessionKey);
    const remove = new DeleteCommand({ TableName: table.name, Key });
    const outcome = await updating({ capacity: 5, name: 'mine' }, () => table.client.send(remove));
    expect(outcome).toEqual({ kind: 'not-found' });
    expect(await getItem(table, Key)).toBeUndefined();
    session = await SessionUnderTest.open(table, 4);
  });
});
