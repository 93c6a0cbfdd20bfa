import { beforeAll, beforeEach, expect, test } from 'vitest';
import { describePlayer } from '#lib/rosters/describe-player.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import {
  joiner,
  playerCaller,
  RosterUnderTest,
  someTitle,
  titleCaller,
  xuidOf,
} from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

const cards = Uint8Array.of(1, 2, 3);

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(table, { creator: 'max' });
  await session.join('ada', joiner('bob', cards), 'zoe');
  await session.remove('zoe');
});

test.each([
  ['himself', playerCaller('bob')],
  ['the title', titleCaller()],
])('the custom data of a player who is in is changed by %s, and nothing else is', async (_, caller) => {
  const before = await session.read();
  for (const customData of [Uint8Array.of(4), new Uint8Array(), undefined, cards]) {
    const bob = { ...before.roster[1], customData };
    expect(await session.describe('bob', customData, caller)).toEqual({ kind: 'described', player: bob });
    const after = await session.read();
    expect(after).toEqual({
      ...before,
      roster: before.roster.with(1, after.roster[1] ?? bobless()),
      etag: after.etag,
    });
    expect(after.roster[1]).toEqual(bob);
    expect(after.etag).not.toBe(before.etag);
  }
});

const bobless = (): never => {
  throw new Error('bob has left the roster');
};

test('a player changes the custom data of nobody else, whoever that is', async () => {
  const before = await session.read();
  for (const name of ['bob', 'zoe', 'a stranger']) {
    for (const caller of ['ada', 'max'])
      expect(await session.describe(name, cards, playerCaller(caller))).toEqual({
        kind: 'not-allowed',
        reason: 'Players change their own custom data alone.',
      });
  }
  expect(await session.read()).toEqual(before);
});

test.each([
  ['has left', 'zoe', { kind: 'not-allowed', reason: 'The player is not in the session now.' }],
  ['was invited and has never come in', 'eve', { kind: 'no-player' }],
  ['has never been in', 'a stranger', { kind: 'no-player' }],
])('there is nothing to change of a player who %s', async (_, name, refusal) => {
  await session.hold(['eve']);
  const before = await session.read();
  for (const caller of [titleCaller(), playerCaller(name)]) {
    expect(await session.describe(name, cards, caller)).toEqual(refusal);
  }
  expect(await session.read()).toEqual(before);
});

test('nothing is changed of players of a session that has ended, or is not there', async () => {
  await session.change({ hasEnded: true });
  const before = await session.read();
  expect(await session.describe('ada', cards)).toEqual({ kind: 'ended', session: before });
  expect(await session.read()).toEqual(before);

  const other = { ...session.address, titleId: someTitle + 1 };
  const context = { table, now: session.clock.now() };
  const described = { xuid: xuidOf('ada'), customData: cards };
  expect(await describePlayer(context, other, titleCaller(other.titleId), described)).toEqual({
    kind: 'not-found',
  });
});
