import { describe, expect, test } from 'vitest';
import { parseSort, type Sort } from '#lib/search/sort.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { searchSorted } from '#lib/sessions/search-sorted.ts';
import { countUtilization } from '#lib/sessions/utilization.ts';
import { openTable } from '#lib/table/client.ts';
import { Clock } from '#test/support/clock.ts';
import { localDynamoDb } from '#test/support/table.ts';
import { type StubFleet, stubFleetId, stubTable } from './stub-fleet.ts';

const sortBy = (expression: string): Sort => {
  const sort = parseSort(expression);
  if (sort.kind === 'bad') throw new Error(sort.message);
  return sort;
};

/** A fleet in the stub table, and a search that sorts it. */
function stub(fleet: StubFleet) {
  const { table, calls } = stubTable(fleet);
  const clock = new Clock(1_000_000);
  const recentSearches = new RecentSearches(clock.now);
  const read = (fleetId = stubFleetId) => recentSearches.search(table, fleetId, async (sessions) => sessions);
  const sorted = (expression: string, fleetId = stubFleetId) =>
    searchSorted(
      { table, recentSearches, now: clock.now() },
      { fleetId, location: undefined, filter: undefined, sort: sortBy(expression), gameSessionId: () => '' },
      20,
      undefined,
    );
  return { table, calls, clock, recentSearches, read, sorted };
}

describe('what is remembered of fleets', () => {
  test('serves for a second, and then is read anew', async () => {
    const { calls, clock, read } = stub({ sessionsInPage: 1, pages: 1 });
    const queriesAfter = async (milliseconds: number) => {
      clock.turn(milliseconds);
      await read();
      return calls.get('Query');
    };
    expect([await queriesAfter(0), await queriesAfter(999), await queriesAfter(1)]).toEqual([8, 8, 16]);
    expect([await queriesAfter(999), await queriesAfter(1)]).toEqual([16, 24]);
  });

  test('serves for a second from when it was done, however long that took', async () => {
    const { table, calls, clock, recentSearches, read } = stub({ sessionsInPage: 1, pages: 1 });
    await recentSearches.search(table, stubFleetId, async () => clock.turn(5_000));
    clock.turn(999);
    await read();
    expect(calls.get('Query')).toBe(8);
  });

  test('is read once where several ask at the same time', async () => {
    const { calls, read } = stub({ sessionsInPage: 1, pages: 1 });
    const answers = await Promise.all([read(), read(), read()]);
    expect(answers.map((sessions) => sessions?.length)).toEqual([8, 8, 8]);
    expect(calls.get('Query')).toBe(8);
  });

  test('never is more than 20,000 sessions, whichever fleets they are in', async () => {
    const { recentSearches, read } = stub({ sessionsInPage: 800, pages: 1 });
    const sizes: number[] = [];
    for (const fleetId of ['fleet-1', 'fleet-2', 'fleet-3', 'fleet-4', 'fleet-5']) {
      await read(fleetId);
      sizes.push(recentSearches.size);
    }
    expect(sizes).toEqual([6_400, 12_800, 19_200, 19_200, 19_200]);
  });

  test('goes when its second is over', async () => {
    const { clock, recentSearches, read } = stub({ sessionsInPage: 10, pages: 1 });
    for (const fleetId of ['fleet-1', 'fleet-2']) await read(fleetId);
    expect(recentSearches.size).toBe(160);
    clock.turn(1_000);
    await read('fleet-3');
    expect(recentSearches.size).toBe(80);
  });

  test('goes too when a player joins after its second', async () => {
    const { clock, recentSearches, read } = stub({ sessionsInPage: 1, pages: 1 });
    await read();
    clock.turn(1_000);
    recentSearches.joined(stubFleetId, 'any');
    expect(recentSearches.size).toBe(0);
  });

  test('gains no more than the last 1,000 sessions that were written', async () => {
    const { recentSearches, read } = stub({ sessionsInPage: 0, pages: 1 });
    for (let number = 0; number < 1_100; number++) {
      recentSearches.changed(stubFleetId, String(number).padStart(18, '0'));
    }
    expect(await read()).toHaveLength(1_000);
  });

  test('is nothing where the reading failed', async () => {
    const { recentSearches, read } = stub({ sessionsInPage: 1, pages: 1 });
    const broken = openTable('stub', localDynamoDb('http://127.0.0.1:1'));
    const never = () => Promise.reject(new Error('There are no sessions'));
    await expect(recentSearches.search(broken, stubFleetId, never)).rejects.toThrow('ECONNREFUSED');
    expect(await read()).toHaveLength(8);
  });
});

test('sessions of a fleet that shares the hash of the one that is searched are not shown', async () => {
  const { sorted, recentSearches } = stub({ sessionsInPage: 1, pages: 1 });
  expect(await sorted('gameSessionName ASC', 'fleet-other')).toEqual({
    kind: 'found',
    page: { items: [], next: undefined },
  });
  expect(recentSearches.size).toBe(8);
});

describe('a fleet is too large to be sorted or counted', () => {
  test.each<[string, StubFleet]>([
    ['with more than 10,000 sessions', { sessionsInPage: 1_251, pages: 1 }],
    ['with sessions so large that they fill more than eight pages a shard', { sessionsInPage: 1 }],
  ])('%s, and nothing of it is kept', async (_, fleet) => {
    const { table, calls, clock, recentSearches, sorted } = stub(fleet);
    expect(await sorted('gameSessionName ASC')).toEqual({ kind: 'too-many' });
    const where = { fleetId: stubFleetId, location: 'custom-any' };
    expect(await countUtilization({ table, recentSearches, now: clock.now() }, where)).toEqual({
      kind: 'too-many',
    });
    expect(recentSearches.size).toBe(0);
    expect(calls.get('Query')).toBeLessThanOrEqual(8 * 8);
  });

  test('and not yet with 10,000', async () => {
    const { sorted } = stub({ sessionsInPage: 1_250, pages: 1 });
    expect(await sorted('gameSessionName ASC')).toMatchObject({ kind: 'found' });
  });

  test('with more than 300,000 players, when it is sorted by what they make of it', async () => {
    const { sorted } = stub({ sessionsInPage: 200, pages: 1, players: 200 });
    expect(await sorted('playerSessionCount ASC')).toEqual({ kind: 'too-many' });
    expect(await sorted('gameSessionName ASC')).toMatchObject({ kind: 'found' });
  });
});
