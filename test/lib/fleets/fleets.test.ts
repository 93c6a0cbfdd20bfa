import { beforeAll, describe, expect, test } from 'vitest';
import { deregisterCompute, registerCompute } from '#lib/fleets/computes.ts';
import { removeLocations } from '#lib/fleets/fleet-locations.ts';
import { createFleet, deleteFleet, findFleet, findFleets, listFleets } from '#lib/fleets/fleets.ts';
import { createLocation, deleteLocation, unknownLocations } from '#lib/fleets/locations.ts';
import { fleetHash, sessionKeyOf } from '#lib/sessions/ids.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import type { Fleet, Location } from '#lib/table/fleet-items.ts';
import { fleetShards, shardOf } from '#lib/table/keys.ts';
import type { Position } from '#lib/table/reads.ts';
import type { SessionStatus } from '#lib/table/session-item.ts';
import { putSession } from '#lib/table/session-requests.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  for (const name of ['custom-1', 'custom-2']) await createLocation(table, location(name));
  for (const fleetId of fleetIds) await createFleet(table, fleet(fleetId));
});

const fleetIds = Array.from({ length: 7 }, (_, number) => `fleet-${number}`);

const fleet = (fleetId: string, members: Partial<Fleet> = {}): Fleet => ({
  fleetId,
  name: `The fleet ${fleetId}`,
  createdAt: 1_777_777_777_777,
  locations: ['custom-1'],
  protectionPolicy: 'NoProtection',
  ...members,
});

const location = (name: string, createdBy = 'the request'): Location => ({ name, createdAt: 1, createdBy });

describe('creating a fleet', () => {
  test('keeps it as it was given', async () => {
    const whole = fleet('fleet-whole', {
      description: 'All that a fleet can have',
      locations: ['custom-1', 'custom-2'],
      protectionPolicy: 'FullProtection',
      metricGroups: ['group'],
      cost: '0.25',
      tags: [{ key: 'team', value: 'red' }],
    });
    expect(await createFleet(table, whole)).toEqual({ kind: 'created', fleet: whole });
    expect(await findFleet(table, 'fleet-whole')).toEqual(whole);
  });

  test('a second time, by the retry of its request, gives it as it is and changes nothing', async () => {
    const before = await contentsOf(table);
    expect(await createFleet(table, fleet('fleet-0', { createdAt: 1 }))).toEqual({
      kind: 'created',
      fleet: fleet('fleet-0'),
    });
    expect(await contentsOf(table)).toEqual(before);
  });

  test('in a location that is deleted by the time its request is retried gives it as it is', async () => {
    const { fleetId } = fleet('fleet-moved');
    const created = fleet(fleetId, { locations: ['custom-1', 'custom-brief'] });
    await createLocation(table, location('custom-brief'));
    await createFleet(table, created);
    await removeLocations(table, fleetId, ['custom-brief'], false);
    await deleteLocation(table, 'custom-brief', false);
    wire.count();
    expect(await createFleet(table, created)).toEqual({
      kind: 'created',
      fleet: { ...created, locations: ['custom-1'], rev: 1 },
    });
    expect(wire.count()).toEqual({ BatchGetItem: 1, GetItem: 1 });
    await deleteFleet(table, fleetId, false);
  });

  test('in locations that do not exist names them and creates nothing', async () => {
    const locations = ['custom-1', 'custom-3', 'custom-4'];
    expect(await createFleet(table, fleet('fleet-lost', { locations }))).toEqual({
      kind: 'unknown-location',
      locations: ['custom-3', 'custom-4'],
    });
    expect(await findFleet(table, 'fleet-lost')).toBeUndefined();
  });

  test('ten times at once gives all callers the same fleet', async () => {
    const outcomes = await atOnce(10, 10, (number) =>
      createFleet(table, fleet('fleet-raced', { createdAt: number })),
    );
    const created = await findFleet(table, 'fleet-raced');
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => ({ kind: 'created', fleet: created })));
  });
});

describe('finding fleets', () => {
  test('gives those that exist, in the order asked for', async () => {
    const asked = ['fleet-3', 'fleet-none', 'fleet-1'];
    expect((await findFleets(table, asked)).map(({ fleetId }) => fleetId)).toEqual(['fleet-3', 'fleet-1']);
  });

  test('gives none where none is asked for', async () => {
    expect(await findFleets(table, [])).toEqual([]);
  });

  test('of an id that is a key of something else finds nothing', async () => {
    expect(await findFleet(table, 'custom-1')).toBeUndefined();
  });
});

