import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import type { ListPage } from '#lib/page.ts';
import type { Change } from '#lib/rosters/change-session.ts';
import { rosterKeyLength, rosterKeyOf, rosterPlayerHash, titleHash, tokenOf } from '#lib/rosters/ids.ts';
import { listOpenSessions, listSessionsOf, type SessionState } from '#lib/rosters/list.ts';
import type { OpenPlace, SessionPlace } from '#lib/rosters/places.ts';
import { type SessionSummary, summaryOf } from '#lib/rosters/rostered-session.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import { fleetShards, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { putRosterRecord } from '#lib/table/rostered-records.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';
import {
  playerCaller,
  RosterUnderTest,
  someTime,
  someTitle,
  titleCaller,
  type Wanted,
  xuidOf,
} from './roster-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** All pages of a list, one after the other. */
async function pagesOf<Item, Place>(
  read: (from: Place | undefined) => Promise<ListPage<Item, Place>>,
): Promise<readonly (readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let from: Place | undefined;
  do {
    const page: ListPage<Item, Place> = await read(from);
    pages.push(page.items);
    from = page.next;
  } while (from !== undefined);
  return pages;
}

const namesOf = (sessions: readonly SessionSummary[]) => sessions.map(({ displayName }) => displayName);

const forgedKey = 'Z'.repeat(rosterKeyLength);

