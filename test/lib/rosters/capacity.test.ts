import * as v from 'valibot';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rosterKeyOf, tokenOf } from '#lib/rosters/ids.ts';
import { listOpenSessions, listSessionsOf } from '#lib/rosters/list.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { maximumRoster } from '#lib/table/rostered-requests.ts';
import { CapacityMeter } from '#test/support/capacity-meter.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import {
  create,
  joiner,
  playerCaller,
  RosterUnderTest,
  someTime,
  someTitle,
  titleCaller,
  type Wanted,
  xuidOf,
} from './roster-under-test.ts';

let table: Table;
let wire: DynamoDbWire;
let meter: CapacityMeter;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  meter = new CapacityMeter(table);
});
beforeEach(() => {
  bill();
});

/** The calls since the last look and what they have cost: `table`, or `table + index`. */
function bill(): readonly string[] {
  expect(wire.sent.splice(0)).toHaveLength(meter.readings.length + meter.refused);
  const refused = Array.from({ length: meter.refused }, () => 'refused');
  const paid = meter
    .take()
    .map(({ operation, table, indexes }) =>
      [operation, [table, ...Object.values(indexes)].join('+')].join(' '),
    );
  return [...refused, ...paid];
}

async function opened(wanted: Wanted = {}): Promise<RosterUnderTest> {
  const session = await RosterUnderTest.open(table, wanted);
  bill();
  return session;
}

test.each<[what: string, wanted: Wanted, cost: string]>([
  ['', {}, 'PutItem 1+1'],
  [' that strangers may find', { visibility: 'Everyone' }, 'PutItem 1+1+1'],
  [' with 1,024 bytes of custom data', { customData: new Uint8Array(1_024) }, 'PutItem 2+1'],
])('creating a session%s is one write, and one for when the sweep looks at it', async (_, wanted, cost) => {
  await create(table, wanted);
  expect(bill()).toEqual([cost]);
});

const largestData = new Uint8Array(1_024).fill(255);
const longestName = '♠'.repeat(15);
const largest = (name: string) => ({ ...joiner(name, largestData), gamertag: longestName });

/** The session, the player's record with the index by which it is found, and the session again. */
const coming = ['GetItem 1', 'PutItem 1+1', 'UpdateItem 1'];

describe('coming in', () => {
  test('is 3 calls, 1 RCU and 3 WCU for a newcomer, and 2 calls, 1 RCU and 1 WCU for one who comes back', async () => {
    const session = await opened();
    await session.join('ada');
    expect(bill()).toEqual(coming);
    await session.remove('ada');
    bill();
    await session.join('ada');
    expect(bill()).toEqual(['GetItem 1', 'UpdateItem 1']);
  });

  test('of a party is one write of the session, and one record for each newcomer', async () => {
    const session = await opened({ maxPlayers: 4 });
    await session.join('ada');
    bill();
    await session.join('ada', 'bob', 'eve');
    expect(bill()).toEqual(['GetItem 1', 'PutItem 1+1', 'PutItem 1+1', 'UpdateItem 1']);
  });

  test('in the place of one who never came is no call more', async () => {
    const session = await opened({ maxPlayers: 2 });
    await session.hold(['ada', 'bob']);
    session.clock.turn(60_000);
    bill();
    await session.join('eve');
    expect(bill()).toEqual(coming);
  });

  test.each<[what: string, prepare: (session: RosterUnderTest) => Promise<unknown>]>([
    ['when the player is in already', (session) => session.join('eve')],
    ['when the session is full', (session) => session.join('ada', 'bob', 'max', 'zoe')],
    ['when the session is closed', (session) => session.change({ isClosed: true })],
    ['when the session has ended', (session) => session.change({ hasEnded: true })],
  ])('is one read %s', async (_, prepare) => {
    const session = await opened();
    await prepare(session);
    bill();
    await session.join('eve');
    expect(bill()).toEqual(['GetItem 1']);
  });
});

