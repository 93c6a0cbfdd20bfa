import { beforeAll, describe, expect, test } from 'vitest';
import { createAlias, deleteAlias, findAlias, listAliases, updateAlias } from '#lib/fleets/aliases.ts';
import { createFleet, deleteFleet } from '#lib/fleets/fleets.ts';
import { createLocation, deleteLocation } from '#lib/fleets/locations.ts';
import type { Alias } from '#lib/table/alias-items.ts';
import type { Table } from '#lib/table/client.ts';
import type { Position } from '#lib/table/reads.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  await createLocation(table, { name: 'custom-1', createdAt: 1, createdBy: 'the request' });
  await newFleet('fleet-1');
  for (const aliasId of aliasIds) await createAlias(table, alias(aliasId));
});

const newFleet = (fleetId: string) =>
  createFleet(table, {
    fleetId,
    name: 'One',
    createdAt: 1,
    locations: ['custom-1'],
    protectionPolicy: 'NoProtection',
  });
const aliasIds = Array.from({ length: 5 }, (_, number) => `alias-${number}`);
const alias = (aliasId: string, members: Partial<Alias> = {}): Alias => ({
  aliasId,
  name: 'An alias',
  routing: { type: 'SIMPLE', fleetId: 'fleet-1' },
  createdAt: 1,
  updatedAt: 1,
  ...members,
});
const nothing = { name: undefined, description: undefined, routing: undefined };

test('an alias is kept as it was given', async () => {
  const whole = alias('alias-whole', {
    description: 'All that an alias can have',
    routing: { type: 'TERMINAL', message: 'Gone' },
    tags: [{ key: 'team', value: 'red' }],
  });
  expect(await createAlias(table, whole)).toEqual({ kind: 'created', alias: whole });
  expect(await findAlias(table, 'alias-whole')).toEqual(whole);
  await deleteAlias(table, 'alias-whole', false);
});

test('an alias created a second time, by the retry of its request, is given as it is', async () => {
  const before = await contentsOf(table);
  expect(await createAlias(table, alias('alias-0', { createdAt: 2, updatedAt: 2 }))).toEqual({
    kind: 'created',
    alias: alias('alias-0'),
  });
  expect(await contentsOf(table)).toEqual(before);
});

test('an alias whose fleet is deleted by the time its request is retried is given as it is', async () => {
  await newFleet('fleet-brief');
  const brief = alias('alias-brief', { routing: { type: 'SIMPLE', fleetId: 'fleet-brief' } });
  await createAlias(table, brief);
  await deleteFleet(table, 'fleet-brief', false);
  wire.count();
  expect(await createAlias(table, { ...brief, createdAt: 2 })).toEqual({ kind: 'created', alias: brief });
  expect(wire.count()).toEqual({ GetItem: 2 });
  await deleteAlias(table, 'alias-brief', false);
});

test('an alias to a fleet that does not exist is neither created nor moved there', async () => {
  const before = await contentsOf(table);
  const routing = { type: 'SIMPLE', fleetId: 'fleet-none' } as const;
  const unknown = { kind: 'unknown-fleet', fleetId: 'fleet-none' };
  expect(await createAlias(table, alias('alias-lost', { routing }))).toEqual(unknown);
  expect(await updateAlias(table, 'alias-0', { ...nothing, routing, updatedAt: 2 })).toEqual(unknown);
  expect(await contentsOf(table)).toEqual(before);
});

test('an alias is updated in one write, and its fleet is read only where it is moved', async () => {
  wire.count();
  await updateAlias(table, 'alias-0', { ...nothing, name: 'Renamed', updatedAt: 1 });
  expect(wire.count()).toEqual({ UpdateItem: 1 });
  await updateAlias(table, 'alias-0', { ...nothing, ...alias('alias-0') });
  expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 1 });
});

test.each([1, 2, 4, 5, 100])('aliases are listed by id, each once, %i to a page', async (limit) => {
  const listed: string[] = [];
  let position: Position | undefined;
  do {
    const page = await listAliases(table, { name: undefined, type: undefined }, limit, position);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    listed.push(...page.items.map(({ aliasId }) => aliasId));
    position = page.next;
  } while (position !== undefined);
  expect(listed).toEqual(aliasIds);
});

test('aliases are looked through a hundred at once, however few are asked for', async () => {
  wire.count();
  const wanted = { name: 'None is called so', type: undefined };
  expect(await listAliases(table, wanted, 1, undefined)).toEqual({ items: [], next: undefined });
  expect(wire.count()).toEqual({ Query: 1 });
});

describe('a deletion', () => {
  const deletions: readonly (readonly [
    string,
    make: (id: string) => Promise<unknown>,
    remove: (id: string, mayBeRetry: boolean) => Promise<{ readonly kind: string }>,
  ])[] = [
    [
      'an alias',
      (id) => createAlias(table, alias(`alias-${id}`)),
      (id, retry) => deleteAlias(table, `alias-${id}`, retry),
    ],
    ['a fleet', (id) => newFleet(`fleet-${id}`), (id, retry) => deleteFleet(table, `fleet-${id}`, retry)],
    [
      'a location',
      (id) => createLocation(table, { name: `custom-${id}`, createdAt: 1, createdBy: 'the request' }),
      (id, retry) => deleteLocation(table, `custom-${id}`, retry),
    ],
  ];

  test.each(deletions)('of %s is carried out for one of ten who ask at once', async (_, make, remove) => {
    await make('raced');
    const outcomes = await atOnce(10, 10, () => remove('raced', false));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      'deleted',
      ...Array.from({ length: 9 }, () => 'not-found'),
    ]);
  });

  test.each(deletions)('of %s that is gone is answered to a retry alone', async (_, make, remove) => {
    await make('gone');
    await remove('gone', false);
    expect(await remove('gone', true)).toEqual({ kind: 'deleted' });
    expect(await remove('gone', false)).toEqual({ kind: 'not-found' });
  });

  test.each(deletions)('of %s is answered though DynamoDB was asked twice', async (_, make, remove) => {
    await make('twice');
    let losses = 1;
    wire.breaks = ({ operation }) => (operation === 'DeleteItem' && losses-- > 0 ? 'reset after' : undefined);
    expect(await remove('twice', false)).toEqual({ kind: 'deleted' });
    wire.breaks = () => undefined;
    expect(losses).toBe(-1);
  });
});