describe('the sessions of a player', () => {
  /** What each session is like by its name, in the order in which ada first came in. */
  const wanted: readonly (Wanted & { readonly displayName: string })[] = [
    { displayName: 'left', variant: 7 },
    { displayName: 'for everyone', visibility: 'Everyone', variant: 7 },
    { displayName: 'over', visibility: 'Everyone' },
    { displayName: 'for those who were in', visibility: 'PlayersEverInSession' },
    { displayName: 'of ada', creator: 'ada' },
    { displayName: 'with bob' },
    { displayName: 'left and come back' },
    { displayName: 'of bob', creator: 'bob', variant: 7 },
  ];
  const newestFirst = wanted.map(({ displayName }) => displayName).toReversed();

  beforeAll(async () => {
    for (const [i, one] of wanted.entries()) {
      const session = await RosterUnderTest.open(table, one);
      session.clock.turn(1_000 * i);
      await session.join('ada');
      if (one.displayName.startsWith('left')) await session.remove('ada');
      if (one.displayName === 'with bob') await session.join('bob');
      if (one.displayName === 'for those who were in') {
        await session.join('bob');
        await session.remove('bob');
      }
      if (one.displayName === 'over') await session.change({ hasEnded: true });
      session.clock.turn(60_000);
      if (one.displayName === 'left and come back') await session.join('ada');
    }
    // Invited players have not come in.
    const invited = await RosterUnderTest.open(table, { visibility: 'Everyone', displayName: 'invited' });
    await invited.hold(['ada']);
    const elsewhere = await RosterUnderTest.open(table, { titleId: someTitle + 1, visibility: 'Everyone' });
    await elsewhere.join('ada');
  });

  type Filter = { readonly caller?: string; readonly state?: SessionState; readonly variant?: number };
  const list = (limit: number, { caller, state = 'any', variant }: Filter = {}) =>
    pagesOf((from: SessionPlace | undefined) =>
      listSessionsOf(
        { table, now: someTime + 3_600_000 },
        {
          caller: caller === undefined ? titleCaller() : playerCaller(caller),
          xuid: xuidOf('ada'),
          state,
          variant,
        },
        limit,
        from,
      ),
    );

  test.each([1, 2, 3, 7, 8, 9])(
    'come once each, %i to a page, those that he came into last first',
    async (limit) => {
      const pages = await list(limit);
      expect(namesOf(pages.flat())).toEqual(newestFirst);
      for (const page of pages.slice(0, -1)) expect(page.length).toBe(limit);
    },
  );

  test('are shown as they stand now', async () => {
    const session = await RosterUnderTest.open(table);
    await session.join('kim');
    await session.change({ displayName: 'Renamed', hasEnded: true });
    const wanted = { caller: titleCaller(), xuid: xuidOf('kim'), state: 'any', variant: undefined } as const;
    const { items } = await listSessionsOf({ table, now: session.clock.now() }, wanted, 10, undefined);
    expect(items).toEqual([summaryOf(await session.read())]);
    expect(items).toMatchObject([{ displayName: 'Renamed', hasEnded: true }]);
  });

  test.each<[what: string, filter: Filter, names: readonly string[]]>([
    ['that go on', { state: 'current' }, newestFirst.filter((name) => name !== 'over')],
    ['that have ended', { state: 'ended' }, ['over']],
    ['of one variant', { variant: 7 }, ['of bob', 'for everyone', 'left']],
    ['of one variant that have ended', { variant: 7, state: 'ended' }, []],
    ['of his own', { caller: 'ada' }, newestFirst.filter((name) => name !== 'left')],
    [
      'that another player may see',
      { caller: 'bob' },
      ['of bob', 'with bob', 'for those who were in', 'over', 'for everyone'],
    ],
    ['that a stranger may see', { caller: 'a stranger' }, ['over', 'for everyone']],
  ])('%s come alone, whatever the page', async (_, filter, names) => {
    for (const limit of [1, 3, 100]) expect(namesOf((await list(limit, filter)).flat())).toEqual(names);
  });

  test('do not have that among them which he has joined in another title', async () => {
    const caller = titleCaller(someTitle + 1);
    const wanted = { caller, xuid: xuidOf('ada'), state: 'any', variant: undefined } as const;
    const { items } = await listSessionsOf({ table, now: someTime }, wanted, 10, undefined);
    expect(items.map(({ titleId }) => titleId)).toEqual([someTitle + 1]);
  });

  test('do not have those among them whose record leads to a session that does not know him, or to none', async () => {
    const session = await RosterUnderTest.open(table, { visibility: 'Everyone' });
    for (const sessionKey of [rosterKeyOf(session.address.sessionId), forgedKey]) {
      const record = {
        token: tokenOf(xuidOf('ada')),
        playerHash: rosterPlayerHash(someTitle, xuidOf('ada')),
        at: someTime + 500_000,
      };
      await sendPut(table, putRosterRecord(sessionKey, record, someTime));
    }
    for (const limit of [1, 100]) expect(namesOf((await list(limit)).flat())).toEqual(newestFirst);
  });

  test.each<[what: string, from: SessionPlace, names: readonly string[]]>([
    ['behind all of them', { sessionKey: forgedKey, at: someTime - 1 }, []],
    ['before all of them', { sessionKey: forgedKey, at: someTime + 900_000 }, newestFirst],
    ['between two of them', { sessionKey: forgedKey, at: someTime + 1_500 }, newestFirst.slice(-2)],
    ['at no time at all', { sessionKey: forgedKey, at: 0 }, []],
  ])('go on from a place that nobody was given, %s', async (_, from, names) => {
    const wanted = { caller: titleCaller(), xuid: xuidOf('ada'), state: 'any', variant: undefined } as const;
    const { items } = await listSessionsOf({ table, now: someTime }, wanted, 100, from);
    expect(namesOf(items)).toEqual(names);
  });

  test('of a player whom nobody knows are one empty page', async () => {
    const wanted = {
      caller: titleCaller(),
      xuid: xuidOf('nobody'),
      state: 'any',
      variant: undefined,
    } as const;
    expect(await listSessionsOf({ table, now: someTime }, wanted, 10, undefined)).toEqual({
      items: [],
      next: undefined,
    });
  });
});

