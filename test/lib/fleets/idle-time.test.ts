import { describe, expect, test } from 'vitest';
import { idleTag, idleTimeOf, readIdleHours } from '#lib/fleets/idle-time.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';

describe('after how many hours an idle session is ended', () => {
  test.each<[value: string, hours: ReturnType<typeof readIdleHours>]>([
    ['1', 1],
    ['24', 24],
    ['0024', 24],
    ['8760', 8_760],
    ['never', 'never'],
    ['0', undefined],
    ['0000', undefined],
    ['8761', undefined],
    ['00024', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['', undefined],
    [' 1', undefined],
    ['1\n', undefined],
    ['NEVER', undefined],
    ['٢٤', undefined],
  ])('reads "%s" as %s', (value, hours) => {
    expect(readIdleHours(value)).toBe(hours);
  });
});

describe('how long a session of a fleet may be idle', () => {
  const fleet: Fleet = {
    fleetId: 'fleet-1',
    name: 'One',
    createdAt: 1,
    locations: ['custom-1'],
    protectionPolicy: 'NoProtection',
  };
  const tagged = (value: string): Fleet => ({
    ...fleet,
    tags: [
      { key: 'team', value: '1' },
      { key: idleTag, value },
    ],
  });
  const usual = 7;

  test.each<[what: string, fleet: Fleet, usual: number | undefined, time: number | undefined]>([
    ['the usual time where it has no tags', fleet, usual, usual],
    [
      'the usual time where it has other tags',
      { ...fleet, tags: [{ key: 'team', value: '1' }] },
      usual,
      usual,
    ],
    ['for ever where it says nothing and that is usual', fleet, undefined, undefined],
    ['as many hours as it says', tagged('3'), usual, 3 * 60 * 60 * 1_000],
    ['as many hours as it says where others are never ended', tagged('3'), undefined, 3 * 60 * 60 * 1_000],
    ['for ever where it says so', tagged('never'), usual, undefined],
  ])('is %s', (_, fleet, usual, time) => {
    expect(idleTimeOf(fleet, usual)).toBe(time);
  });
});
