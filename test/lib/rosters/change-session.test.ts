import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Change, changeSession } from '#lib/rosters/change-session.ts';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { newTable } from '#test/support/table.ts';
import {
  playerCaller,
  RosterUnderTest,
  rosterOf,
  someTime,
  someTitle,
  titleCaller,
  usualFacts,
} from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(table, {
    maxPlayers: 8,
    creator: 'max',
    customData: Uint8Array.of(1),
  });
  await session.join('ada', 'bob', 'zoe');
  await session.remove('zoe');
});

const minute = 60_000;
const item = () => getItem(table, sessionItemKey(rosterKeyOf(session.address.sessionId)));

describe('a change', () => {
  test.each<[what: string, change: Change]>([
    ['its variant', { variant: -5 }],
    ['its display name', { displayName: 'Contoso Chess' }],
    ['its custom data', { customData: Uint8Array.of(2, 3) }],
    ['its custom data to no bytes', { customData: new Uint8Array() }],
    ['its custom data to none', { customData: undefined }],
    ['its visibility', { visibility: 'Everyone' }],
    ['whether it is closed', { isClosed: true }],
    ['several things', { variant: 2, displayName: 'x', visibility: 'PlayersEverInSession', isClosed: true }],
  ])('of a session is of %s and of nothing else, and is read back', async (_, change) => {
    const before = await session.read();
    const outcome = await session.change(change);
    const after = await session.read();
    expect(outcome).toEqual({ kind: 'changed', session: after });
    expect(after).toEqual({ ...before, ...change, etag: after.etag });
    expect(after.etag).not.toBe(before.etag);
    expect(await session.change(change)).toEqual({ kind: 'changed', session: after });
  });

  test('tells custom data of no bytes from none', async () => {
    for (const customData of [undefined, new Uint8Array(), undefined]) {
      await session.change({ customData });
      expect((await session.read()).customData).toEqual(customData);
    }
  });

  test.each<[what: string, change: Change]>([
    ['nothing', {}],
    ['what is so already', { ...usualFacts, customData: Uint8Array.of(1), maxPlayers: 8 }],
    ['a session that goes on to one that goes on', { hasEnded: false }],
  ])('of %s is none, and the etag stays', async (_, change) => {
    const before = await session.read();
    expect(await session.change(change)).toEqual({ kind: 'changed', session: before });
    expect(await session.read()).toEqual(before);
  });

  test('is for the title, the creator and players who are in', async () => {
    for (const [i, caller] of [titleCaller(), playerCaller('max'), playerCaller('bob')].entries()) {
      expect(await session.change({ variant: i + 1 }, { caller })).toMatchObject({ kind: 'changed' });
    }
    const before = await session.read();
    for (const name of ['zoe', 'a stranger']) {
      expect(await session.change({ variant: 9 }, { caller: playerCaller(name) })).toEqual({
        kind: 'not-allowed',
        reason: 'The session can be changed by its creator and by players who are in it.',
      });
    }
    expect(await session.read()).toEqual(before);
  });

  test('of a session that is not there, or is of another title, is refused', async () => {
    const context = { table, now: session.clock.now(), requestId: randomUUID(), retention: usualRetention };
    const other = { ...session.address, titleId: someTitle + 1 };
    expect(
      await changeSession(context, other, titleCaller(other.titleId), { variant: 1 }, undefined),
    ).toEqual({
      kind: 'not-found',
    });
  });
});

describe('who says which state he saw', () => {
  test('changes that one', async () => {
    const { etag } = await session.read();
    const ifMatch = ['nothing like it', etag];
    expect(await session.change({ variant: 1 }, { ifMatch })).toMatchObject({ kind: 'changed' });
    expect(await session.change({ variant: 2 }, { ifMatch })).toEqual({
      kind: 'changed-since',
      session: await session.read(),
    });
    expect((await session.read()).variant).toBe(1);
  });

  test.each<[what: string, act: (session: RosterUnderTest) => Promise<unknown>]>([
    ['somebody has joined', (session) => session.join('eve')],
    ['somebody has left', (session) => session.remove('ada')],
    ['somebody has come back', (session) => session.join('zoe')],
    ['a seat is held', (session) => session.hold(['eve'])],
    ['a player has other custom data', (session) => session.describe('ada', Uint8Array.of(9))],
    ['the session has other data', (session) => session.change({ displayName: 'x' })],
  ])('changes nothing once %s', async (_, act) => {
    const ifMatch = [(await session.read()).etag];
    await act(session);
    const before = await session.read();
    expect(await session.change({ variant: 2 }, { ifMatch })).toEqual({
      kind: 'changed-since',
      session: before,
    });
    expect(await session.read()).toEqual(before);
  });

  test('changes nothing once a reservation has lapsed, and is shown the slot that is free again', async () => {
    await session.hold(['eve']);
    const seen = await session.read();
    session.clock.turn(minute);
    expect(await session.change({ variant: 2 }, { ifMatch: [seen.etag] })).toMatchObject({
      kind: 'changed-since',
      session: { variant: 0, seatsAvailable: seen.seatsAvailable + 1 },
    });
  });

  test('and no state at all, is refused', async () => {
    expect(await session.change({ variant: 2 }, { ifMatch: [] })).toMatchObject({ kind: 'changed-since' });
  });
});