test.each([1, 2, 3, 100])('fleets are listed by id, each once, %i to a page', async (limit) => {
  const listed: string[] = [];
  let position: Position | undefined;
  do {
    const page = await listFleets(table, limit, position);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    listed.push(...page.items.map(({ fleetId }) => fleetId));
    position = page.next;
  } while (position !== undefined);
  expect(listed).toEqual([...fleetIds, 'fleet-raced', 'fleet-whole']);
});

describe('deleting a fleet', () => {
  const open = (fleetId: string, id: string, status: SessionStatus) =>
    sendPut(
      table,
      putSession({
        sessionKey: sessionKeyOf(id),
        fleetHash: fleetHash(fleetId),
        status,
        capacity: 1,
        createdAt: 1,
        reservationTime: undefined,
      }),
    );

  test.each<[SessionStatus, kind: string]>([
    ['ACTIVATING', 'has-sessions'],
    ['ACTIVE', 'has-sessions'],
    ['ERROR', 'has-sessions'],
    ['TERMINATING', 'deleted'],
    ['TERMINATED', 'deleted'],
  ])('that has one %s game session among those that have ended: %s', async (status, kind) => {
    const fleetId = `fleet-with-${status.toLowerCase()}`;
    await createFleet(table, fleet(fleetId));
    for (const number of Array.from({ length: 20 }).keys()) {
      await open(fleetId, `${fleetId}/${number}`, 'TERMINATED');
    }
    await open(fleetId, fleetId, status);
    expect(await deleteFleet(table, fleetId, false)).toEqual({ kind });
    expect(await findFleet(table, fleetId)).toEqual(
      kind === 'deleted' ? undefined : expect.objectContaining({ fleetId }),
    );
  });

  test.each(Array.from({ length: fleetShards }, (_, shard) => shard))(
    'sees a game session in shard %i of the index',
    async (shard) => {
      const fleetId = `fleet-shard-${shard}`;
      const ids = Array.from({ length: 1_000 }, (_, number) => `${fleetId}/${number}`);
      await createFleet(table, fleet(fleetId));
      await open(fleetId, ids.find((id) => shardOf(sessionKeyOf(id)) === shard) ?? '', 'ACTIVE');
      expect(await deleteFleet(table, fleetId, false)).toEqual({ kind: 'has-sessions' });
    },
  );

  test('that has a compute is refused, until that is taken out', async () => {
    await createFleet(table, fleet('fleet-hosting'));
    const compute = { fleetId: 'fleet-hosting', name: 'rack-1', location: 'custom-1', createdAt: 1 };
    await registerCompute(table, compute);
    expect(await deleteFleet(table, 'fleet-hosting', false)).toEqual({ kind: 'has-computes' });
    await deregisterCompute(table, 'fleet-hosting', 'rack-1', false);
    expect(await deleteFleet(table, 'fleet-hosting', false)).toEqual({ kind: 'deleted' });
  });

  test('costs one read, one query for each shard, one for computes, and one write', async () => {
    await createFleet(table, fleet('fleet-brief'));
    wire.count();
    await deleteFleet(table, 'fleet-brief', false);
    expect(wire.count()).toEqual({ GetItem: 1, Query: 9, DeleteItem: 1 });
  });
});

describe('a location', () => {
  test('is created once: another request under its name is told so, and changes nothing', async () => {
    expect(await createLocation(table, location('custom-new'))).toEqual({ kind: 'created' });
    const before = await contentsOf(table);
    const other = { ...location('custom-new', 'another request'), tags: [{ key: 'a', value: 'b' }] };
    expect(await createLocation(table, other)).toEqual({ kind: 'exists' });
    expect(await contentsOf(table)).toEqual(before);
  });

  test('is created for the retry of its request as for the first try', async () => {
    expect(await createLocation(table, location('custom-retried'))).toEqual({ kind: 'created' });
    expect(await createLocation(table, { ...location('custom-retried'), createdAt: 2 })).toEqual({
      kind: 'created',
    });
  });

  test('of ten requests at once is created for one', async () => {
    const outcomes = await atOnce(10, 10, (number) =>
      createLocation(table, location('custom-raced', `request ${number}`)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'exists')).toHaveLength(9);
  });

  test('is told from those that do not exist', async () => {
    expect(await unknownLocations(table, ['custom-2', 'custom-none', 'custom-1'])).toEqual(['custom-none']);
    expect(await unknownLocations(table, [])).toEqual([]);
  });
});
