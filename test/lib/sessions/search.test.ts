import { beforeAll, describe, expect, test } from 'vitest';
import { parseFilter } from '#lib/search/filter.ts';
import { parseSort } from '#lib/search/sort.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession, type Wanted } from '#lib/sessions/open.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { searchSessions } from '#lib/sessions/search.ts';
import { searchSorted } from '#lib/sessions/search-sorted.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { unlist } from '#lib/table/session-requests.ts';
import { Clock } from '#test/support/clock.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { stubFleetId, stubTable } from './stub-fleet.ts';

const now = 1_700_000_000_000;
const sessions = 60;

let table: Table;
let wire: DynamoDbWire;

beforeAll(async () => {
  ({ table, wire } = await newTable());
  for (let number = 0; number < sessions; number++) {
    await open('fleet-1', number, { properties: [{ key: 'tenth', value: String(number % 10) }] });
  }
  wire.count();
});

async function open(fleetId: string, number: number, wanted: Partial<Wanted> = {}): Promise<void> {
  const id = `session-${number}`;
  const session = { fleetId, location: 'custom-test', id, capacity: 4, name: id, ...wanted };
  const outcome = await openSession({ table, now }, sessionKeyOf(`${fleetId}/${id}`), session);
  if (outcome.kind !== 'opened') throw new Error(`The session is ${outcome.kind}`);
}

function searchOf(fleetId: string, expression?: string) {
  const filter = expression === undefined ? undefined : parseFilter(expression);
  if (filter?.kind === 'bad') throw new Error(filter.message);
  return { fleetId, location: undefined, filter, gameSessionId: ({ id }: { id: string }) => id };
}

const unsorted = (fleetId: string, expression?: string, limit = 20) =>
  searchSessions({ table, now, random: () => 0 }, searchOf(fleetId, expression), limit, undefined);

async function sorted(fleetId: string, sortExpression: string, expression?: string, limit = 20) {
  const sort = parseSort(sortExpression);
  if (sort.kind === 'bad') throw new Error(sort.message);
  const context = { table, now, recentSearches: new RecentSearches(() => now) };
  const outcome = await searchSorted(context, { ...searchOf(fleetId, expression), sort }, limit, undefined);
  if (outcome.kind !== 'found') throw new Error(`The fleet has ${outcome.kind} sessions`);
  return outcome.page;
}

/** Of how many sessions the ledgers have been read since the last count. */
function ledgersRead(): number {
  const bodies = wire.sent.map(({ body }) => body).join();
  wire.count();
  return [...bodies.matchAll(/"sk":\{"S":"SESSION"\}/g)].length;
}

const tenth = "gameSessionProperties.tenth = '3'";

describe('ledgers are read', () => {
  test('of the sessions alone that can match', async () => {
    expect((await unsorted('fleet-1', `${tenth} AND hasAvailablePlayerSessions = true`)).items).toHaveLength(
      6,
    );
    expect(ledgersRead()).toBe(6);
    await sorted('fleet-1', 'playerSessionCount ASC', `${tenth} AND hasAvailablePlayerSessions = true`);
    expect(ledgersRead()).toBe(6);
  });

  test('of as many sessions as the page has room for, where all of them match', async () => {
    await unsorted('fleet-1', undefined, 5);
    expect(ledgersRead()).toBe(5);
    await sorted('fleet-1', 'creationTimeMillis DESC', undefined, 5);
    expect(ledgersRead()).toBe(5);
  });

  test('of all sessions that may match, where they are sorted by what only a ledger knows', async () => {
    await sorted('fleet-1', 'maximumSessions ASC', undefined, 5);
    expect(ledgersRead()).toBe(sessions);
  });

  test('at half the price: neither consistently nor twice', async () => {
    await sorted('fleet-1', 'maximumSessions ASC');
    const consistent = wire.sent.filter(({ body }) => body.includes('"ConsistentRead":true'));
    expect(consistent).toEqual([]);
    expect(ledgersRead()).toBe(sessions);
  });
});

test.each([
  [0, 14_000, 16_000],
  [200, 1_000, 2_000],
])(
  'a search that matches nothing reads so many sessions with %i players: %i to %i',
  async (players, least, most) => {
    const stub = stubTable({ sessionsInPage: 1_000, players });
    const search = searchOf(stubFleetId, 'playerSessionCount > 200');
    const page = await searchSessions({ table: stub.table, now, random: () => 0 }, search, 20, undefined);
    expect(page).toMatchObject({ items: [], next: expect.anything() });
    expect(stub.ledgersRead()).toBeGreaterThan(least);
    expect(stub.ledgersRead()).toBeLessThan(most);
  },
);

test.each(['unsorted', 'sorted'])('a page ends when its sessions get too large: %s', async (kind) => {
  const fleetId = `fleet-large-${kind}`;
  for (let number = 0; number < 12; number++) await open(fleetId, number, { data: 'x'.repeat(390_000) });
  const page = kind === 'sorted' ? await sorted(fleetId, 'gameSessionName ASC') : await unsorted(fleetId);
  expect(page.next).toBeDefined();
  expect(page.items.length).toBeGreaterThan(5);
  expect(page.items.length).toBeLessThan(12);
  expect(page.items[0]?.data).toHaveLength(390_000);
});

test('a session that this process has written is found for 5 s although the index does not show it', async () => {
  const clock = new Clock(now);
  const recentSearches = new RecentSearches(clock.now);
  await open('fleet-lag', 1);
  const sessionKey = sessionKeyOf('fleet-lag/session-1');
  await sendUpdate(table, unlist(sessionKey, now));
  const found = () => recentSearches.search(table, 'fleet-lag', async (sessions) => sessions?.length);
  expect(await found()).toBe(0);
  recentSearches.changed('fleet-lag', sessionKey);
  expect(await found()).toBe(1);
  clock.turn(4_999);
  expect(await found()).toBe(1);
  clock.turn(1_000);
  expect(await found()).toBe(0);
});
