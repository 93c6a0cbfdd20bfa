import { beforeAll, describe, expect, test } from 'vitest';
import type { ListPage } from '#lib/page.ts';
import { end } from '#lib/sessions/end.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { fleetHash, playerHash, sessionKeyOf } from '#lib/sessions/ids.ts';
import {
  listGameSessions,
  listPlayerSessions,
  listPlayerSessionsOf,
  type Place,
} from '#lib/sessions/list.ts';
import { openSession } from '#lib/sessions/open.ts';
import type { PlayerSession, PlayerSessionStatus } from '#lib/sessions/player-session.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { reservationTime, reserve } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import { fleetShards } from '#lib/table/keys.ts';
import { putPlayer } from '#lib/table/player-requests.ts';
import type { Position } from '#lib/table/reads.ts';
import type { SessionStatus } from '#lib/table/session-item.ts';
import { putPayload, putSession } from '#lib/table/session-requests.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';
import { request, SessionUnderTest, someTime, tokensOf } from './session-under-test.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** All pages of a list, one after the other. */
async function pagesOf<Item, Where>(
  read: (from: Where | undefined) => Promise<ListPage<Item, Where> | undefined>,
): Promise<readonly (readonly Item[])[]> {
  const pages: (readonly Item[])[] = [];
  let from: Where | undefined;
  do {
    const page: ListPage<Item, Where> | undefined = await read(from);
    if (page === undefined) throw new Error('There is no such list');
    pages.push(page.items);
    from = page.next;
  } while (from !== undefined);
  return pages;
}

/** Limits for a list of so many: each up to a few more than all. */
const limitsUpTo = (count: number): readonly number[] => Array.from({ length: count + 2 }, (_, i) => i + 1);

const byText = (one: string, other: string): number => (one < other ? -1 : 1);

