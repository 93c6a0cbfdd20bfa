import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { graceTime } from '#lib/messages/read-stretch.ts';
import type { Table } from '#lib/table/client.ts';
import { playerCaller } from '#test/lib/rosters/roster-under-test.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { QueueUnderTest } from './queue-under-test.ts';
import { stopAfter } from './stopped-verb.ts';

let table: Table;
let wire: DynamoDbWire;
beforeAll(async () => {
  ({ table, wire } = await newTable());
});

let queue: QueueUnderTest;
let started: number;
beforeEach(async () => {
  queue = await QueueUnderTest.open(table, ['ada', 'bob']);
  started = queue.clock.now();
  wire.count();
  return () => {
    wire.breaks = () => undefined;
  };
});

const passed = () => queue.clock.now() - started;

/** Does something once a reader has waited for so many milliseconds. */
function afterWaiting(milliseconds: number, act: () => unknown): void {
  queue.whileWaiting = () => (passed() === milliseconds ? act() : undefined);
}

describe('a reader who waits', () => {
  test('is answered at once where there is something to read', async () => {
    await queue.post('ada', 'a');
    expect(await queue.shown({ wait: 20_000 })).toEqual(['1 a']);
    expect(passed()).toBe(0);
  });

  test('is answered with the first message within a second of it', async () => {
    await queue.post('ada', 'a');
    afterWaiting(3_000, () => queue.post('bob', 'b'));
    expect(await queue.shown({ after: 1, wait: 20_000 })).toEqual(['2 b']);
    expect(passed()).toBe(3_000);
  });

  test('looks at the session once a second, and at no message where there is none', async () => {
    expect(await queue.shown({ wait: 20_000 })).toEqual([]);
    expect(queue.pauses).toEqual(Array.from({ length: 20 }, () => 1_000));
    expect(wire.count()).toEqual({ GetItem: 21 });
  });

  test.each([
    [0, 0],
    [999, 0],
    [1_000, 1],
    [2_500, 2],
  ])('for %i ms pauses %i times', async (wait, pauses) => {
    await queue.shown({ wait });
    expect(queue.pauses).toHaveLength(pauses);
  });

  test('does not look sooner than a second after the look before, however long that took', async () => {
    const looks: number[] = [];
    const durations = [40, 1_300, 0, 2_000];
    wire.breaks = () => {
      looks.push(passed());
      queue.clock.turn(durations.shift() ?? 5);
      return undefined;
    };
    expect(await queue.shown({ wait: 8_000 })).toEqual([]);
    expect(looks).toEqual([0, 1_000, 3_000, 4_000, 6_000, 7_000, 8_000]);
    expect(passed()).toBe(8_005);
  });

  test('does not look twice where a timer goes off too early', async () => {
    const looks: number[] = [];
    wire.breaks = () => void looks.push(passed());
    queue.whileWaiting = () => queue.clock.turn(-1);
    await queue.shown({ wait: 4_000 });
    expect(looks).toEqual([0, 999, 1_999, 2_999, 3_999]);
  });

  test('waits no longer once the session has ended', async () => {
    afterWaiting(2_000, () => queue.session.change({ hasEnded: true }));
    expect(await queue.shown({ wait: 20_000 })).toEqual([]);
    expect(passed()).toBe(2_000);
  });

  test('is turned away once the session is no longer shown', async () => {
    afterWaiting(2_000, () => queue.session.remove('ada'));
    const reading = { wait: 20_000, caller: playerCaller('ada') };
    expect(await queue.readOn(reading)).toEqual({ kind: 'not-visible' });
    expect(passed()).toBe(2_000);
  });

  test('passes over a number that came to nothing, and goes on waiting', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await slow.die();
    afterWaiting(9_000, () => queue.post('bob', 'b'));
    expect(await queue.shown({ wait: 20_000 })).toEqual(['2 b']);
    expect(passed()).toBe(9_000);
    expect((await queue.entries()).map(({ kind }) => kind)).toEqual(['void', 'message']);
  });

  test('waits for a message that is on its way, and for what comes behind it', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.post('bob', 'b');
    afterWaiting(2_000, () => slow.finish());
    expect(await queue.shown({ wait: 20_000 })).toEqual(['1 a', '2 b']);
    expect(passed()).toBe(2_000);
  });

  test('gets the last message of a session that ended while it was on its way', async () => {
    const slow = await stopAfter(1, queue, (apart) => apart.post('ada', 'a'));
    await queue.session.change({ hasEnded: true });
    afterWaiting(1_000, () => slow.finish());
    expect(await queue.shown({ wait: 20_000 })).toEqual(['1 a']);
    expect(passed()).toBeLessThan(graceTime);
  });
});
