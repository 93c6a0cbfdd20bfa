import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { voidRetention } from '#lib/messages/drop.ts';
import { graceTime } from '#lib/messages/read-stretch.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';
import { stopAfter } from './stopped-verb.ts';

/**
 * Numbers without a message: what everybody sees when a writer dies, or is slow, between its two writes.
 */

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
});

const dieAfter = async (requests: number, verb: (queue: QueueUnderTest) => Promise<unknown>) =>
  (await stopAfter(requests, queue, verb)).die();

const kinds = async () => (await queue.entries()).map(({ number, kind }) => `${number} ${kind}`);

describe('a writer that dies before it is given a number', () => {
  test('has posted nothing, and the next number is the next', async () => {
    await dieAfter(0, (apart) => apart.post('ada', 'a'));
    expect(await queue.post('bob', 'b')).toMatchObject({ message: { number: 1 } });
    expect(await queue.shown()).toEqual(['1 b']);
  });
});

describe('a writer that dies between its two writes', () => {
  test('stops readers in front of its number for the grace time, and then no longer', async () => {
    await queue.post('bob', 'b');
    await dieAfter(1, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'c');
    expect(await queue.shown()).toEqual(['1 b']);
    queue.clock.turn(graceTime);
    expect(await queue.shown()).toEqual(['1 b']);
    queue.clock.turn(1);
    expect(await queue.shown()).toEqual(['1 b', '3 c']);
    expect(await kinds()).toEqual(['1 message', '2 void', '3 message']);
  });

  test('is not waited for by readers of what came after', async () => {
    await dieAfter(1, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    await queue.post('bob', 'c');
    expect(await queue.shown({ after: 1 })).toEqual(['2 b', '3 c']);
    expect(await queue.shown({ after: 2 })).toEqual(['3 c']);
  });

  test('leaves a last number that is given up like any other', async () => {
    await queue.post('bob', 'b');
    await dieAfter(1, (apart) => apart.post('ada', 'a'));
    queue.clock.turn(graceTime + 1);
    expect(await queue.shown()).toEqual(['1 b']);
    expect(await kinds()).toEqual(['1 message', '2 void']);
    await queue.post('bob', 'c');
    expect(await queue.shown()).toEqual(['1 b', '3 c']);
  });

  test('with many others leaves numbers that one reader gives up', async () => {
    for (let i = 0; i < 30; i++) await dieAfter(1, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    for (let i = 0; i < 2; i++) await dieAfter(1, (apart) => apart.post('ada', 'a'));
    queue.clock.turn(graceTime + 1);
    expect(await queue.shown()).toEqual(['31 b']);
    expect(await queue.entries()).toHaveLength(33);
  });

  test('counts as another’s message for the grace time where one must follow, and then as none', async () => {
    await queue.post('bob', 'b');
    await dieAfter(1, (apart) => apart.post('ada', 'a', 1));
    expect(await queue.post('bob', 'c', 1)).toMatchObject({ kind: 'other-first' });
    queue.clock.turn(graceTime + 1);
    expect(await queue.post('bob', 'c', 1)).toMatchObject({ message: { number: 3 } });
    expect(await queue.post('bob', 'd', 1)).toMatchObject({ kind: 'other-first' });
    expect(await queue.shown()).toEqual(['1 b', '3 c']);
  });

  test('holds nobody up whose session has ended, once the grace time is over', async () => {
    await dieAfter(1, (apart) => apart.post('ada', 'a'));
    await queue.session.change({ hasEnded: true });
    expect(await queue.shown({ wait: 20_000 })).toEqual([]);
    expect(queue.clock.now() - queue.session.created.createdAt).toBe(6_000);
  });

  test('leaves a number that is dropped with the others, and is not waited for then', async () => {
    await queue.post('bob', 'b');
    await dieAfter(1, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'c');
    await queue.drop(2);
    expect(await queue.shown()).toEqual(['3 c']);
    expect(await kinds()).toEqual(['3 message']);
  });
});

describe('a writer that is slow between its two writes', () => {
  test('is shown before what came after it', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    expect(await queue.shown()).toEqual([]);
    expect(await slow.finish()).toMatchObject({ message: { number: 1 } });
    expect(await queue.shown()).toEqual(['1 a', '2 b']);
  });

  test('and whose number was given up posts under another one', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    queue.clock.turn(graceTime + 1);
    expect(await queue.shown()).toEqual(['2 b']);
    expect(await slow.finish()).toMatchObject({ message: { number: 3, at: queue.clock.now() } });
    expect(await queue.shown({ after: 2 })).toEqual(['3 a']);
  });

  test('and must follow another is asked again whether it does, once its number was given up', async () => {
    const first = await stopAfter(1, queue, (apart) => apart.post('ada', 'a', 0));
    queue.clock.turn(graceTime + 1);
    const second = await stopAfter(0, queue, (apart) => apart.post('bob', 'b', 0));
    expect(await second.finish()).toMatchObject({ message: { number: 2 } });
    expect(await first.finish()).toMatchObject({ kind: 'other-first' });
    expect(await queue.shown()).toEqual(['2 b']);
  });

  test('and must follow another may still be the first, once its number was given up', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a', 0));
    queue.clock.turn(graceTime + 1);
    expect(await queue.shown()).toEqual([]);
    expect(await slow.finish()).toMatchObject({ message: { number: 2 } });
  });

  test('keeps its number when it is a moment quicker than the reader who gives it up', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    queue.clock.turn(graceTime + 1);
    const reading = await stopAfter(3, queue, (apart) => apart.shown());
    expect(await slow.finish()).toMatchObject({ message: { number: 1 } });
    expect(await reading.finish()).toEqual(['1 a', '2 b']);
  });

  test('has posted nothing that nobody sees, also where its number was given up and then dropped', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a', 0));
    queue.clock.turn(graceTime + 1);
    await queue.post('bob', 'b', 0);
    await queue.drop(2);
    expect(await kinds()).toEqual(['1 void']);
    expect(await slow.finish()).toMatchObject({ message: { number: 3 } });
    queue.clock.turn(voidRetention + 1);
    await queue.drop(2);
    expect(await kinds()).toEqual(['3 message']);
  });

  test('does not post twice what was shown, dropped and then given up before it learned of its first try', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    queue.clock.turn(graceTime + 1);
    // It has seen the hole, and has still to write that the number is given up.
    const reading = await stopAfter(3, queue, (apart) => apart.shown());
    await slow.loseAnswer();
    expect(await queue.shown()).toEqual(['1 a', '2 b']);
    await queue.drop(1);
    expect(await reading.finish()).toEqual(['2 b']);
    expect(await slow.finish()).toEqual({ kind: 'contended' });
    expect(await queue.shown()).toEqual(['2 b']);
  });
});

