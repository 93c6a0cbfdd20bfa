import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  deregisterCompute,
  findCompute,
  listComputes,
  type RegisterComputeOutcome,
  registerCompute,
} from '#lib/fleets/computes.ts';
import { createFleet, findFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import type { Table } from '#lib/table/client.ts';
import type { Compute } from '#lib/table/compute-items.ts';
import type { Position } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
let fleets = 0;
let fleetId: string;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  for (const name of ['custom-1', 'custom-2']) {
    await createLocation(table, { name, createdAt: 1, createdBy: 'the request' });
  }
});
beforeEach(async () => {
  fleetId = `fleet-${fleets++}`;
  await createFleet(table, {
    fleetId,
    name: 'One',
    createdAt: 1,
    locations: ['custom-1', 'custom-2'],
    protectionPolicy: 'NoProtection',
  });
  wire.breaks = () => undefined;
  wire.count();
});

const compute = (name: string, members: Partial<Compute> = {}): Compute => ({
  fleetId,
  name,
  location: 'custom-1',
  ipAddress: '10.0.0.1',
  createdAt: 1,
  ...members,
});

describe('registering a compute', () => {
  test('keeps it as it was given', async () => {
    const whole = compute('rack-1', { dnsName: 'rack-1.example', certificatePath: '/cert.pem' });
    expect(await registerCompute(table, whole)).toEqual({ kind: 'registered', compute: whole });
    expect(await findCompute(table, fleetId, 'rack-1')).toEqual(whole);
  });

  test('costs one read and one write, and one write more for the first of its fleet', async () => {
    await registerCompute(table, compute('rack-1'));
    expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 1, PutItem: 1 });
    await registerCompute(table, compute('rack-2'));
    expect(wire.count()).toEqual({ GetItem: 1, PutItem: 1 });
  });

  test('makes its fleet one that hosts, also when the last compute is gone', async () => {
    expect(await findFleet(table, fleetId)).not.toHaveProperty('hosts');
    await registerCompute(table, compute('rack-1'));
    expect(await findFleet(table, fleetId)).toMatchObject({ hosts: true });
    await deregisterCompute(table, fleetId, 'rack-1', false);
    expect(await findFleet(table, fleetId)).toMatchObject({ hosts: true });
  });

  test('that dies half-way leaves a fleet that hosts without a compute, and can be tried again', async () => {
    wire.breaks = ({ operation }) => (operation === 'PutItem' ? 'reset before' : undefined);
    await expect(registerCompute(table, compute('rack-1'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    wire.breaks = () => undefined;
    expect(await findFleet(table, fleetId)).toMatchObject({ hosts: true });
    expect(await findCompute(table, fleetId, 'rack-1')).toBeUndefined();

    expect(await registerCompute(table, compute('rack-1'))).toMatchObject({ kind: 'registered' });
  });

  test('that cannot mark its fleet leaves nothing', async () => {
    const before = await contentsOf(table);
    wire.breaks = ({ operation }) => (operation === 'UpdateItem' ? 'reset before' : undefined);
    await expect(registerCompute(table, compute('rack-1'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await contentsOf(table)).toEqual(before);
  });

  test('a second time gives it as it is, with its tokens, and changes nothing', async () => {
    const token = { value: 'token', expiresAt: 5 };
    await registerCompute(table, compute('rack-1', { token }));
    const before = await contentsOf(table);
    expect(await registerCompute(table, compute('rack-1', { createdAt: 2 }))).toEqual({
      kind: 'registered',
      compute: compute('rack-1', { token }),
    });
    expect(await contentsOf(table)).toEqual(before);
  });

  test.each<[string, Partial<Compute>]>([
    ['in another location', { location: 'custom-2' }],
    ['with another address', { ipAddress: '10.0.0.2' }],
    ['without its address', { ipAddress: undefined }],
    ['with another name', { dnsName: 'rack-2.example' }],
    ['with another certificate', { certificatePath: '/other.pem' }],
  ])('a second time %s is refused, and changes nothing', async (_, members) => {
    await registerCompute(table, compute('rack-1', { dnsName: 'rack-1.example' }));
    const before = await contentsOf(table);
    const again = compute('rack-1', { dnsName: 'rack-1.example', ...members });
    expect(await registerCompute(table, again)).toEqual({ kind: 'differs' });
    expect(await contentsOf(table)).toEqual(before);
  });

  test.each<[string, () => Partial<Compute>, () => RegisterComputeOutcome]>([
    ['a fleet that does not exist', () => ({ fleetId: 'fleet-none' }), () => ({ kind: 'no-fleet' })],
    [
      'a location that its fleet does not have',
      () => ({ location: 'custom-3' }),
      () => ({ kind: 'not-in-fleet', locations: ['custom-1', 'custom-2'] }),
    ],
  ])('in %s writes nothing', async (_, members, outcome) => {
    const before = await contentsOf(table);
    expect(await registerCompute(table, compute('rack-1', members()))).toEqual(outcome());
    expect(await contentsOf(table)).toEqual(before);
  });

  test('by ten who want one name for ten addresses registers one of them', async () => {
    const outcomes = await atOnce(10, 10, (number) =>
      registerCompute(table, compute('rack-1', { ipAddress: `10.0.0.${number}` })),
    );
    const kinds = outcomes.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([...Array.from({ length: 9 }, () => 'differs'), 'registered']);
    const registered = await findCompute(table, fleetId, 'rack-1');
    expect(outcomes).toContainEqual({ kind: 'registered', compute: registered });
  });
});

describe('the computes of a fleet', () => {
  const names = ['a', 'b', 'c/1', 'c/2', 'd'];
  beforeEach(async () => {
    for (const [number, name] of names.entries()) {
      const location = number % 2 === 0 ? 'custom-1' : 'custom-2';
      await registerCompute(table, compute(name, { location }));
    }
  });

  const listed = async (location: string | undefined, limit: number): Promise<readonly string[]> => {
    const found: string[] = [];
    let position: Position | undefined;
    do {
      const page = await listComputes(table, fleetId, location, limit, position);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items.map(({ name }) => name));
      position = page.next;
    } while (position !== undefined);
    return found;
  };

  test.each([1, 2, 5, 100])('are listed by name, each once, %i to a page', async (limit) => {
    expect(await listed(undefined, limit)).toEqual(names);
    expect(await listed('custom-1', limit)).toEqual(['a', 'c/1', 'd']);
    expect(await listed('custom-3', limit)).toEqual([]);
  });

  test('are looked through a hundred at once for those of a location', async () => {
    wire.count();
    await listComputes(table, fleetId, 'custom-3', 1, undefined);
    expect(wire.count()).toEqual({ Query: 1 });
  });
});

describe('deregistering a compute', () => {
  test('leaves nothing of it, once', async () => {
    await registerCompute(table, compute('rack-1'));
    await registerCompute(table, compute('rack-2'));
    expect(await deregisterCompute(table, fleetId, 'rack-1', false)).toEqual({ kind: 'deleted' });
    expect(await findCompute(table, fleetId, 'rack-1')).toBeUndefined();
    expect(await findCompute(table, fleetId, 'rack-2')).toBeDefined();
    expect(await deregisterCompute(table, fleetId, 'rack-1', false)).toEqual({ kind: 'not-found' });
    expect(await deregisterCompute(table, fleetId, 'rack-1', true)).toEqual({ kind: 'deleted' });
  });

  test('lets another one have its name', async () => {
    await registerCompute(table, compute('rack-1'));
    await deregisterCompute(table, fleetId, 'rack-1', false);
    const other = compute('rack-1', { ipAddress: '10.0.0.2', createdAt: 2 });
    expect(await registerCompute(table, other)).toEqual({ kind: 'registered', compute: other });
  });
});