describe('the game sessions of a fleet', () => {
  const fleetId = 'fleet-1';
  const ids = Array.from({ length: 24 }, (_, number) => `gsess-${number}`);
  const ended = ids.slice(0, 5);
  const elsewhere = ids.slice(3, 10);
  const locationOf = (id: string) => (elsewhere.includes(id) ? 'custom-2' : 'custom-1');
  const keyOf = (id: string) => sessionKeyOf(`${fleetId}/${locationOf(id)}/${id}`);

  beforeAll(async () => {
    for (const id of ids) {
      const wanted = { fleetId, location: locationOf(id), id, capacity: 4 };
      await openSession({ table, now: someTime }, keyOf(id), wanted);
    }
    const context = { table, recentlyFull: new RecentlyFull(), now: someTime, retention: usualRetention };
    for (const id of ended) await end(context, keyOf(id), { reason: 'FORCE_TERMINATED', requestToken: id });

    const other = { fleetId: 'fleet-other', location: 'custom-1', id: 'gsess-other', capacity: 4 };
    await openSession({ table, now: someTime }, sessionKeyOf('other'), other);
  });

  const list = (
    limit: number,
    filter: { location?: string; status?: SessionStatus } = {},
  ): Promise<readonly (readonly GameSession[])[]> =>
    pagesOf((from: Place | undefined) =>
      listGameSessions(
        { table, now: someTime },
        { fleetId, location: filter.location, status: filter.status },
        limit,
        from,
      ),
    );
  const listed = (pages: readonly (readonly GameSession[])[]) =>
    pages
      .flat()
      .map(({ id }) => id)
      .toSorted(byText);

  test('lie in all shards, so that no one partition carries all writes', async () => {
    const items = await contentsOf(table);
    const shards = items.flatMap(({ f }) =>
      typeof f === 'string' && f.startsWith(fleetHash(fleetId)) ? [f] : [],
    );
    expect(new Set(shards).size).toBe(fleetShards);
  });

  test.each(limitsUpTo(24))('come once each, %i to a page', async (limit) => {
    const pages = await list(limit);
    expect(listed(pages)).toEqual(ids.toSorted(byText));
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
    // All pages but the last are full: nothing has been filtered out.
    for (const page of pages.slice(0, -1)) expect(page.length).toBe(limit);
  });

  test.each<[what: string, filter: Parameters<typeof list>[1], expected: readonly string[]]>([
    ['of one status', { status: 'TERMINATED' }, ended],
    ['of the other status', { status: 'ACTIVE' }, ids.slice(5)],
    ['of a status that none has', { status: 'ERROR' }, []],
    ['of one location', { location: 'custom-2' }, elsewhere],
    ['of a location that does not exist', { location: 'custom-3' }, []],
    ['of one status in one location', { status: 'TERMINATED', location: 'custom-2' }, ids.slice(3, 5)],
  ])('%s come alone, whatever the page', async (_, filter, expected) => {
    for (const limit of [1, 5, 100]) {
      expect(listed(await list(limit, filter))).toEqual(expected.toSorted(byText));
    }
  });

  test('are shown as they stand now', async () => {
    const [page = []] = await list(100, { status: 'TERMINATED', location: 'custom-2' });
    expect(page).toHaveLength(2);
    expect(page[0]).toMatchObject({
      fleetId,
      location: 'custom-2',
      status: 'TERMINATED',
      endReason: 'FORCE_TERMINATED',
      createdAt: someTime,
      endedAt: someTime,
      capacity: 4,
      heldSlots: 0,
    });
  });

  test('leave out those of another fleet whose name has the same hash', async () => {
    const [sessionKey, payload] = [
      sessionKeyOf('collides'),
      {
        fleetId: 'fleet-collides',
        fleetHash: fleetHash(fleetId),
        id: 'x',
        asked: 'hash',
        protection: 'NoProtection' as const,
        hasData: false,
        rev: 0,
      },
    ];
    await sendPut(table, putPayload(sessionKey, { ...payload, createdAt: someTime, lookAt: someTime }));
    const session = { sessionKey, status: 'ACTIVE', capacity: 1, createdAt: someTime } as const;
    const keys = { fleetHash: fleetHash(fleetId), reservationTime: undefined };
    await sendPut(table, putSession({ ...session, ...keys }));
    for (const limit of [1, 100]) expect(listed(await list(limit))).toEqual(ids.toSorted(byText));
  });

  test('of a fleet without any are one empty page', async () => {
    const wanted = { fleetId: 'fleet-empty', location: undefined, status: undefined };
    expect(await listGameSessions({ table, now: someTime }, wanted, 10, undefined)).toEqual({
      items: [],
      next: undefined,
    });
  });
});

