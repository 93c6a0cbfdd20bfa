import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Table } from '#lib/table/client.ts';
import { playerCaller } from '#test/lib/rosters/roster-under-test.ts';
import { type DynamoDbWire, type Fault, faults, type Sent } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';
import { stopAfter } from './stopped-verb.ts';

/** The table's client tries three times. */
const tries = 3;

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
  return () => {
    wire.breaks = () => undefined;
  };
});

/** Breaks the next so many requests of an operation. */
function breakNext(operation: string, fault: Fault, count: number): void {
  let left = count;
  wire.breaks = (sent: Sent) => (sent.operation === operation && left-- > 0 ? fault : undefined);
}

const sometimes = faults.flatMap((fault) =>
  ['UpdateItem', 'PutItem'].flatMap((operation) =>
    [1, tries - 1].map((count) => ({ operation, fault, count })),
  ),
);

describe.each(sometimes)('where $operation is "$fault" $count times', ({ operation, fault, count }) => {
  test.each([undefined, 1])(
    'a message is posted once, under the next number (mustFollow %s)',
    async (follows) => {
      await queue.post('bob', 'b');
      breakNext(operation, fault, count);
      expect(await queue.post('ada', 'a', follows)).toMatchObject({ message: { number: 2 } });
      expect(await queue.post('bob', 'c', 2)).toMatchObject({ message: { number: 3 } });
      expect(await queue.shown()).toEqual(['1 b', '2 a', '3 c']);
    },
  );

  test('messages are dropped all the same', async () => {
    await queue.post('bob', 'b');
    await queue.post('bob', 'c');
    breakNext(operation, fault, count);
    expect(await queue.drop(1)).toEqual({ kind: 'dropped' });
    expect(await queue.shown()).toEqual(['2 c']);
  });
});

test.each(['timed out before', 'server error', 'throttled'] as const)(
  'a message whose put is "%s" at every try is told to have failed, and not shown',
  async (fault) => {
    breakNext('PutItem', fault, tries);
    await expect(queue.post('ada', 'a')).rejects.toThrow();
    await queue.post('bob', 'b');
    queue.clock.turn(60_000);
    expect(await queue.shown()).toEqual(['2 b']);
  },
);

test('a message whose put is carried out, and never answered, is told to have failed and shown once', async () => {
  breakNext('PutItem', 'reset after', tries);
  await expect(queue.post('ada', 'a')).rejects.toThrow();
  queue.clock.turn(60_000);
  expect(await queue.shown()).toEqual(['1 a']);
});

test('a number whose giving was never answered comes to nothing', async () => {
  breakNext('UpdateItem', 'reset after', tries);
  await expect(queue.post('ada', 'a')).rejects.toThrow();
  await queue.post('bob', 'b');
  expect(await queue.shown()).toEqual([]);
  queue.clock.turn(60_000);
  expect(await queue.shown()).toEqual(['2 b']);
});

test.each<[what: string, others: () => Promise<unknown>]>([
  ['the session has ended', () => queue.session.change({ hasEnded: true })],
  ['the player has left', () => queue.session.remove('ada')],
])(
  'messages are dropped whose drop was not answered, though %s before it was sent again',
  async (_, others) => {
    await queue.post('bob', 'b');
    const dropping = await stopAfter(0, queue, (apart) => apart.drop(9, playerCaller('ada')));
    // Nobody has posted the ninth yet: what there is comes next.
    await dropping.pass(1);
    await dropping.loseAnswer();
    await others();
    expect(await dropping.finish()).toEqual({ kind: 'dropped' });
    expect(await queue.shown()).toEqual([]);
  },
);
