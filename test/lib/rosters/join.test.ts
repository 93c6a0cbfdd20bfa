import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { join } from '#lib/rosters/join.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import { joiner, RosterUnderTest, rosterOf, someTitle, xuidOf } from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(table, { maxPlayers: 4 });
});

const cards = Uint8Array.of(1, 2, 3);
const place = (name: string, seatIndex: number, customData?: Uint8Array) => ({
  xuid: xuidOf(name),
  gamertag: name,
  seatIndex,
  customData,
  isCurrentlyInSession: true,
});

describe('a player who joins', () => {
  test('is in, at the end of the roster, with what the player brought', async () => {
    expect(await session.join('ada')).toEqual({ kind: 'joined', players: [place('ada', 0)], isNew: true });
    expect(await session.join(joiner('bob', cards))).toEqual({
      kind: 'joined',
      players: [place('bob', 1, cards)],
      isNew: true,
    });
    expect(await session.read()).toMatchObject({
      roster: [place('ada', 0), place('bob', 1, cards)],
      seatsAvailable: 2,
    });
  });

  test('and is in already stays as he is, custom data included', async () => {
    await session.join(joiner('ada', cards));
    const before = await session.read();
    const again = { ...joiner('ada', null), gamertag: 'lovelace' };
    expect(await session.join(again)).toEqual({
      kind: 'joined',
      players: [place('ada', 0, cards)],
      isNew: false,
    });
    expect(await session.read()).toEqual(before);
  });

  test('of whom there was no custom data and of whom there is none read alike', async () => {
    await session.join(joiner('ada', null), joiner('bob'));
    expect((await session.read()).roster).toEqual([place('ada', 0), place('bob', 1)]);
  });

  test('is in for good: no clock puts anybody out', async () => {
    await session.join('ada');
    session.clock.turn(1_000 * 365 * 86_400_000);
    expect(await session.read()).toMatchObject({ roster: [place('ada', 0)], seatsAvailable: 3 });
  });
});

describe('a player who comes back', () => {
  beforeEach(async () => {
    await session.join(joiner('ada', cards), 'bob', 'eve');
    await session.remove('ada');
    expect(await session.read()).toMatchObject({
      seatsAvailable: 2,
      roster: [{ ...place('ada', 0, cards), isCurrentlyInSession: false }, place('bob', 1), place('eve', 2)],
    });
  });

  test.each([
    { brings: 'no word of custom data', customData: undefined, has: cards },
    { brings: 'custom data', customData: Uint8Array.of(9), has: Uint8Array.of(9) },
    { brings: 'custom data of no bytes', customData: new Uint8Array(), has: new Uint8Array() },
    { brings: 'null for custom data', customData: null, has: undefined },
  ])('with $brings gets the old place, under the name of today', async ({ customData, has }) => {
    const back = { ...joiner('ada', customData), gamertag: 'lovelace' };
    const expected = { ...place('ada', 0, has), gamertag: 'lovelace' };
    expect(await session.join(back)).toEqual({ kind: 'joined', players: [expected], isNew: true });
    expect((await session.read()).roster).toEqual([expected, place('bob', 1), place('eve', 2)]);
  });

  test('comes back as often as he likes', async () => {
    for (let time = 0; time < 5; time++) {
      expect(await session.join('ada')).toMatchObject({ kind: 'joined', players: [{ seatIndex: 0 }] });
      await session.remove('ada');
    }
    expect(rosterOf(await session.read())).toEqual(['(ada)', 'bob', 'eve']);
  });
});

