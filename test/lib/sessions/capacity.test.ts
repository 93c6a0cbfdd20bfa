import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CreationRate, countCreation } from '#lib/sessions/creation-limit.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession as openSessionIn } from '#lib/sessions/open.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import { CapacityMeter, unitsOf } from '#test/support/capacity-meter.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { itemSize } from './item-size.ts';
import { request, SessionUnderTest, someTime, tokensOf } from './session-under-test.ts';

let table: Table;
let wire: DynamoDbWire;
let meter: CapacityMeter;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  meter = new CapacityMeter(table);
});
beforeEach(() => {
  wire.count();
  meter.take();
});

/** The calls since the last look and what they have cost: `table`, or `table + index`. */
function bill(): readonly string[] {
  expect(wire.sent.splice(0)).toHaveLength(meter.readings.length + meter.refused);
  const refused = Array.from({ length: meter.refused }, () => 'refused');
  const paid = meter
    .take()
    .map(({ operation, table, indexes }) =>
      [operation, [table, ...Object.values(indexes)].join('+')].join(' '),
    );
  return [...refused, ...paid];
}

async function openSession(capacity: number): Promise<SessionUnderTest> {
  const session = await SessionUnderTest.open(table, capacity);
  bill();
  return session;
}

async function seatOneIn(session: SessionUnderTest): Promise<string> {
  const joined = request('ada');
  await session.reserve(joined);
  bill();
  return tokensOf(joined)[0] ?? '';
}

/** What a reservation costs: the ledger, the player's record, and the index by which a player's sessions are found. */
const reservation = ['UpdateItem 1', 'PutItem 1+1'];

/** The same where the sweep did not have to look at the session before. */
const firstReservation = ['UpdateItem 1+1', 'PutItem 1+1'];

test('of 400 callers, 64 at a time, exactly 200 get into 200 slots, and what they write costs 916 WCU in all', async () => {
  const session = await openSession(200);

  const outcomes = await atOnce(64, 400, (number) => session.reserve(request(`player ${number}`)));

  const kinds = Map.groupBy(outcomes, ({ kind }) => kind);
  expect([...kinds.keys()].toSorted()).toEqual(['full', 'reserved']);
  expect(kinds.get('reserved')).toHaveLength(200);
  expect(kinds.get('full')).toHaveLength(200);
  // Whoever asks after the first refusal is answered from memory: only those under way then are refused by a write.
  expect(meter.refused).toBeGreaterThan(0);
  expect(meter.refused).toBeLessThanOrEqual(64);
  const units = meter.take().reduce((sum, reading) => sum + unitsOf(reading), 0);
  expect(units).toBeLessThanOrEqual(950);
  expect(units).toBe(916);
});