describe('beside coming in', () => {
  const read = ['GetItem 1'];
  const write = ['GetItem 1', 'UpdateItem 1'];
  test.each<[verb: string, act: (session: RosterUnderTest) => Promise<unknown>, cost: readonly string[]]>([
    ['reading a session', (session) => session.read(), read],
    ['holding seats', (session) => session.hold(['eve', 'zoe']), ['GetItem 1', 'UpdateItem 1+2']],
    ['holding the seat of one who is in', (session) => session.hold(['ada']), read],
    ['taking a player out', (session) => session.remove('ada'), write],
    ['taking out one who is not in', (session) => session.remove('eve'), read],
    ['a removal that is refused', (session) => session.remove('ada', playerCaller('bob')), read],
    ['describing a player', (session) => session.describe('ada', Uint8Array.of(1)), write],
    ['a description that is refused', (session) => session.describe('eve', undefined), read],
    ['changing a session', (session) => session.change({ variant: 3, maxPlayers: 9 }), write],
    ['a change to what is so already', (session) => session.change({ variant: 0 }), read],
    [
      'a change of a state that is past',
      (session) => session.change({ variant: 3 }, { ifMatch: ['0-0'] }),
      read,
    ],
    [
      'letting strangers find it',
      (session) => session.change({ visibility: 'Everyone' }),
      ['GetItem 1', 'UpdateItem 1+1'],
    ],
    ['ending a session', (session) => session.change({ hasEnded: true }), ['GetItem 1', 'UpdateItem 1+1']],
  ])('%s', async (_, act, cost) => {
    const session = await opened();
    await session.join('ada');
    bill();
    await act(session);
    expect(bill()).toEqual(cost);
  });

  test('of many who are held a seat one moves the time at which the sweep looks at the session', async () => {
    const session = await opened({ maxPlayers: 16 });
    for (const name of ['ada', 'bob', 'eve']) await session.hold([name]);
    expect(bill()).toEqual(['GetItem 1', 'UpdateItem 1+2', ...write, ...write]);
    session.clock.turn(1_000);
    await session.hold(['max']);
    expect(bill()).toEqual(write);
    await session.hold(['zoe'], 10_000);
    expect(bill()).toEqual(['GetItem 1', 'UpdateItem 1+2']);
  });

  test('coming in, leaving and changing what strangers do not look for do not write to the index of open sessions', async () => {
    const session = await opened({ visibility: 'Everyone' });
    await session.hold(['max']);
    bill();
    await session.join('ada');
    expect(bill()).toEqual(coming);
    await session.remove('ada');
    await session.hold(['eve']);
    await session.change({ variant: 3 });
    expect(bill()).toEqual([...write, ...write, ...write]);
    await session.change({ isClosed: true });
    expect(bill()).toEqual(['GetItem 1', 'UpdateItem 1+1']);
  });
});

describe('a list', () => {
  test("of a player's sessions is one query and one read unit for each of them", async () => {
    for (let i = 0; i < 3; i++) await (await opened()).join('kim');
    // Those of another title are not even read.
    await (await opened({ titleId: someTitle + 1 })).join('kim');
    bill();
    const wanted = { caller: titleCaller(), xuid: xuidOf('kim'), state: 'any', variant: undefined } as const;
    const { items } = await listSessionsOf({ table, now: someTime }, wanted, 100, undefined);
    expect(items).toHaveLength(3);
    expect(bill()).toEqual(['Query 0+0.5', 'BatchGetItem 3']);
  });

  test('of open sessions is one query for each shard, and one read unit for each session, the full ones too', async () => {
    const titleId = someTitle + 1;
    for (let i = 0; i < 3; i++) await opened({ titleId, visibility: 'Everyone' });
    await (await opened({ titleId, visibility: 'Everyone', maxPlayers: 2 })).join('ada', 'bob');
    bill();
    const wanted = { titleId, variant: undefined };
    const { items } = await listOpenSessions({ table, now: someTime }, wanted, 100, undefined);
    expect(items).toHaveLength(3);
    const costs = bill();
    const read = costs
      .filter((cost) => cost.startsWith('BatchGetItem'))
      .map((cost) => Number(cost.split(' ')[1]));
    expect(read.reduce((sum, units) => sum + units, 0)).toBe(4);
    expect(costs.filter((cost) => cost.startsWith('Query'))).toHaveLength(8);
  });
});