describe('a party', () => {
  test('comes in as a whole, in the order in which it was named', async () => {
    await session.join('eve');
    expect(await session.join('zoe', joiner('ada', cards), 'bob')).toEqual({
      kind: 'joined',
      players: [place('zoe', 1), place('ada', 2, cards), place('bob', 3)],
      isNew: true,
    });
    expect(rosterOf(await session.read())).toEqual(['eve', 'zoe', 'ada', 'bob']);
  });

  test('of newcomers, one who comes back, one who was invited and one who is in needs a seat for the first two', async () => {
    await session.join('ada', 'bob');
    await session.remove('ada');
    await session.hold(['eve']);
    expect((await session.read()).seatsAvailable).toBe(2);
    expect(await session.join('zoe', 'eve', 'ada', 'bob')).toEqual({
      kind: 'joined',
      players: [place('zoe', 2), place('eve', 3), place('ada', 0), place('bob', 1)],
      isNew: true,
    });
    expect(await session.read()).toMatchObject({ seatsAvailable: 0 });
  });

  test('changes nothing of those who are in already, whatever it brings for them', async () => {
    await session.join(joiner('ada', cards));
    const again = { ...joiner('ada', null), gamertag: 'lovelace' };
    expect(await session.join('bob', again)).toEqual({
      kind: 'joined',
      players: [place('bob', 1), place('ada', 0, cards)],
      isNew: true,
    });
    expect((await session.read()).roster).toEqual([place('ada', 0, cards), place('bob', 1)]);
  });

  test('that is in already is told so', async () => {
    await session.join('ada', 'bob');
    expect(await session.join('bob', 'ada')).toEqual({
      kind: 'joined',
      players: [place('bob', 1), place('ada', 0)],
      isNew: false,
    });
  });

  test('that does not fit stays outside, all of it, and is shown the session', async () => {
    await session.join('ada', 'bob');
    const before = await session.read();
    expect(await session.join('eve', 'zoe', 'max')).toEqual({ kind: 'full', session: before });
    expect(await session.read()).toEqual(before);
    expect(await session.join('eve', 'zoe')).toMatchObject({ kind: 'joined' });
  });

  test('of 16 fills the largest session, and takes as many seats that have lapsed', async () => {
    const large = await RosterUnderTest.open(table, { maxPlayers: 16 });
    const names = (kind: string) => Array.from({ length: 16 }, (_, i) => `${kind} ${i}`);
    await large.hold(names('absent'));
    large.clock.turn(60_000);
    expect(await large.join(...names('present'))).toMatchObject({ kind: 'joined', isNew: true });
    expect(rosterOf(await large.read())).toEqual(names('present'));
    expect((await large.stored()).ledger.open).toBe(0);
  });
});

describe('a join is refused', () => {
  test('where there is no such session, or another title has it', async () => {
    const context = { table, now: session.clock.now(), random: Math.random };
    const { sessionId } = session.address;
    for (const address of [
      { titleId: someTitle, sessionId: randomUUID() },
      { titleId: someTitle + 1, sessionId },
    ]) {
      expect(await join(context, address, [joiner('ada')])).toEqual({ kind: 'not-found' });
    }
    expect((await session.read()).roster).toEqual([]);
  });

  test('when the session is full, but for those who are in', async () => {
    await session.join('ada', 'bob', 'eve', 'zoe');
    expect(await session.join('max')).toEqual({ kind: 'full', session: await session.read() });
    expect(await session.join('zoe')).toMatchObject({ kind: 'joined', isNew: false });
    await session.remove('ada');
    expect(await session.join('max')).toMatchObject({ kind: 'joined', players: [place('max', 4)] });
    expect(await session.join('ada')).toMatchObject({ kind: 'full' });
  });

  test('when the session is closed, to newcomers, to those who come back and to those who are invited', async () => {
    await session.join('ada', 'bob');
    await session.remove('bob');
    await session.hold(['eve']);
    await session.change({ isClosed: true });
    const before = await session.read();
    for (const name of ['zoe', 'bob', 'eve']) {
      expect(await session.join(name)).toEqual({ kind: 'closed', session: before });
    }
    expect(await session.join('ada', 'zoe')).toEqual({ kind: 'closed', session: before });
    expect(await session.join('ada')).toMatchObject({ kind: 'joined', isNew: false });
    await session.change({ isClosed: false });
    expect(await session.join('zoe', 'bob')).toMatchObject({ kind: 'joined' });
  });

  test('when the session has ended, also to those who are in, whatever else it is', async () => {
    await session.join('ada');
    await session.change({ hasEnded: true, isClosed: true });
    const before = await session.read();
    for (const name of ['ada', 'bob']) {
      expect(await session.join(name)).toEqual({ kind: 'ended', session: before });
    }
    expect(await session.read()).toEqual(before);
  });
});