describe('how many players there can be', () => {
  const account = async () => {
    const { ledger } = await session.stored();
    expect(ledger.open + Object.keys(ledger.seats).length).toBe(ledger.capacity);
    return { open: ledger.open, seats: Object.keys(ledger.seats).length };
  };

  test('goes up and down by open slots', async () => {
    for (const maxPlayers of [16, 2, 3]) {
      expect(await session.change({ maxPlayers })).toMatchObject({
        kind: 'changed',
        session: { maxPlayers, seatsAvailable: maxPlayers - 2, roster: { length: 3 } },
      });
      expect(await account()).toEqual({ open: maxPlayers - 2, seats: 2 });
    }
    expect(await session.join('eve', 'zoe')).toMatchObject({ kind: 'full' });
    expect(await session.join('eve')).toMatchObject({ kind: 'joined' });
  });

  test('never falls below those who are in and those whose seat is held', async () => {
    await session.hold(['eve', 'kim']);
    const before = await session.read();
    expect(await session.change({ maxPlayers: 3, displayName: 'x' })).toEqual({
      kind: 'below-held',
      held: 4,
    });
    expect(await session.change({ maxPlayers: 2, hasEnded: true })).toEqual({ kind: 'below-held', held: 4 });
    expect(await session.read()).toEqual(before);
    expect(await session.change({ maxPlayers: 4 })).toMatchObject({ session: { seatsAvailable: 0 } });
    expect(await session.join('eve', 'kim')).toMatchObject({ kind: 'joined' });
  });

  test('falls by the slots of those who never came, who have them no more', async () => {
    await session.hold(['eve', 'kim', 'leo', 'mia', 'noa', 'pat']);
    session.clock.turn(minute);
    await session.hold(['leo', 'mia']);
    expect(await session.change({ maxPlayers: 4 })).toMatchObject({ session: { seatsAvailable: 0 } });
    expect(await account()).toEqual({ open: 0, seats: 4 });
    expect(await session.join('eve')).toMatchObject({ kind: 'full' });
    expect(await session.join('leo', 'mia')).toMatchObject({ kind: 'joined' });
  });

  test('rises, and so do the slots of those who never came become open ones', async () => {
    await session.hold(['eve', 'kim']);
    session.clock.turn(minute);
    expect(await session.change({ maxPlayers: 9 })).toMatchObject({ session: { seatsAvailable: 7 } });
    expect(await account()).toEqual({ open: 7, seats: 2 });
  });
});

describe('the end of a session', () => {
  test('leaves it as it was, with those in who were in, and without the seats that were held', async () => {
    await session.hold(['eve']);
    const before = await session.read();
    expect(before.seatsAvailable).toBe(5);
    const outcome = await session.change({ hasEnded: true, displayName: 'over' });
    const ended = await session.read();
    expect(outcome).toEqual({ kind: 'changed', session: ended });
    expect(ended).toEqual({
      ...before,
      hasEnded: true,
      displayName: 'over',
      seatsAvailable: 6,
      etag: expect.any(String),
    });
    expect(rosterOf(ended)).toEqual(['ada', 'bob', '(zoe)']);
    session.clock.turn(minute);
    expect(await session.read()).toEqual(ended);
  });

  test('is for good: nothing changes any more, whatever is asked and however often', async () => {
    await session.change({ hasEnded: true });
    const ended = await session.read();
    const changes: readonly Change[] = [
      {},
      { variant: 1 },
      { hasEnded: false },
      { hasEnded: true },
      { maxPlayers: 2 },
    ];
    for (const change of changes) {
      expect(await session.change(change)).toEqual({ kind: 'ended', session: ended });
      expect(await session.change(change, { ifMatch: ['0-0'] })).toEqual({ kind: 'ended', session: ended });
    }
    expect(await session.change({}, { caller: playerCaller('zoe') })).toMatchObject({ kind: 'not-allowed' });
    expect(await session.read()).toEqual(ended);
  });

  test('lets the table forget it 30 days later, and not before', async () => {
    expect(await item()).not.toHaveProperty('ttl');
    await session.change({ hasEnded: true });
    expect(await item()).toMatchObject({
      st: 'TERMINATED',
      fs: `TERMINATED#${someTime}`,
      end: someTime,
      ttl: Math.ceil((someTime + usualRetention) / 1_000),
    });
  });

  test('of a closed session leaves it closed, and of an open one open', async () => {
    await session.change({ isClosed: true, hasEnded: true });
    expect(await session.read()).toMatchObject({ isClosed: true, hasEnded: true });
  });
});

describe('the index by which strangers find sessions', () => {
  test('has those alone that are visible to everyone, not closed and not over', async () => {
    const isListed = async () => (await item())?.['f'] !== undefined;
    const steps: readonly [change: Change, listed: boolean][] = [
      [{}, false],
      [{ visibility: 'Everyone' }, true],
      [{ maxPlayers: 2 }, true],
      [{ isClosed: true }, false],
      [{ variant: 3 }, false],
      [{ isClosed: false }, true],
      [{ visibility: 'PlayersEverInSession' }, false],
      [{ visibility: 'Everyone', isClosed: true }, false],
      [{ isClosed: false }, true],
      [{ hasEnded: true }, false],
    ];
    for (const [change, listed] of steps) {
      await session.change(change);
      expect({ change, listed: await isListed() }).toEqual({ change, listed });
    }
  });
});