describe('the item of a session', () => {
  test.each<{ what: string; wanted: Wanted; places: number }>([
    { what: 'that nobody describes', wanted: {}, places: 8 },
    {
      what: 'that strangers may find, with a creator and a display name of 13 characters',
      wanted: { visibility: 'Everyone', displayName: 'Contoso Cards', creator: 'ada' },
      places: 8,
    },
    {
      what: 'with 256 bytes of custom data',
      wanted: { customData: largestData.subarray(0, 256) },
      places: 5,
    },
  ])('$what is written for 1 WCU up to $places places, with gamertags of 15', async ({ wanted, places }) => {
    const session = await opened({ ...wanted, maxPlayers: 16 });
    const costs: string[] = [];
    for (let place = 1; place <= 16; place++) {
      await session.join(`gamertag ${String(place).padStart(6, '0')}`);
      costs.push(bill().at(-1) ?? '');
    }
    expect(costs).toEqual(costs.map((_, i) => (i < places ? 'UpdateItem 1' : 'UpdateItem 2')));
  });

  test(`takes ${maximumRoster} players with the largest data and names, and no more`, async () => {
    const session = await opened({
      maxPlayers: 16,
      displayName: '♠'.repeat(128),
      customData: largestData,
      creator: 'ada',
    });
    const names = Array.from({ length: maximumRoster }, (_, i) => `player ${i}`);
    await session.join(...names.slice(0, 2).map(largest));
    await fillRoster(session, names.slice(2, -1));
    bill();
    expect(await session.join(...names.slice(-1).map(largest))).toMatchObject({
      kind: 'joined',
      players: [{ seatIndex: maximumRoster - 1 }],
    });
    // Of the 400 that DynamoDB takes. What is left is for the counters of its messages and for some reserved seats.
    expect(bill()).toEqual(['GetItem 83', 'PutItem 1+1', 'UpdateItem 331']);

    const full = { kind: 'roster-full', session: await session.read() };
    expect(await session.join('one more')).toEqual(full);
    expect(await session.join(names[2] ?? '', 'one more')).toEqual(full);
    expect(await session.join(names[2] ?? '', names[0] ?? '')).toMatchObject({ kind: 'joined', isNew: true });
  });

  test('has no room for the second of two who come in at once and find one place left', async () => {
    const session = await opened({ maxPlayers: 16 });
    await fillRoster(
      session,
      Array.from({ length: maximumRoster - 1 }, (_, i) => `player ${i}`),
    );
    const outcomes = await Promise.all(['ada', 'bob', 'eve'].map((name) => session.join(name)));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['joined', 'roster-full', 'roster-full']);
    expect((await session.read()).roster).toHaveLength(maximumRoster);
    bill();
  });
});

const Places = v.object({ o: v.array(v.string()), r: v.record(v.string(), v.unknown()) });

/** Puts players into the roster who have come and gone. */
async function fillRoster({ address }: RosterUnderTest, names: readonly string[]): Promise<void> {
  const item = await getItem(table, sessionItemKey(rosterKeyOf(address.sessionId)));
  const { o, r } = v.parse(Places, item);
  const places = names.map((name) => {
    const xuid = xuidOf(name);
    return [tokenOf(xuid), { x: xuid, g: longestName, d: largestData }] as const;
  });
  const tokens = places.map(([token]) => token);
  await sendPut(table, {
    Item: { ...item, o: [...o, ...tokens], r: { ...r, ...Object.fromEntries(places) } },
  });
}
