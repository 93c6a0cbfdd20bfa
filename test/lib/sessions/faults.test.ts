import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import { atOnce } from '#test/support/at-once.ts';
import { type DynamoDbWire, faults } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { breakableTable, breakages, breakWrites, endOf, endWith, mend } from './broken-writes.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

let everyTable: Table;
beforeAll(async () => {
  ({ table: everyTable } = await newTable());
});

let wire: DynamoDbWire;
let session: SessionUnderTest;
beforeEach(async () => {
  const { table, wire: breakable } = breakableTable(everyTable);
  wire = breakable;
  session = await SessionUnderTest.open(table, 3);
  return () => table.client.destroy();
});

/** What holds after whatever went wrong. */
afterEach(async () => {
  mend(wire);
  const { open, seats, capacity } = await session.ledger();
  expect(open + Object.keys(seats).length).toBe(capacity);
});

async function seatOneIn(): Promise<string> {
  const joining = request('ada');
  await session.reserve(joining);
  return tokensOf(joining)[0] ?? '';
}

describe.each(breakages('ledger', 'player'))('when the $write is "$fault", $often', (breakage) => {
  test('a player gets one slot or learns of the fault, and after 60 s no slot is missing', async () => {
    breakWrites(wire, breakage);
    const joining = request('ada');
    const end = await endOf(session.reserve(joining));
    expect(end).toBe(endWith(breakage, 'reserved'));
    mend(wire);

    const { seats } = await session.ledger();
    if (end === 'reserved') expect(Object.keys(seats)).toEqual(tokensOf(joining));
    expect(await session.fill()).toBe(3 - Object.keys(seats).length);

    session.clock.turn(reservationTime);
    expect(await session.fill()).toBe(3);
  });

  test('a party that needs every slot gets them all or learns of the fault, and its retry completes it', async () => {
    breakWrites(wire, breakage);
    const joining = request('ada', 'bob', 'eve');
    expect(await endOf(session.reserve(joining))).toBe(endWith(breakage, 'reserved'));
    mend(wire);

    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: ['ada', 'bob', 'eve'].map((playerId) => ({ playerId, status: 'RESERVED' })),
    });
    expect(Object.keys((await session.ledger()).seats).toSorted()).toEqual(tokensOf(joining).toSorted());
    expect(await endOf(session.reserve(request('late')))).toBe('full');

    session.clock.turn(reservationTime);
    expect(await session.fill()).toBe(3);
  });

  test('a player who takes the slot of one who never came takes one and no more', async () => {
    expect(await session.fill()).toBe(3);
    session.clock.turn(reservationTime);
    // The ledger's first write is refused, and shows which slots have lapsed: the one that reclaims is to break.
    breakWrites(wire, breakage, breakage.write === 'ledger' ? 1 : 0);

    const joining = request('ada');
    expect(await endOf(session.reserve(joining))).toBe(endWith(breakage, 'reserved'));
    mend(wire);

    const { seats } = await session.ledger();
    const isIn = tokensOf(joining).some((token) => token in seats);
    expect(await session.fill()).toBe(isIn ? 2 : 3);
    session.clock.turn(reservationTime);
    expect(await session.fill()).toBe(3);
  });

  test('a player who arrives is let in or learns of the fault, and holds the slot after a second try', async () => {
    const token = await seatOneIn();
    breakWrites(wire, breakage);
    const end = await endOf(session.accept(token));
    expect(end).toBe(endWith(breakage, 'accepted'));
    mend(wire);

    expect(await endOf(session.accept(token))).toMatch(/^accepted/);
    session.clock.turn(reservationTime);
    expect(await session.findPlayer(token)).toMatchObject({ status: 'ACTIVE' });
    expect(await session.fill()).toBe(2);
  });

  test('a player who leaves frees the slot once, however often it is tried', async () => {
    const token = await seatOneIn();
    await session.accept(token);
    breakWrites(wire, breakage);
    const end = await endOf(session.release(token));
    expect(end).toBe(endWith(breakage, 'released'));
    mend(wire);

    await session.release(token);
    expect(await session.ledger()).toMatchObject({ open: 3, seats: {} });
    expect(await session.findPlayer(token)).toMatchObject({ status: 'COMPLETED' });
  });
});

