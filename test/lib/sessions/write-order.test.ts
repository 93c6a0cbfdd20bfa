import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listGameSessions, listPlayerSessions, listPlayerSessionsOf } from '#lib/sessions/list.ts';
import { creationTime, openSession, type Wanted } from '#lib/sessions/open.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { interleavedTable } from './interleaved-table.ts';
import type { InterleavedWire } from './interleaved-wire.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/**
 * What everybody sees when the process dies between the writes of one verb, and how that heals. Nothing cleans up: what
 * heals, heals by the clock or by the next request.
 */

let table: Table;
let wire: InterleavedWire;
beforeAll(async () => {
  ({ table, wire } = await interleavedTable());
});

let session: SessionUnderTest;
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 3);
});
afterEach(async () => {
  const { open, seats, capacity } = await session.ledger();
  expect(open + Object.keys(seats).length).toBe(capacity);
});

const dieAfter = (requests: number, verb: () => Promise<unknown>): Promise<void> =>
  wire.dieAfter(requests, verb);

const playersSeen = async ({ sessionKey, clock }: SessionUnderTest) => {
  const page = await listPlayerSessions({ table, now: clock.now() }, sessionKey, undefined, 100, undefined);
  return page?.items.map(({ playerId, status }) => `${playerId} ${status}`).toSorted();
};

const heldSlots = async (): Promise<number | undefined> => (await session.find())?.heldSlots;

async function seat(player: string): Promise<string> {
  const joining = request(player);
  expect(await session.reserve(joining)).toMatchObject({ kind: 'reserved' });
  return tokensOf(joining)[0] ?? '';
}

describe('a process that dies while it reserves a slot', () => {
  test('before the ledger is written has changed nothing', async () => {
    await dieAfter(0, () => session.reserve(request('ada')));
    expect(await session.ledger()).toMatchObject({ open: 3, version: 0 });
    expect(await playersSeen(session)).toEqual([]);
  });

  test('after the ledger is written holds a slot for 60 s, of which no player knows', async () => {
    const joining = request('ada');
    await dieAfter(1, () => session.reserve(joining));
    expect(await heldSlots()).toBe(1);
    expect(await playersSeen(session)).toEqual([]);
    expect(await session.findPlayer(tokensOf(joining)[0] ?? '')).toBeUndefined();
    expect(
      await listPlayerSessionsOf({ table, now: session.clock.now() }, 'ada', 10, undefined),
    ).toMatchObject({
      items: [],
    });

    session.clock.turn(reservationTime - 1);
    expect(await heldSlots()).toBe(1);
    expect(await session.fill()).toBe(2);
    session.clock.turn(1);
    expect(await heldSlots()).toBe(2);
    expect(await session.fill()).toBe(1);
  });

  test('after the ledger is written has done half the work of its retry, which finds the seat', async () => {
    const joining = request('ada');
    await dieAfter(1, () => session.reserve(joining));
    const deadline = session.clock.now() + reservationTime;
    session.clock.turn(1_000);

    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ playerId: 'ada', status: 'RESERVED' }],
    });
    expect((await session.ledger()).seats).toEqual({ [tokensOf(joining)[0] ?? '']: deadline });
    expect(await playersSeen(session)).toEqual(['ada RESERVED']);
  });

  test('leaves a seat that a retry after 60 s renews', async () => {
    const joining = request('ada');
    await dieAfter(1, () => session.reserve(joining));
    session.clock.turn(reservationTime);
    expect(await session.reserve(again(joining))).toMatchObject({ kind: 'reserved' });
    expect((await session.ledger()).seats).toEqual({
      [tokensOf(joining)[0] ?? '']: session.clock.now() + reservationTime,
    });
  });

  test('leaves a seat that somebody else may take after 60 s, and its retry is told that the session is full', async () => {
    const joining = request('ada');
    await dieAfter(1, () => session.reserve(joining));
    session.clock.turn(reservationTime);
    expect(await session.fill()).toBe(3);
    expect(await session.reserve(again(joining))).toEqual({ kind: 'full', free: 0 });
  });
});

describe('a process that dies while it reserves slots for a party of 3', () => {
  test.each([
    { records: 0, seen: [] },
    { records: 1, seen: ['ada RESERVED'] },
    { records: 2, seen: ['ada RESERVED', 'bob RESERVED'] },
  ])(
    'with $records players recorded holds all slots, and the retry records the others',
    async ({ records, seen }) => {
      const joining = request('ada', 'bob', 'eve');
      await dieAfter(1 + records, () => session.reserve(joining));
      expect(await heldSlots()).toBe(3);
      expect(await playersSeen(session)).toEqual(seen);

      expect(await session.reserve(again(joining))).toMatchObject({
        kind: 'reserved',
        players: [{ playerId: 'ada' }, { playerId: 'bob' }, { playerId: 'eve' }],
      });
      expect(await heldSlots()).toBe(3);
      expect(await playersSeen(session)).toEqual(['ada RESERVED', 'bob RESERVED', 'eve RESERVED']);
    },
  );

  test('with one player recorded has every slot free after 60 s, and that player reads TIMEDOUT', async () => {
    await dieAfter(2, () => session.reserve(request('ada', 'bob', 'eve')));
    session.clock.turn(reservationTime);
    expect(await heldSlots()).toBe(0);
    expect(await playersSeen(session)).toEqual(['ada TIMEDOUT']);
    expect(await session.fill()).toBe(3);
    expect(await playersSeen(session)).toContain('ada TIMEDOUT');
  });
});

