import { describe, expect, test } from 'vitest';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';

const full = { kind: 'full', free: 0 } as const;
const now = 1_000_000;

function memoryOf(earliestDeadline: number | undefined): RecentlyFull {
  const memory = new RecentlyFull();
  memory.remember('session', full, now, earliestDeadline);
  return memory;
}

describe('a session that was full', () => {
  test.each<[string, earliestDeadline: number | undefined, passed: number, remembered: boolean]>([
    ['is remembered at once', undefined, 0, true],
    ['is remembered for 249 ms', undefined, 249, true],
    ['is forgotten after 250 ms', undefined, 250, false],
    ['is remembered until just before a seat lapses', now + 100, 99, true],
    ['is forgotten when a seat lapses', now + 100, 100, false],
    ['is not remembered for longer because its seats lapse later', now + 60_000, 250, false],
    ['is not remembered at all when a seat has lapsed', now, 0, false],
  ])('%s', (_, earliestDeadline, passed, remembered) => {
    expect(memoryOf(earliestDeadline).recall('session', now + passed)).toEqual(remembered ? full : undefined);
  });

  test('is remembered with how many slots are free, since a smaller party may still fit', () => {
    const memory = new RecentlyFull();
    memory.remember('session', { kind: 'full', free: 2 }, now, undefined);
    expect(memory.recall('session', now)).toEqual({ kind: 'full', free: 2 });
  });

  test('is remembered as it was last seen', () => {
    const memory = memoryOf(undefined);
    memory.remember('session', { kind: 'full', free: 1 }, now + 200, undefined);
    expect(memory.recall('session', now + 449)).toEqual({ kind: 'full', free: 1 });
  });

  test('is forgotten on demand, and no other with it', () => {
    const memory = memoryOf(undefined);
    memory.remember('other', full, now, undefined);
    memory.forget('session');
    expect(memory.recall('session', now)).toBeUndefined();
    expect(memory.recall('other', now)).toEqual(full);
  });
});

test('no more than 1,000 sessions are remembered: the one that was seen full the longest ago makes room', () => {
  const memory = new RecentlyFull();
  for (let i = 0; i < 1_000; i++) memory.remember(`session ${i}`, full, now, undefined);
  memory.remember('session 0', full, now, undefined);
  expect(memory.recall('session 1', now)).toEqual(full);

  memory.remember('session 1000', full, now, undefined);
  expect(memory.recall('session 0', now)).toEqual(full);
  expect(memory.recall('session 1', now)).toBeUndefined();
  expect(memory.recall('session 2', now)).toEqual(full);
  expect(memory.recall('session 1000', now)).toEqual(full);
});
