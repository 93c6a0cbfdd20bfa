import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hold } from '#lib/rosters/hold.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import { RosterUnderTest, rosterOf, someTime, someTitle, titleCaller, xuidOf } from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(table, { maxPlayers: 4 });
});

const minute = 60_000;

describe('seats that are held', () => {
  test('are taken, and nobody is in the roster for that', async () => {
    expect(await session.hold(['ada', 'bob'], 5_000)).toEqual({
      kind: 'held',
      seats: [
        { xuid: xuidOf('ada'), deadline: someTime + 5_000 },
        { xuid: xuidOf('bob'), deadline: someTime + 5_000 },
      ],
      isNew: true,
    });
    expect(await session.read()).toMatchObject({ seatsAvailable: 2, roster: [] });
    expect(await session.join('eve', 'zoe', 'max')).toMatchObject({ kind: 'full' });
    expect(await session.join('eve', 'zoe')).toMatchObject({ kind: 'joined' });
    expect(await session.join('max')).toMatchObject({ kind: 'full' });
  });

  test('are for those for whom they are held', async () => {
    await session.hold(['ada', 'bob']);
    await session.join('eve', 'zoe');
    expect(await session.join('bob')).toMatchObject({
      kind: 'joined',
      players: [{ seatIndex: 2 }],
      isNew: true,
    });
    expect(await session.read()).toMatchObject({ seatsAvailable: 0 });
    session.clock.turn(minute);
    expect(rosterOf(await session.read())).toEqual(['eve', 'zoe', 'bob']);
    expect((await session.read()).seatsAvailable).toBe(1);
  });

  test('are free again at the deadline and not a moment before, and the etag says so', async () => {
    await session.hold(['ada', 'bob', 'eve', 'zoe']);
    session.clock.turn(minute - 1);
    const before = await session.read();
    expect(before.seatsAvailable).toBe(0);
    expect(await session.join('max')).toMatchObject({ kind: 'full' });

    session.clock.turn(1);
    const after = await session.read();
    expect(after).toEqual({ ...before, seatsAvailable: 4, etag: expect.any(String) });
    expect(after.etag).not.toBe(before.etag);
    expect(await session.join('max')).toMatchObject({ kind: 'joined' });
    expect(await session.read()).toMatchObject({ seatsAvailable: 3 });
  });

  test('that have lapsed are as good as open ones to whom they were held for', async () => {
    await session.hold(['ada']);
    session.clock.turn(minute);
    expect(await session.join('ada')).toMatchObject({ kind: 'joined', isNew: true });
    expect(await session.read()).toMatchObject({ seatsAvailable: 3 });
    expect((await session.stored()).ledger).toMatchObject({ open: 3 });
  });

  test('keep their deadline when they are held once more, until it has passed', async () => {
    await session.hold(['ada'], 10_000);
    session.clock.turn(9_999);
    const told = { kind: 'held', seats: [{ xuid: xuidOf('ada'), deadline: someTime + 10_000 }] };
    expect(await session.hold(['ada'], minute)).toEqual({ ...told, isNew: false });
    expect(await session.hold(['bob', 'ada'], minute)).toEqual({
      kind: 'held',
      seats: [
        { xuid: xuidOf('bob'), deadline: someTime + 9_999 + minute },
        { xuid: xuidOf('ada'), deadline: someTime + 10_000 },
      ],
      isNew: true,
    });
    session.clock.turn(1);
    expect(await session.hold(['ada'], minute)).toEqual({
      kind: 'held',
      seats: [{ xuid: xuidOf('ada'), deadline: someTime + 10_000 + minute }],
      isNew: true,
    });
    expect((await session.read()).seatsAvailable).toBe(2);
  });

  test('may be for a week, and for one who has left', async () => {
    const week = 7 * 86_400_000;
    await session.join('ada');
    await session.remove('ada');
    await session.hold(['ada'], week);
    session.clock.turn(week - 1);
    expect(await session.read()).toMatchObject({
      seatsAvailable: 3,
      roster: [{ gamertag: 'ada', isCurrentlyInSession: false }],
    });
    expect(await session.join('ada')).toMatchObject({
      players: [{ seatIndex: 0, isCurrentlyInSession: true }],
    });
  });
});

describe('an invitation', () => {
  test('of one who is in already changes nothing for him', async () => {
    await session.join('ada');
    const before = await session.read();
    const ada = { xuid: xuidOf('ada'), deadline: undefined };
    expect(await session.hold(['ada'])).toEqual({ kind: 'held', seats: [ada], isNew: false });
    expect(await session.read()).toEqual(before);
    expect(await session.hold(['bob', 'ada'])).toEqual({
      kind: 'held',
      seats: [{ xuid: xuidOf('bob'), deadline: someTime + minute }, ada],
      isNew: true,
    });
    session.clock.turn(minute);
    expect(rosterOf(await session.read())).toEqual(['ada']);
  });

  test('that does not fit holds no seat at all', async () => {
    await session.join('ada', 'bob');
    const before = await session.read();
    expect(await session.hold(['eve', 'zoe', 'max'])).toEqual({ kind: 'full', session: before });
    expect(await session.read()).toEqual(before);
  });

  test('takes the seats of those who never came', async () => {
    await session.hold(['ada', 'bob', 'eve', 'zoe']);
    session.clock.turn(minute);
    expect(await session.hold(['max', 'ada', 'kim'])).toMatchObject({ kind: 'held', isNew: true });
    const { ledger } = await session.stored();
    expect(ledger.open + Object.keys(ledger.seats).length).toBe(4);
    expect((await session.read()).seatsAvailable).toBe(1);
  });

  test('to a session that is closed, has ended, is not there or is of another title is refused', async () => {
    const context = { table, now: session.clock.now(), random: Math.random };
    const invitation = { xuids: [xuidOf('ada')], milliseconds: minute };
    const elsewhere = { ...session.address, titleId: someTitle + 1 };
    expect(await hold(context, elsewhere, titleCaller(elsewhere.titleId), invitation)).toEqual({
      kind: 'not-found',
    });

    await session.change({ isClosed: true });
    expect(await session.hold(['ada'])).toEqual({ kind: 'closed', session: await session.read() });
    await session.change({ hasEnded: true });
    expect(await session.hold(['ada'])).toEqual({ kind: 'ended', session: await session.read() });
  });
});