describe('a reservation', () => {
  test('is 2 calls and 3 WCU for each of 16 slots but the first, and for that 1 WCU more', async () => {
    const session = await openSession(16);
    await session.reserve(request('player 0'));
    expect(bill()).toEqual(firstReservation);
    for (let slot = 1; slot < 16; slot++) {
      session.clock.turn(1_000);
      await session.reserve(request(`player ${slot}`));
      expect(bill()).toEqual(reservation);
    }
  });

  test('stays so up to 44 slots that wait for their players; the 45th makes the ledger larger than 1 KB', async () => {
    const session = await openSession(50);
    const sizes: number[] = [];
    await session.reserve(request('player 1'));
    bill();
    for (let slot = 2; slot <= 44; slot++) {
      await session.reserve(request(`player ${slot}`));
      expect(bill()).toEqual(reservation);
      sizes.push(itemSize(await hotItem(session)));
      bill();
    }
    await session.reserve(request('player 45'));
    expect(bill()).toEqual(['UpdateItem 2', 'PutItem 1+1']);
    expect(sizes.at(-1)).toBeLessThanOrEqual(1_024);
    expect(itemSize(await hotItem(session))).toBeGreaterThan(1_024);
  });

  test('of a party of 25 is one write of the ledger, and one record for each player', async () => {
    const session = await openSession(25);
    await session.reserve(request(...Array.from({ length: 25 }, (_, number) => `player ${number}`)));
    expect(bill()).toEqual(['UpdateItem 1+1', ...Array.from({ length: 25 }, () => 'PutItem 1+1')]);
  });

  test('that holds less than a minute is one call and 3 WCU more for the first, who moves the sweep', async () => {
    const session = new SessionUnderTest(table, 16);
    const [fleetId = '', location, id = ''] = session.reference.split('/');
    const wanted = { fleetId, location, id, capacity: 16 };
    const context = { table, now: session.clock.now() };
    await openSessionIn(context, session.sessionKey, wanted, { reservationTime: 5_000 });
    bill();
    await session.reserve(request('ada'));
    expect(bill().toSorted()).toEqual(['PutItem 1+1', 'UpdateItem 1+1', 'UpdateItem 1+2']);
    session.clock.turn(1_000);
    await session.reserve(request('bob'));
    expect(bill()).toEqual(reservation);
  });

  test('that reclaims a lapsed slot is one refused write more', async () => {
    const session = await openSession(16);
    await session.fill();
    bill();
    session.clock.turn(60_000);
    await session.reserve(request('late'));
    expect(bill()).toEqual(['refused', ...reservation]);
  });

  test('of a full session is one refused write, and none for the next 250 ms', async () => {
    const session = await openSession(16);
    await session.fill();
    session.clock.turn(1_000);
    bill();
    await session.reserve(request('first'));
    expect(bill()).toEqual(['refused']);
    session.clock.turn(249);
    await session.reserve(request('second'));
    expect(bill()).toEqual([]);
    session.clock.turn(1);
    await session.reserve(request('third'));
    expect(bill()).toEqual(['refused']);
  });
});

describe('beside a reservation', () => {
  test.each<
    [verb: string, act: (session: SessionUnderTest, token: string) => unknown, cost: readonly string[]]
  >([
    ['accepting a player', (session, token) => session.accept(token), ['UpdateItem 1', 'UpdateItem 1']],
    [
      'releasing a player who was not accepted',
      (session, token) => session.release(token),
      ['refused', 'UpdateItem 1', 'UpdateItem 1'],
    ],
    ['ending a session', (session) => session.end(), ['Query 1', 'UpdateItem 1+1+2', 'UpdateItem 1+1+1']],
    [
      'changing how many slots there are and who gets in',
      (session) => session.update({ capacity: 9, takesPlayers: false }),
      ['Query 1', 'UpdateItem 1'],
    ],
    [
      'describing a session anew',
      (session) => session.update({ name: 'x', properties: [{ key: 'a', value: 'b' }] }),
      ['Query 1', 'UpdateItem 1+1'],
    ],
    [
      'changing both',
      (session) => session.update({ capacity: 9, name: 'x' }),
      ['Query 1', 'UpdateItem 1', 'UpdateItem 1+1'],
    ],
    [
      'an update that changes nothing',
      (session) => session.update({ capacity: 16, takesPlayers: true }),
      ['Query 1'],
    ],
    ['an update that is refused', (session) => session.update({ capacity: 0, name: 'x' }), ['Query 1']],
    ['describing a session', (session) => session.find(), ['Query 1']],
    ['describing a player', (session, token) => session.findPlayer(token), ['BatchGetItem 2']],
  ])('%s', async (_, act, cost) => {
    const session = await openSession(16);
    const token = await seatOneIn(session);
    await act(session, token);
    expect(bill()).toEqual(cost);
  });

  test('releasing a player who was accepted', async () => {
    const session = await openSession(16);
    const token = await seatOneIn(session);
    await session.accept(token);
    bill();
    await session.release(token);
    expect(bill()).toEqual(['UpdateItem 1', 'UpdateItem 1']);
  });

  test('releasing a player who was accepted, whose seat is kept, and the player’s return to it', async () => {
    const session = await openSession(16);
    const token = await seatOneIn(session);
    await session.accept(token);
    bill();
    await session.release(token, { request: 'removal', keepTime: 30_000 });
    expect(bill()).toEqual(['GetItem 1', 'UpdateItem 1', 'UpdateItem 1']);
    await session.reserve(request('ada'));
    expect(bill()).toEqual(['refused', ...reservation]);
  });

  test('taking 99 slots away whose players never came, and then 101, of which one write can name 100', async () => {
    const session = await openSession(200);
    await session.fill();
    session.clock.turn(60_000);
    bill();
    await session.update({ capacity: 101 });
    expect(bill()).toEqual(['Query 2', 'UpdateItem 5']);
    await session.update({ capacity: 0 });
    expect(bill()).toEqual(['Query 1', 'UpdateItem 3', 'UpdateItem 1']);
  });

  test('opening a session', async () => {
    await SessionUnderTest.open(table, 16);
    expect(bill()).toEqual(['PutItem 1+1+1', 'PutItem 1+1']);
  });
});