describe('a process that dies while it lets a player in', () => {
  test('before the ledger is written leaves a reservation, which lapses or is accepted by the next try', async () => {
    const [ada, bob] = [await seat('ada'), await seat('bob')];
    await dieAfter(0, () => session.accept(ada));
    await dieAfter(0, () => session.accept(bob));
    expect(await session.accept(bob)).toEqual({ kind: 'accepted' });
    session.clock.turn(reservationTime);
    expect(await playersSeen(session)).toEqual(['ada TIMEDOUT', 'bob ACTIVE']);
  });

  test('after the ledger is written leaves the player in, for good', async () => {
    const ada = await seat('ada');
    await dieAfter(1, () => session.accept(ada));
    session.clock.turn(10 * reservationTime);
    expect(await playersSeen(session)).toEqual(['ada ACTIVE']);
    expect(await session.fill()).toBe(2);
    expect(await session.accept(ada)).toEqual({ kind: 'accepted-before' });
  });

  test.each<[how: string, leave: (token: string) => Promise<unknown>]>([
    ['leaves', (token) => session.release(token)],
    ['sees the session end', () => session.end()],
  ])('after the ledger is written does not matter once the player %s', async (_, leave) => {
    const ada = await seat('ada');
    await dieAfter(1, () => session.accept(ada));
    session.clock.turn(5_000);
    await leave(ada);
    expect(await session.findPlayer(ada)).toMatchObject({
      status: 'COMPLETED',
      endedAt: session.clock.now(),
    });
  });
});

describe('a process that dies while it takes a player out', () => {
  test('before the ledger is written leaves the player in', async () => {
    const ada = await seat('ada');
    await session.accept(ada);
    await dieAfter(0, () => session.release(ada));
    expect(await playersSeen(session)).toEqual(['ada ACTIVE']);
    expect(await session.release(ada)).toEqual({ kind: 'released' });
  });

  test('after the ledger is written has freed the slot once, and the player reads COMPLETED', async () => {
    const ada = await seat('ada');
    await session.accept(ada);
    await dieAfter(1, () => session.release(ada));
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
    expect(await playersSeen(session)).toEqual(['ada COMPLETED']);
    expect(await session.release(ada)).toEqual({ kind: 'not-held' });
    expect(await session.fill()).toBe(3);
  });

  test('who had not arrived, after the ledger has refused the first try, leaves the reservation', async () => {
    const ada = await seat('ada');
    await dieAfter(1, () => session.release(ada));
    expect(await playersSeen(session)).toEqual(['ada RESERVED']);
    expect(await session.release(ada)).toEqual({ kind: 'released' });
    expect(await playersSeen(session)).toEqual(['ada COMPLETED']);
  });

  test('who had not arrived, after the ledger is written, has freed the slot, and the player reads TIMEDOUT', async () => {
    const ada = await seat('ada');
    await dieAfter(2, () => session.release(ada));
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
    expect(await playersSeen(session)).toEqual(['ada TIMEDOUT']);
  });
});

describe('a process that dies while it updates a session', () => {
  const wanted = { capacity: 2, takesPlayers: false, name: 'small', properties: [{ key: 'a', value: 'b' }] };

  test('before the ledger is written has changed nothing', async () => {
    const before = await session.find();
    await dieAfter(1, () => session.update(wanted));
    expect(await session.find()).toEqual(before);
  });

  test('after the ledger is written has changed slots and policy, and not the description', async () => {
    await dieAfter(2, () => session.update(wanted));
    expect(await session.find()).toMatchObject({
      capacity: 2,
      takesPlayers: false,
      name: undefined,
      properties: undefined,
    });
  });

  test('after the ledger is written has done half the work of the same update, which completes it', async () => {
    await dieAfter(2, () => session.update(wanted));
    const { version } = await session.ledger();
    expect(await session.update(wanted)).toMatchObject({ kind: 'updated', session: wanted });
    expect(await session.find()).toMatchObject(wanted);
    expect((await session.ledger()).version).toBe(version);
  });

  test('after the ledger is written leaves slots that a later update changes like any others', async () => {
    await dieAfter(2, () => session.update(wanted));
    await session.update({ capacity: 5, takesPlayers: true });
    expect(await session.fill()).toBe(5);
  });

  test('after the first of two writes to the ledger has opened slots that were free, and nothing else', async () => {
    session = await SessionUnderTest.open(table, 200);
    await session.fill();
    session.clock.turn(reservationTime);
    const before = await session.find();
    await dieAfter(2, () => session.update({ capacity: 0 }));
    expect(await session.find()).toEqual(before);
    expect(await session.ledger()).toMatchObject({ capacity: 200, open: 100 });
    expect(await session.update({ capacity: 0 })).toMatchObject({ kind: 'updated' });
  });
});