describe('the sessions of a player, most of which are hidden from strangers,', () => {
  /** In the order in which lea first came in: more hidden ones than a page's stretches are the newest, and one is the oldest. */
  const hidden = (count: number) => Array.from({ length: count }, () => 'hidden');
  const names = [...hidden(1), 'first', ...hidden(2), 'second', 'third', ...hidden(24)];
  const newestFirst = names.toReversed();
  const shown = ['third', 'second', 'first'];
  const keys = new Map<string, string>();
  const timeOf = (name: string) => someTime + 1_000 * names.indexOf(name);

  beforeAll(async () => {
    for (const [i, displayName] of names.entries()) {
      const visibility = displayName === 'hidden' ? 'PlayersEverInSession' : 'Everyone';
      const session = await RosterUnderTest.open(table, { displayName, visibility });
      session.clock.turn(1_000 * i);
      await session.join('lea');
      keys.set(session.address.sessionId, rosterKeyOf(session.address.sessionId));
    }
  });

  const listFor =
    (caller: Caller, limit: number, name = 'lea') =>
    (from: SessionPlace | undefined) =>
      listSessionsOf(
        { table, now: someTime },
        { caller, xuid: xuidOf(name), state: 'any', variant: undefined },
        limit,
        from,
      );
  const stranger = playerCaller('a stranger');

  test.each([1, 2, 3, 24, 25, 50, 100])(
    'are shown to a stranger as far as they are not, and to her and the title whole, %i to a page',
    async (limit) => {
      expect(namesOf((await pagesOf(listFor(stranger, limit))).flat())).toEqual(shown);
      for (const caller of [playerCaller('lea'), titleCaller()]) {
        const pages = await pagesOf(listFor(caller, limit));
        expect(namesOf(pages.flat())).toEqual(newestFirst);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }
    },
  );

  test.each<[where: string, from: SessionPlace | undefined, names: readonly string[]]>([
    ['the beginning', undefined, shown],
    ['a place before all of them', { sessionKey: forgedKey, at: someTime + 900_000 }, shown],
    ['a place among the newest', { sessionKey: forgedKey, at: someTime + 20_500 }, shown],
    ['a place right before one', { sessionKey: forgedKey, at: timeOf('second') + 500 }, ['second', 'first']],
    ['a place right behind the last one', { sessionKey: forgedKey, at: timeOf('first') - 500 }, []],
    ['a place behind all of them', { sessionKey: forgedKey, at: 0 }, []],
  ])(
    'lead a stranger from %s to places behind sessions that he was shown, and to no other',
    async (_, from, all) => {
      for (const limit of [1, 2, 3, 100]) {
        const found: SessionSummary[] = [];
        for (let place = from, isFirst = true; isFirst || place !== undefined; isFirst = false) {
          const { items, next }: ListPage<SessionSummary, SessionPlace> = await listFor(
            stranger,
            limit,
          )(place);
          found.push(...items);
          const last = items.at(-1);
          if (next !== undefined) {
            const at = timeOf(last?.displayName ?? '');
            expect(next).toEqual({ sessionKey: keys.get(last?.sessionId ?? ''), at });
          }
          place = next;
        }
        expect(namesOf(found)).toEqual(all);
      }
    },
  );

  test('end for a stranger before a thousand that are hidden, whatever the page, and for nobody else', async () => {
    const [old, recent] = [
      await RosterUnderTest.open(table, { displayName: 'old', visibility: 'Everyone' }),
      await RosterUnderTest.open(table, { displayName: 'recent', visibility: 'Everyone' }),
    ];
    await old.join('mia');
    recent.clock.turn(2_000);
    await recent.join('mia');
    const record = { token: tokenOf(xuidOf('mia')), playerHash: rosterPlayerHash(someTitle, xuidOf('mia')) };
    const puts = Array.from({ length: 1_000 }, (_, i) => {
      const { Item } = putRosterRecord(
        rosterKeyOf(`hidden ${i}`),
        { ...record, at: someTime + 1 + i },
        someTime,
      );
      return { PutRequest: { Item } };
    });
    const put = (some: typeof puts) =>
      table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: some } }));
    for (let i = 0; i < 999; i += 25) await put(puts.slice(i, Math.min(i + 25, 999)));
    const pages = async (caller: Caller, limit: number) =>
      (await pagesOf(listFor(caller, limit, 'mia'))).flatMap(namesOf);
    expect(await pages(stranger, 1)).toEqual(['recent', 'old']);
    await put(puts.slice(999));
    for (const limit of [1, 100]) {
      const read = listFor(stranger, limit, 'mia');
      const { items, next } = await read(undefined);
      expect(namesOf(items)).toEqual(['recent']);
      expect(next).toEqual({ sessionKey: rosterKeyOf(recent.address.sessionId), at: someTime + 2_000 });
      expect(await read(next)).toEqual({ items: [], next: undefined });
    }
    expect(await pages(playerCaller('mia'), 100)).toEqual(['recent', 'old']);
  });
});