describe('a reader that is under way while messages are dropped', () => {
  test('shows none of those that were dropped, and takes none of them for lost', async () => {
    for (const text of ['a', 'b', 'c', 'd']) await queue.post('ada', text);
    queue.clock.turn(graceTime + 1);
    const reading = await stopAfter(1, queue, (apart) => apart.shown());
    await queue.drop(3);
    expect(await reading.finish()).toEqual(['4 d']);
    expect(await kinds()).toEqual(['4 message']);
  });

  test.each([1, 2, 3])('shows what is left where the drop has removed message %i alone', async (number) => {
    for (const text of ['a', 'b', 'c', 'd']) await queue.post('ada', text);
    queue.clock.turn(graceTime + 1);
    const reading = await stopAfter(1, queue, (apart) => apart.shown());
    // It marks the messages and looks for them before it removes them.
    const dropping = await stopAfter(2, queue, (apart) => apart.drop(3));
    await dropping.pass(1, number - 1);
    expect(await kinds()).toEqual(
      [1, 2, 3, 4].filter((each) => each !== number).map((each) => `${each} message`),
    );
    expect(await reading.finish()).toEqual(['4 d']);
    expect(await dropping.finish()).toEqual({ kind: 'dropped' });
    expect(await kinds()).toEqual(['4 message']);
  });
});

describe('a drop whose process dies', () => {
  test.each([
    [0, ['1 message', '2 message', '3 message'], ['1 a', '2 b', '3 c']],
    [1, ['1 message', '2 message', '3 message'], ['3 c']],
    [2, ['1 message', '2 message', '3 message'], ['3 c']],
    [3, ['2 message', '3 message'], ['3 c']],
  ])('after %i requests has dropped all or none, and the next one goes on', async (sent, left, shown) => {
    for (const text of ['a', 'b', 'c']) await queue.post('ada', text);
    await dieAfter(sent, (apart) => apart.drop(2));
    expect(await kinds()).toEqual(left);
    expect(await queue.shown()).toEqual(shown);
    await queue.drop(sent === 0 ? 2 : 1);
    expect(await kinds()).toEqual(['3 message']);
  });
});
