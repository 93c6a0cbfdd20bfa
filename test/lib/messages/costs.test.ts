import { beforeAll, beforeEach, expect, test } from 'vitest';
import { graceTime } from '#lib/messages/read-stretch.ts';
import type { Table } from '#lib/table/client.ts';
import { CapacityMeter } from '#test/support/capacity-meter.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';
import { stopAfter } from './stopped-verb.ts';

let table: Table;
let meter: CapacityMeter;
beforeAll(async () => {
  ({ table } = await newTable());
  meter = new CapacityMeter(table);
});

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
  meter.take();
});

/** The calls since the last look, each with its capacity units. */
function bill(): readonly string[] {
  const refused = Array.from({ length: meter.refused }, () => 'refused');
  return [...refused, ...meter.take().map(({ operation, table: units }) => `${operation} ${units}`)];
}

test('a message is two calls, a unit for each KB of the session and of the message', async () => {
  await queue.post('ada', 'hello');
  expect(bill()).toEqual(['UpdateItem 1', 'PutItem 1']);
  await queue.post('bob', 'x'.repeat(2_900));
  expect(bill()).toEqual(['UpdateItem 1', 'PutItem 3']);
  await queue.post('ada', 'x', 2);
  expect(bill()).toEqual(['UpdateItem 1', 'PutItem 1']);
});

test('a session of four players with messages in all queues is written for one unit', async () => {
  await queue.session.join('eve', 'lou');
  for (const index of [0, 1, 2, 3]) await new QueueUnderTest(queue.session, index).post('ada', 'a');
  bill();
  await queue.post('ada', 'b');
  expect(bill()).toEqual(['UpdateItem 1', 'PutItem 1']);
});

test('a message of somebody who is not in is one refused write, and one that came too late a query more', async () => {
  await queue.post('eve', 'a');
  expect(bill()).toEqual(['refused']);
  await queue.post('ada', 'a');
  bill();
  await queue.post('bob', 'b', 0);
  expect(bill()).toEqual(['refused', 'Query 1']);
});

test('a reader pays for a look at the session, and for the messages where there are some', async () => {
  await queue.shown();
  expect(bill()).toEqual(['GetItem 1']);
  for (const text of ['a', 'b', 'c']) await queue.post('ada', text);
  bill();
  await queue.shown();
  expect(bill()).toEqual(['GetItem 1', 'Query 1']);
  await queue.shown({ after: 3 });
  expect(bill()).toEqual(['GetItem 1']);
});

test('a reader who waits for 20 s pays for 21 looks', async () => {
  await queue.shown({ wait: 20_000 });
  expect(bill()).toEqual(Array.from({ length: 21 }, () => 'GetItem 1'));
});

test('a number that comes to nothing costs one reader a look, a put and a query more', async () => {
  const dying = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
  await dying.die();
  await queue.post('bob', 'b');
  queue.clock.turn(graceTime + 1);
  bill();
  expect(await queue.shown()).toEqual(['2 b']);
  expect(bill()).toEqual(['GetItem 1', 'Query 1', 'GetItem 1', 'PutItem 1', 'Query 1']);
  await queue.shown();
  expect(bill()).toEqual(['GetItem 1', 'Query 1']);
});

test('dropping messages is one write, half a unit for 4 KB to find them, and for each what it was written for', async () => {
  await queue.post('ada', 'a');
  await queue.post('ada', 'x'.repeat(2_900));
  bill();
  await queue.drop(2);
  expect(bill().toSorted()).toEqual(['DeleteItem 1', 'DeleteItem 3', 'Query 0.5', 'UpdateItem 1']);
  await queue.drop(2);
  expect(bill()).toEqual(['refused', expect.stringMatching(/^Query/)]);
});