describe('the open sessions of a title', () => {
  const titleId = someTitle + 2;
  const open = Array.from({ length: 20 }, (_, i) => `open ${i}`);
  const ofVariant = open.slice(0, 6);
  const now = someTime + 60_000;

  beforeAll(async () => {
    const usual = { titleId, visibility: 'Everyone', maxPlayers: 2 } as const;
    for (const displayName of open) {
      const variant = ofVariant.includes(displayName) ? 7 : 0;
      await RosterUnderTest.open(table, { ...usual, displayName, variant });
    }
    for (const visibility of ['PlayersCurrentlyInSession', 'PlayersEverInSession'] as const) {
      await RosterUnderTest.open(table, { ...usual, visibility, displayName: visibility });
    }
    await RosterUnderTest.open(table, { ...usual, isClosed: true, displayName: 'closed' });
    const ended = await RosterUnderTest.open(table, { ...usual, displayName: 'over' });
    await ended.change({ hasEnded: true }, { caller: titleCaller(titleId) });
    await RosterUnderTest.open(table, { ...usual, titleId: titleId + 1, displayName: 'elsewhere' });
    const full = await RosterUnderTest.open(table, { ...usual, displayName: 'full' });
    await full.join('ada', 'bob');
    const held = await RosterUnderTest.open(table, { ...usual, displayName: 'held' });
    await held.hold(['ada', 'bob'], 60_001);
  });

  const listed = (from?: OpenPlace, limit = 100, variant?: number, at = now) =>
    listOpenSessions({ table, now: at }, { titleId, variant }, limit, from);
  const list = (limit: number, variant?: number) =>
    pagesOf((from: OpenPlace | undefined) => listed(from, limit, variant));
  const sortedNames = (sessions: readonly SessionSummary[]) => namesOf(sessions).toSorted();

  test('lie in several shards, so that no one partition carries all writes', async () => {
    const items = await contentsOf(table);
    const shards = items.flatMap(({ f }) =>
      typeof f === 'string' && f.startsWith(`${titleHash(titleId)}#`) ? [f] : [],
    );
    expect(new Set(shards).size).toBeGreaterThan(4);
    // The open ones, the full one and the one whose seats are held: the others cost nothing there.
    expect(shards).toHaveLength(open.length + 2);
  });

  test.each([1, 2, 7, 19, 20, 21])(
    'come once each, %i to a page, and full ones are passed over',
    async (limit) => {
      const pages = await list(limit);
      expect(sortedNames(pages.flat())).toEqual(open.toSorted());
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
    },
  );

  test('of one variant come alone', async () => {
    for (const limit of [1, 4, 100])
      expect(sortedNames((await list(limit, 7)).flat())).toEqual(ofVariant.toSorted());
  });

  test('have those among them again whose held seats have lapsed', async () => {
    const { items } = await listed(undefined, 100, undefined, now + 1);
    expect(sortedNames(items)).toEqual([...open, 'held'].toSorted());
  });

  test.each<[what: string, change: Change]>([
    ['closed', { isClosed: true }],
    ['hidden', { visibility: 'PlayersCurrentlyInSession' }],
    ['ended', { hasEnded: true }],
  ])(
    'are passed over that somebody has %s a moment ago, though the index still has them',
    async (_, change) => {
      const other = someTitle + 4;
      const session = await RosterUnderTest.open(table, { titleId: other, visibility: 'Everyone' });
      const key = sessionItemKey(rosterKeyOf(session.address.sessionId));
      const indexed = await getItem(table, key);
      await session.change(change, { caller: titleCaller(other) });
      await sendPut(table, { Item: { ...(await getItem(table, key)), f: indexed?.['f'] } });
      const { items } = await listOpenSessions(
        { table, now },
        { titleId: other, variant: undefined },
        10,
        undefined,
      );
      expect(items).toEqual([]);
    },
  );

  test('come shard by shard', async () => {
    const { items } = await listed();
    const shardOf = ({ sessionId }: SessionSummary) =>
      (rosterKeyOf(sessionId).codePointAt(0) ?? 0) % fleetShards;
    expect(items.map(shardOf)).toEqual(items.map(shardOf).toSorted());
  });

  test.each<[what: string, from: OpenPlace, count: (all: number) => number]>([
    ['at the beginning', { shard: 0, behind: null }, (all) => all],
    ['behind the last one', { shard: fleetShards - 1, behind: { sessionKey: forgedKey, at: now } }, () => 0],
    ['before the first one', { shard: 0, behind: { sessionKey: forgedKey, at: 0 } }, (all) => all],
  ])('go on from a place that nobody was given, %s', async (_, from, count) => {
    expect((await listed(from)).items).toHaveLength(count(open.length));
  });

  test('of a title without any are one empty page', async () => {
    const wanted = { titleId: 1, variant: undefined };
    expect(await listOpenSessions({ table, now }, wanted, 10, undefined)).toEqual({
      items: [],
      next: undefined,
    });
  });
});