async function hotItem({ sessionKey }: SessionUnderTest): Promise<StoredItem> {
  const item = await getItem(table, sessionItemKey(sessionKey));
  if (item === undefined) throw new Error('There is no such session');
  return item;
}

describe('counting what a creator creates', () => {
  /** Counts so many creations of one new creator, one after the other: how each ended and what it has cost. */
  async function count(creations: number, rate: CreationRate): Promise<readonly string[]> {
    const creatorId = randomUUID();
    const costs: string[] = [];
    for (let number = 1; number <= creations; number++) {
      const { kind } = await countCreation(table, {
        fleetId: 'fleet-2222bbbb-33cc-44dd-55ee-6666ffff77aa',
        creatorId,
        sessionKey: sessionKeyOf(`${creatorId} ${number}`),
        rate,
        now: someTime + number,
      });
      costs.push([kind, ...bill()].join(', '));
    }
    return costs;
  }

  test('is one read of two items and one write beside the creation, and the read alone where it is refused', async () => {
    // DynamoDB charges 1 unit for an item that is not there, which DynamoDB Local does not: here, the session.
    expect(await count(3, { sessions: 2, within: 60_000 })).toEqual([
      'counted, BatchGetItem 0, PutItem 1',
      'counted, BatchGetItem 1, UpdateItem 1',
      'over-limit, BatchGetItem 1',
    ]);
  });

  test('costs 1 WCU up to 35 game sessions within the limit', async () => {
    const costs = await count(36, { sessions: 1_000, within: 60_000 });
    expect(new Set(costs.slice(1, 35))).toEqual(new Set(['counted, BatchGetItem 1, UpdateItem 1']));
    expect(costs[35]).toBe('counted, BatchGetItem 1, UpdateItem 2');
  });
});

describe('the item that every join writes', () => {
  test('holds what a join reads or changes and the keys of two indexes, and nothing else', async () => {
    const session = await openSession(16);
    await session.fill();
    expect(Object.keys(await hotItem(session)).toSorted()).toEqual([
      'cap',
      'dt',
      'f',
      'fs',
      'h',
      'l',
      'open',
      'pk',
      's',
      'sk',
      'st',
      't',
      'v',
    ]);
  });

  test.each([
    { capacity: 16, empty: 108, full: 445 },
    { capacity: 200, empty: 108, full: 4_125 },
  ])('is $empty bytes with $capacity open slots, and $full once all are reserved', async (expected) => {
    const session = await openSession(expected.capacity);
    const empty = itemSize(await hotItem(session));
    await session.fill();
    expect({ ...expected, empty, full: itemSize(await hotItem(session)) }).toEqual(expected);
  });

  test('is 6 bytes smaller for each player who has arrived', async () => {
    const session = await openSession(16);
    const token = await seatOneIn(session);
    const reserved = itemSize(await hotItem(session));
    await session.accept(token);
    expect(itemSize(await hotItem(session))).toBe(reserved - 6);
  });
});
