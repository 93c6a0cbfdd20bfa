import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { maximumRemovals } from '#lib/messages/drop.ts';
import type { Table } from '#lib/table/client.ts';
import { playerCaller, someTitle } from '#test/lib/rosters/roster-under-test.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
  for (const text of ['a', 'b', 'c']) await queue.post('bob', text);
  return () => {
    wire.breaks = () => undefined;
  };
});

const stored = async () => (await queue.entries()).map(({ number }) => number);

describe('dropping messages', () => {
  test('takes away those up to a number, and no number comes again', async () => {
    expect(await queue.drop(2)).toEqual({ kind: 'dropped' });
    expect(await queue.shown()).toEqual(['3 c']);
    expect(await stored()).toEqual([3]);
    await queue.drop(3);
    expect(await queue.post('ada', 'd')).toMatchObject({ message: { number: 4 } });
    expect(await queue.shown()).toEqual(['4 d']);
  });

  test('beyond the last one takes away what there is, and not what is posted later', async () => {
    expect(await queue.drop(99)).toEqual({ kind: 'dropped' });
    expect(await queue.shown()).toEqual([]);
    await queue.post('ada', 'd');
    expect(await queue.shown()).toEqual(['4 d']);
  });

  test('again, or of fewer, brings nothing back', async () => {
    for (const through of [2, 2, 1, 0]) {
      expect(await queue.drop(through)).toEqual({ kind: 'dropped' });
    }
    expect(await queue.shown()).toEqual(['3 c']);
  });

  test('is of one queue', async () => {
    const other = new QueueUnderTest(queue.session, 1);
    await other.post('ada', 'kept');
    await queue.drop(3);
    expect(await other.shown()).toEqual(['1 kept']);
  });

  test('is for players who are in, and for the title', async () => {
    await queue.session.join('lou');
    await queue.session.remove('lou');
    for (const name of ['eve', 'lou']) {
      expect(await queue.drop(1, playerCaller(name))).toMatchObject({ kind: 'not-allowed' });
    }
    expect(await queue.shown()).toHaveLength(3);
    expect(await queue.drop(1, playerCaller('ada'))).toEqual({ kind: 'dropped' });
    expect(await queue.shown()).toHaveLength(2);
  });

  test('is not for sessions that have ended, are not there, or are another title’s', async () => {
    const addresses = [
      { titleId: someTitle, sessionId: randomUUID() },
      { ...queue.session.address, titleId: someTitle + 1 },
    ];
    for (const address of addresses) {
      expect(await queue.drop(1, undefined, address)).toEqual({ kind: 'not-found' });
    }
    await queue.session.change({ hasEnded: true });
    expect(await queue.drop(1)).toMatchObject({ kind: 'ended', session: { hasEnded: true } });
    expect(await queue.shown()).toHaveLength(3);
  });
});

describe('what is dropped', () => {
  test('is out of sight at once, and removed by the next drop where the first could not', async () => {
    wire.breaks = ({ operation }) => (operation === 'DeleteItem' ? 'throttled' : undefined);
    expect(await queue.drop(2)).toEqual({ kind: 'dropped' });
    wire.breaks = () => undefined;
    expect(await queue.shown()).toEqual(['3 c']);
    expect(await stored()).toEqual([1, 2, 3]);
    await queue.drop(1);
    expect(await stored()).toEqual([3]);
  });

  test(`is removed by and by where there are more than ${maximumRemovals}`, async () => {
    const many = new QueueUnderTest(queue.session, 1);
    await many.fill(maximumRemovals + 2);
    await many.drop(maximumRemovals + 1);
    expect(await many.shown()).toEqual([`${maximumRemovals + 2} ${maximumRemovals + 2}`]);
    expect((await many.entries()).map(({ number }) => number)).toEqual([
      maximumRemovals + 1,
      maximumRemovals + 2,
    ]);
    await many.drop(1);
    expect((await many.entries()).map(({ number }) => number)).toEqual([maximumRemovals + 2]);
  });

  test('is removed few at a time, so that posts to the same partition come through', async () => {
    const send = wire.handle.bind(wire);
    let underWay = 0;
    let most = 0;
    wire.handle = async (request, options) => {
      const isRemoval = String(request.headers['x-amz-target']).endsWith('DeleteItem');
      if (isRemoval) most = Math.max(most, ++underWay);
      const answer = await send(request, options);
      if (isRemoval) underWay--;
      return answer;
    };
    const many = new QueueUnderTest(queue.session, 1);
    await many.fill(20);
    await many.drop(20);
    wire.handle = send;
    expect(await many.entries()).toEqual([]);
    expect(most).toBe(5);
  });
});
