import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { computeToken, tokenEnd, tokenLifetime, tokenTurn } from '#lib/fleets/compute-tokens.ts';
import { deregisterCompute, findCompute, registerCompute } from '#lib/fleets/computes.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import type { Table } from '#lib/table/client.ts';
import type { Compute } from '#lib/table/compute-items.ts';
import { atOnce } from '#test/support/at-once.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

const fleetId = 'fleet-1';
const start = 1_000_000;
const turn = start + tokenLifetime - tokenTurn;

let table: Table;
let wire: DynamoDbWire;
let computes = 0;
let name: string;
let made: number;
beforeAll(async () => {
  ({ table, wire } = await newTable());
  await createLocation(table, { name: 'custom-1', createdAt: 1, createdBy: 'the request' });
  await createFleet(table, {
    fleetId,
    name: 'One',
    createdAt: 1,
    locations: ['custom-1'],
    protectionPolicy: 'NoProtection',
  });
});
beforeEach(async () => {
  name = `rack-${computes++}`;
  made = 0;
  await register(start);
  wire.breaks = () => undefined;
  wire.count();
});

const register = (createdAt: number) =>
  registerCompute(table, { fleetId, name, location: 'custom-1', createdAt });
const ask = (now: number) =>
  computeToken({ table, now, newId: () => `token-${++made}-of-${name}` }, fleetId, name);
const tokenAt = async (now: number): Promise<string> => {
  const outcome = await ask(now);
  if (outcome.kind !== 'token') throw new Error(`The token is ${outcome.kind}`);
  return outcome.value;
};
const isGood = async (token: string, now: number): Promise<boolean> => {
  const compute = await findCompute(table, fleetId, name);
  return compute !== undefined && tokenEnd(compute, token, now) !== undefined;
};

test('a compute has no token until somebody asks for one', async () => {
  expect(await isGood('', start)).toBe(false);
  expect(await isGood('undefined', start)).toBe(false);
});

test('a token is good for three hours from the moment at which it is first asked for', async () => {
  expect(await ask(start)).toEqual({
    kind: 'token',
    value: `token-1-of-${name}`,
    expiresAt: start + 10_800_000,
  });
  expect(await isGood(`token-1-of-${name}`, start + 10_799_999)).toBe(true);
  expect(await isGood(`token-1-of-${name}`, start + 10_800_000)).toBe(false);
});

test('a token stays the same until less than fifteen minutes of it are left', async () => {
  const first = await ask(start);
  expect(await ask(start + 10_800_000 - 900_000)).toEqual(first);
  const second = await ask(start + 10_800_000 - 899_999);
  expect(second).toEqual({
    kind: 'token',
    value: `token-2-of-${name}`,
    expiresAt: start + 2 * 10_800_000 - 899_999,
  });
});

test('the token before is good until its own end, and the new one beside it', async () => {
  const [first, second] = [await tokenAt(start), await tokenAt(turn + 1)];
  for (const token of [first, second]) expect(await isGood(token, start + tokenLifetime - 1)).toBe(true);
  expect(await isGood(first, start + tokenLifetime)).toBe(false);
  expect(await isGood(second, start + tokenLifetime)).toBe(true);
});

test('a token of long ago is good for nothing, however often it has turned', async () => {
  const first = await tokenAt(start);
  const second = await tokenAt(start + tokenLifetime);
  const third = await tokenAt(start + 3 * tokenLifetime);
  const now = start + 3 * tokenLifetime;
  expect(await Promise.all([first, second, third].map((token) => isGood(token, now)))).toEqual([
    false,
    false,
    true,
  ]);
});

test('fifty who ask at once when it turns all get the same new one', async () => {
  const first = await tokenAt(start);
  const tokens = await atOnce(50, 50, () => tokenAt(turn + 1));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe(first);
  expect(await isGood(tokens[0] ?? '', turn + 1)).toBe(true);
  expect(await isGood(first, turn + 1)).toBe(true);
});

test('fifty who ask at once for the first one all get the same', async () => {
  const tokens = await atOnce(50, 50, () => tokenAt(start));
  expect(new Set(tokens).size).toBe(1);
});

test('asking costs one read, and one write where a new one is due', async () => {
  await ask(start);
  expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 1 });
  await ask(turn);
  expect(wire.count()).toEqual({ GetItem: 1 });
  await ask(turn + 1);
  expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 1 });
});

test('a write whose answer is lost gives one token, and not a second one', async () => {
  let losses = 1;
  wire.breaks = ({ operation }) => (operation === 'UpdateItem' && losses-- > 0 ? 'reset after' : undefined);
  const token = await tokenAt(start);
  expect(losses).toBe(-1);
  expect(await tokenAt(start)).toBe(token);
});

test('a compute that is not registered gets none', async () => {
  const context = { table, now: start, newId: () => 'token' };
  expect(await computeToken(context, fleetId, 'rack-none')).toEqual({ kind: 'not-found' });
  expect(await computeToken(context, 'fleet-none', name)).toEqual({ kind: 'not-found' });
});

test('a token of a compute is good for no later one of its name', async () => {
  const token = await tokenAt(start);
  await deregisterCompute(table, fleetId, name, false);
  await register(start + 1);
  expect(await isGood(token, start + 1)).toBe(false);
});

describe('a text', () => {
  const compute: Compute = {
    fleetId,
    name: 'rack',
    location: 'custom-1',
    createdAt: start,
    token: { value: 'now', expiresAt: 20 },
    previousToken: { value: 'before', expiresAt: 10 },
  };

  test.each<[text: string, now: number, isToken: boolean]>([
    ['now', 19, true],
    ['now', 20, false],
    ['before', 9, true],
    ['before', 10, false],
    ['', 0, false],
    ['no', 0, false],
    ['nowbefore', 0, false],
    ['NOW', 0, false],
  ])('%j at %i is a token of the compute: %s', (text, now, isToken) => {
    expect(tokenEnd(compute, text, now) !== undefined).toBe(isToken);
  });
});