test.each(breakages('ledger', 'payload'))(
  'when the $write is "$fault", $often, a session ends once, and a retry is answered as the first try',
  async (breakage) => {
    const token = await seatOneIn();
    const endedAt = session.clock.now();
    breakWrites(wire, breakage);
    expect(await endOf(session.end('the end'))).toBe(endWith(breakage, 'ended'));
    mend(wire);

    session.clock.turn(1_000);
    const answer = await session.end('the end');
    expect(answer).toMatchObject({ kind: 'ended', session: { status: 'TERMINATED', heldSlots: 0 } });
    expect(await session.end('another')).toEqual({ kind: 'ended-before' });
    expect(await session.findPlayer(token)).toMatchObject({ status: 'TIMEDOUT' });
    // When the table was never reached, it is the retry that ended the session.
    const { endedAt: ended } = await session.ledger();
    expect([endedAt, session.clock.now()]).toContain(ended);
    if (endWith(breakage, 'ended') === 'ended') expect(ended).toBe(endedAt);
  },
);

test.each(breakages('payload', 'ledger'))(
  'when the $write is "$fault", $often, a session is updated once or the fault is told, and a retry completes it',
  async (breakage) => {
    expect(await session.fill()).toBe(3);
    session.clock.turn(reservationTime);
    const wanted = {
      capacity: 1,
      takesPlayers: false,
      name: 'small',
      properties: [{ key: 'a', value: 'b' }],
    };
    breakWrites(wire, breakage);
    const end = await endOf(session.update(wanted));
    expect(end).toBe(endWith(breakage, 'updated'));
    mend(wire);

    expect(await session.update(wanted)).toMatchObject({ kind: 'updated', session: wanted });
    expect(await session.ledger()).toMatchObject({ capacity: 1, open: 0, deniesPlayers: true });
    await session.update({ takesPlayers: true });
    expect(await session.fill()).toBe(1);
  },
);

test.each(breakages('payload', 'ledger'))(
  'when the $write is "$fault", $often, a session is opened once, and a retry completes it',
  async (breakage) => {
    const opening = new SessionUnderTest(session.table, 5);
    breakWrites(wire, breakage);
    const opened = opening.open().then(() => ({ kind: 'opened' }));
    expect(await endOf(opened)).toBe(endWith(breakage, 'opened'));
    mend(wire);

    expect(await opening.open()).toMatchObject({ status: 'ACTIVE', capacity: 5, heldSlots: 0 });
    expect(await opening.fill()).toBe(5);
  },
);

test.each(faults)(
  'a read that is "%s" on every try fails, and is not answered as if nothing were there',
  async (fault) => {
    const token = await seatOneIn();
    wire.breaks = () => fault;
    const asFound = async (read: Promise<unknown>) => ({
      kind: (await read) === undefined ? 'not-found' : 'found',
    });
    const end = endWith({ write: 'ledger', fault, often: 'on every try' }, '');
    expect(await endOf(asFound(session.find()))).toBe(end);
    expect(await endOf(asFound(session.findPlayer(token)))).toBe(end);
    expect(await endOf(session.end())).toBe(end);
  },
);

const anyFaults = fc.infiniteStream(
  fc.oneof(
    { weight: 7, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constantFrom(...faults) },
  ),
);

test('when 30 race for 10 slots and 3 of 10 requests break, no slot is sold twice, lost, or called taken for a fault', async () => {
  await fc.assert(
    fc.asyncProperty(anyFaults, async (fault) => {
      const breakable = breakableTable(everyTable);
      const race = await SessionUnderTest.open(breakable.table, 10);
      breakable.wire.breaks = () => fault.next().value;
      const asked = Array.from({ length: 30 }, (_, number) => request(`player ${number}`));
      const ends = await atOnce(30, 30, (number) => endOf(race.reserve(asked[number] ?? request())));
      mend(breakable.wire);

      const { open, seats } = await race.ledger();
      expect(open + Object.keys(seats).length).toBe(10);
      const toldIn = asked.filter((_, number) => ends[number] === 'reserved').flatMap(tokensOf);
      expect(Object.keys(seats)).toEqual(expect.arrayContaining(toldIn));
      // Nothing lapses and nobody leaves in the meantime: whoever was told that all is taken saw the final state.
      expect(open === 0 || !ends.includes('full')).toBe(true);
      for (const end of ends) expect(end).toBeOneOf(['reserved', 'full', 'throttled', 'failed']);

      for (const token of toldIn) expect(await endOf(race.accept(token))).toBe('accepted');
      race.clock.turn(reservationTime);
      expect(await race.fill()).toBe(10 - toldIn.length);
      breakable.table.client.destroy();
    }),
    { numRuns: 15 },
  );
});
