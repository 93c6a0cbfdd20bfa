import { beforeEach, describe, expect, test } from 'vitest';
import { addLocations, removeLocations } from '#lib/fleets/fleet-locations.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { revise } from '#lib/fleets/revise.ts';
import { tag, tagsOf } from '#lib/fleets/tags.ts';
import type { Table } from '#lib/table/client.ts';
import { parseFleetItem } from '#lib/table/fleet-items.ts';
import { fleetItemKey } from '#lib/table/keys.ts';
import { atOnce } from '#test/support/at-once.ts';
import type { DynamoDbWire, Fault } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
const fleet = { kind: 'fleet', id: 'fleet-1' } as const;
const key = fleetItemKey(fleet.id);

beforeEach(async () => {
  ({ table, wire } = await newTable());
  for (const name of ['custom-1', 'custom-2']) {
    await createLocation(table, { name, createdAt: 1, createdBy: 'the request' });
  }
  await createFleet(table, {
    fleetId: fleet.id,
    name: 'One',
    createdAt: 1,
    locations: ['custom-1', 'custom-2'],
    protectionPolicy: 'NoProtection',
  });
  wire.count();
});

/** Lets the first write go wrong, and the SDK send it again. */
function breakFirstWrite(fault: Fault): void {
  let isFirst = true;
  wire.breaks = ({ operation }) => {
    if (operation !== 'UpdateItem' || !isFirst) return undefined;
    isFirst = false;
    return fault;
  };
}

describe('revising an item', () => {
  const rename = (name: string) =>
    revise(table, key, parseFleetItem, false, () => ({ kind: 'change', changes: { name } }));

  test('costs one read and one write', async () => {
    expect(await rename('Two')).toMatchObject({ kind: 'revised', item: { name: 'Two', rev: 1 } });
    expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 1 });
  });

  test.each([
    ['somebody else came first', { rev: 7 }],
    ['the item was deleted and created again in between', { createdAt: 0 }],
  ])('costs one more write, and no read, when %s', async (_, seen) => {
    let tries = 0;
    const outcome = await revise(
      table,
      key,
      // What a reader sees who is late.
      (item) => ({ ...parseFleetItem(item), ...(tries++ === 0 && seen) }),
      false,
      () => ({ kind: 'change', changes: { name: 'Two' } }),
    );
    expect(outcome).toMatchObject({ kind: 'revised', item: { name: 'Two' } });
    expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 2 });
  });

  test('gives up after fifty tries, and says that it is contended', async () => {
    const alwaysLate = (item: object) => ({ ...parseFleetItem({ ...item }), rev: 7 });
    const outcome = await revise(table, key, alwaysLate, false, () => ({
      kind: 'change',
      changes: { name: 'Two' },
    }));
    expect(outcome).toEqual({ kind: 'contended' });
    expect(wire.count()).toEqual({ GetItem: 1, UpdateItem: 50 });
  });

  test('by fifty at once lets each of them through', async () => {
    const outcomes = await atOnce(50, 50, (number) => rename(`Name ${number}`));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 50 }, () => 'revised'));
    const last = await revise(table, key, parseFleetItem, false, () => ({ kind: 'keep' }));
    expect(last).toMatchObject({ item: { rev: 50 } });
  });

  test('finds out that there is none, and makes none', async () => {
    const absent = fleetItemKey('fleet-absent');
    const outcome = await revise(table, absent, parseFleetItem, false, () => ({
      kind: 'change',
      changes: { name: 'Two' },
    }));
    expect(outcome).toEqual({ kind: 'not-found' });
    expect(wire.count()).toEqual({ GetItem: 1 });
  });
});

describe('a retry that removes locations', () => {
  test('finds them all gone, and is answered as its first try was', async () => {
    await removeLocations(table, fleet.id, ['custom-1', 'custom-2'], false);
    expect(await removeLocations(table, fleet.id, ['custom-1', 'custom-2'], true)).toMatchObject({
      kind: 'revised',
      item: { locations: [] },
    });
  });

  test('finds one there and another absent, and is refused as its first try was', async () => {
    for (const mayBeRetry of [false, true]) {
      expect(await removeLocations(table, fleet.id, ['custom-1', 'custom-none'], mayBeRetry)).toEqual({
        kind: 'refused',
        refusal: { locations: ['custom-none'] },
      });
    }
    expect(wire.count()).toEqual({ GetItem: 2 });
  });
});

describe.each(['reset after', 'timed out after', 'reset before', 'throttled'] as const)(
  'when the first write is %s',
  (fault) => {
    beforeEach(() => breakFirstWrite(fault));

    test('locations are added once', async () => {
      await createLocation(table, { name: 'custom-3', createdAt: 1, createdBy: 'the request' });
      expect(await addLocations(table, fleet.id, ['custom-3'])).toMatchObject({
        kind: 'revised',
        item: { locations: ['custom-1', 'custom-2', 'custom-3'] },
      });
    });

    test('locations are removed, and nobody is told that they were absent', async () => {
      expect(await removeLocations(table, fleet.id, ['custom-1'], false)).toMatchObject({
        kind: 'revised',
        item: { locations: ['custom-2'] },
      });
    });

    test('tags are given once', async () => {
      const red = { key: 'team', value: 'red' };
      expect(await tag(table, fleet, [red])).toMatchObject({ kind: 'revised' });
      expect(await tagsOf(table, fleet)).toEqual([red]);
    });
  },
);