describe('a process that dies while it opens a session, after the payload is written', () => {
  let opening: SessionUnderTest;
  beforeEach(async () => {
    opening = new SessionUnderTest(table, 4);
    await dieAfter(1, () => opening.open());
  });

  test('has opened none: nobody finds it, sees it in a list, joins it or ends it', async () => {
    expect(await opening.find()).toBeUndefined();
    const fleetId = opening.reference.split('/')[0] ?? '';
    const wanted = { fleetId, location: undefined, status: undefined };
    const listed = await listGameSessions({ table, now: opening.clock.now() }, wanted, 1_000, undefined);
    expect(listed.items.map(({ sessionKey }) => sessionKey)).not.toContain(opening.sessionKey);
    expect(await playersSeen(opening)).toBeUndefined();
    expect(await opening.reserve(request('ada'))).toEqual({ kind: 'not-found' });
    expect(await opening.accept('0'.repeat(11))).toEqual({ kind: 'not-found' });
    expect(await opening.release('0'.repeat(11))).toEqual({ kind: 'not-found' });
    expect(await opening.end()).toEqual({ kind: 'not-found' });
  });

  test('has claimed its name: the same request adopts the payload, with the time of the first try', async () => {
    const firstTry = opening.clock.now();
    opening.clock.turn(5_000);
    expect(await opening.open()).toMatchObject({ status: 'ACTIVE', createdAt: firstTry, heldSlots: 0 });
    expect(await opening.find()).toMatchObject({ status: 'ACTIVE', createdAt: firstTry, capacity: 4 });
    expect(await opening.fill()).toBe(4);
    // The fleet's list sorts by this.
    const item = await getItem(table, sessionItemKey(opening.sessionKey));
    expect(item?.['fs']).toBe(`ACTIVE#${firstTry}`);
  });

  test('has claimed its name: another request under it is told that it differs', async () => {
    const [fleetId = '', location, id = ''] = opening.reference.split('/');
    const wanted = { fleetId, location, id, capacity: 5 };
    const context = { table, now: opening.clock.now() };
    expect(await openSession(context, opening.sessionKey, wanted)).toEqual({ kind: 'differs' });
  });
});

describe('a process that dies while it opens a session with data', () => {
  const data = '{"mode":"ranked"}';
  const open = (opening: SessionUnderTest, changes: Partial<Wanted> = {}) => {
    const [fleetId = '', location, id = ''] = opening.reference.split('/');
    const wanted = { fleetId, location, id, capacity: 4, data, ...changes };
    return openSession({ table, now: opening.clock.now() }, opening.sessionKey, wanted);
  };

  test.each<[what: string, writes: number]>([
    ['before the data is written', 1],
    ['after the data is written', 2],
  ])('%s has opened none, and the same request completes it', async (_, writes) => {
    const opening = new SessionUnderTest(table, 4);
    await dieAfter(writes, () => open(opening));
    expect(await opening.find()).toBeUndefined();
    expect(await open(opening, { data: 'other' })).toEqual({ kind: 'differs' });
    expect(await open(opening)).toMatchObject({ kind: 'opened', session: { data } });
    expect(await opening.find()).toMatchObject({ status: 'ACTIVE', data });
  });

  test('leaves data that a session without any, under the same name later, does not show', async () => {
    const opening = new SessionUnderTest(table, 4);
    await dieAfter(2, () => open(opening));
    opening.clock.turn(creationTime);
    expect(await open(opening, { data: undefined })).toMatchObject({ kind: 'opened' });
    expect(await opening.find()).toMatchObject({ data: undefined });
  });
});

describe('a process that dies while it ends a session', () => {
  const listed = async (): Promise<boolean> =>
    (await getItem(table, payloadItemKey(session.sessionKey)))?.['shard'] !== undefined;

  test('before the ledger is written has not ended it', async () => {
    const ada = await seat('ada');
    await dieAfter(0, () => session.end());
    await dieAfter(1, () => session.end());
    expect(await session.find()).toMatchObject({ status: 'ACTIVE', heldSlots: 1 });
    expect(await session.end()).toMatchObject({ kind: 'ended' });
    expect(await session.findPlayer(ada)).toMatchObject({ status: 'TIMEDOUT' });
  });

  test('after the ledger is written has ended it, and left it to the searches, until the same request comes again', async () => {
    await dieAfter(2, () => session.end('the end'));
    expect(await session.find()).toMatchObject({ status: 'TERMINATED' });
    expect(await listed()).toBe(true);
    expect(await session.end('the end')).toMatchObject({ kind: 'ended' });
    expect(await listed()).toBe(false);
  });

  test('after the ledger is written is healed by whoever ends the session once more', async () => {
    await dieAfter(2, () => session.end('the end'));
    expect(await session.end('another end')).toEqual({ kind: 'ended-before' });
    expect(await listed()).toBe(false);
  });
});
