import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type StoredItem, sendPut, type Table } from '#lib/table/client.ts';
import { getItem } from '#lib/table/reads.ts';
import { type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import type { DynamoDbWire, Fault } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

const key = { pk: 'COUNTER', sk: 'COUNTER' };

beforeEach(async () => {
  wire.breaks = () => undefined;
  await sendPut(table, { Item: { ...key, n: 0 } });
  wire.count();
});

const numberIn = (item: StoredItem | undefined): number => Number(item?.['n']);

/** Raises the counter if it is as it was seen, and says what it has become. */
const raise = (seen: number): Step<string> => ({
  kind: 'write',
  request: {
    Key: key,
    ConditionExpression: 'n = :seen',
    UpdateExpression: 'SET n = n + :one',
    ExpressionAttributeValues: { ':seen': seen, ':one': 1 },
    ReturnValues: 'ALL_NEW',
  },
  written: (item) => settled(`raised to ${numberIn(item)}`),
});

const count = async () => numberIn(await getItem(table, key));

describe('an item that is written in turns', () => {
  test('is not written where nothing is to be done', async () => {
    const next = () => expect.fail('nobody is asked');
    expect(await writeInTurns(table, settled('nothing'), next, 5)).toBe('nothing');
    expect(wire.count()).toEqual({});
  });

  test('is written once where it is as it was seen', async () => {
    const next = () => expect.fail('nobody is asked');
    expect(await writeInTurns(table, raise(0), next, 5)).toBe('raised to 1');
    expect(wire.count()).toEqual({ UpdateItem: 1 });
  });

  test('is written anew from the image of a refused write, without a read', async () => {
    const next = (item: StoredItem | undefined) => raise(numberIn(item));
    expect(await writeInTurns(table, raise(7), next, 5)).toBe('raised to 1');
    expect(wire.count()).toEqual({ UpdateItem: 2 });
  });

  test('is written again where the first write asks for a second one', async () => {
    const first = { ...raise(0), written: (item: StoredItem) => raise(numberIn(item)) };
    const next = () => expect.fail('nobody is asked');
    expect(await writeInTurns(table, first, next, 2)).toBe('raised to 2');
    expect(await writeInTurns(table, raise(2), next, 1)).toBe('raised to 3');
  });

  test('is not there for a writer who finds none', async () => {
    const step: Step<string> = raise(0);
    if (step.kind !== 'write') throw new Error('It writes');
    const elsewhere = { ...step, request: { ...step.request, Key: { pk: 'NONE', sk: 'NONE' } } };
    const next = (item: StoredItem | undefined) => settled(item === undefined ? 'none' : 'some');
    expect(await writeInTurns(table, elsewhere, next, 5)).toBe('none');
  });

  test('is given up after so many writes, and not asked about once more than that', async () => {
    let asked = 0;
    const next = () => {
      asked++;
      return raise(7);
    };
    expect(await writeInTurns(table, raise(7), next, 3)).toEqual({ kind: 'contended' });
    expect({ asked, sent: wire.count() }).toEqual({ asked: 3, sent: { UpdateItem: 3 } });
    expect(await count()).toBe(0);
  });

  test('settles what the last write that it may make has shown', async () => {
    expect(await writeInTurns(table, raise(7), () => settled('enough'), 1)).toBe('enough');
  });

  test.each<[what: string, fault: Fault | undefined, mayBeDone: readonly boolean[]]>([
    ['no write of its own was sent twice', undefined, [false, false]],
    ['an earlier write of its own was sent twice', 'timed out after', [true, true]],
  ])('tells its writer whether %s, at each refusal from then on', async (_, fault, expected) => {
    wire.breaks = (_, number) => (number === 0 ? fault : undefined);
    const told: boolean[] = [];
    const next = (_: StoredItem | undefined, mayBeDone: boolean): Step<string> => {
      told.push(mayBeDone);
      return told.length === 2 ? settled('seen') : raise(7);
    };
    expect(await writeInTurns(table, raise(7), next, 5)).toBe('seen');
    expect(told).toEqual(expected);
  });
});

test('of 10 who raise a counter at once each comes through', async () => {
  const next = (item: StoredItem | undefined) => raise(numberIn(item));
  const raised = await Promise.all(Array.from({ length: 10 }, () => writeInTurns(table, raise(0), next, 20)));
  expect(new Set(raised)).toEqual(new Set(Array.from({ length: 10 }, (_, i) => `raised to ${i + 1}`)));
  expect(await count()).toBe(10);
});