describe('the player sessions of a game session', () => {
  let session: SessionUnderTest;
  const players = Array.from({ length: 12 }, (_, number) => `player ${number}`);
  const statusOf = new Map<string, PlayerSessionStatus>();

  beforeAll(async () => {
    session = await SessionUnderTest.open(table, 20);
    for (const [number, player] of players.entries()) {
      const joining = request(player);
      const [token = ''] = tokensOf(joining);
      // One who never comes, one who comes, one who comes and goes, and so on; the last three are still expected.
      if (number === 9) session.clock.turn(reservationTime);
      await session.reserve(joining);
      if (number < 9 && number % 3 > 0) await session.accept(token);
      if (number < 9 && number % 3 > 1) await session.release(token);
      const past = (['TIMEDOUT', 'ACTIVE', 'COMPLETED'] as const)[number % 3];
      statusOf.set(player, number < 9 && past ? past : 'RESERVED');
    }
  });

  const list = (
    limit: number,
    status?: PlayerSessionStatus,
  ): Promise<readonly (readonly PlayerSession[])[]> =>
    pagesOf((from: Position | undefined) =>
      listPlayerSessions({ table, now: session.clock.now() }, session.sessionKey, status, limit, from),
    );
  const listed = (pages: readonly (readonly PlayerSession[])[]) =>
    pages
      .flat()
      .map(({ playerId }) => playerId)
      .toSorted(byText);

  test.each(limitsUpTo(12))('come once each, %i to a page', async (limit) => {
    const pages = await list(limit);
    expect(listed(pages)).toEqual(players.toSorted(byText));
    for (const page of pages.slice(0, -1)) expect(page.length).toBe(limit);
  });

  test('are read by the clock', async () => {
    const statuses = (await list(100)).flat().map(({ playerId, status }) => [playerId, status] as const);
    expect(new Map(statuses)).toEqual(statusOf);
  });

  test.each(['RESERVED', 'ACTIVE', 'COMPLETED', 'TIMEDOUT'] as const)(
    'that are %s come alone, whatever the page',
    async (status) => {
      const expected = players.filter((player) => statusOf.get(player) === status);
      expect(expected).toHaveLength(3);
      for (const limit of [1, 2, 3, 4, 100]) {
        expect(listed(await list(limit, status))).toEqual(expected.toSorted(byText));
      }
    },
  );

  test('are not a list at all where there is no such session', async () => {
    const context = { table, now: session.clock.now() };
    expect(await listPlayerSessions(context, sessionKeyOf('none'), undefined, 10, undefined)).toBeUndefined();
  });
});

describe('the player sessions of a player', () => {
  const playerId = `a player with a long name${'.'.repeat(999)}`;
  const times = [3, 1, 2, 2, 2, 5, 4, 4].map((seconds) => someTime + seconds * 1_000);
  const now = someTime + 6_000;

  beforeAll(async () => {
    for (const [number, at] of times.entries()) {
      const session = await SessionUnderTest.open(table, 2);
      await reserve(
        { table, recentlyFull: new RecentlyFull(), now: at, random: Math.random },
        {
          sessionKey: session.sessionKey,
          sessionReference: session.reference,
          players: [{ playerId, playerData: `number ${number}` }],
          requestToken: 'the request',
          mayBeRetry: false,
        },
      );
    }
  });

  const list = (limit: number): Promise<readonly (readonly PlayerSession[])[]> =>
    pagesOf((from: Position | undefined) => listPlayerSessionsOf({ table, now }, playerId, limit, from));

  test.each(limitsUpTo(8))('come once each, the newest first, %i to a page', async (limit) => {
    const pages = await list(limit);
    const found = pages.flat();
    expect(found.map(({ createdAt }) => createdAt)).toEqual(times.toSorted((one, other) => other - one));
    expect(new Set(found.map(({ playerData }) => playerData)).size).toBe(8);
    for (const page of pages.slice(0, -1)) expect(page.length).toBe(limit);
  });

  test('are read by the ledger of each session and by the clock', async () => {
    const later = someTime + 2_000 + reservationTime;
    const { items } = await listPlayerSessionsOf({ table, now: later }, playerId, 100, undefined);
    expect(items.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 4 }, () => 'RESERVED'),
      ...Array.from({ length: 4 }, () => 'TIMEDOUT'),
    ]);
  });

  test('leave out those of a player whose id has the same hash', async () => {
    const session = await SessionUnderTest.open(table, 2);
    const stranger = {
      token: 'stranger',
      playerId: 'a stranger',
      playerData: undefined,
      sessionReference: session.reference,
      createdAt: now,
      deadline: now,
      acceptedAt: undefined,
      leftAt: undefined,
    };
    await sendPut(table, putPlayer(session.sessionKey, playerHash(playerId), stranger));
    for (const limit of [1, 3, 100]) {
      expect((await list(limit)).flat().map((player) => player.playerId)).toEqual(times.map(() => playerId));
    }
  });

  test('of a player whom nobody knows are one empty page', async () => {
    expect(await listPlayerSessionsOf({ table, now }, 'nobody', 10, undefined)).toEqual({
      items: [],
      next: undefined,
    });
  });
});
