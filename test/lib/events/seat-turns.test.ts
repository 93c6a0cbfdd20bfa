import { expect, test } from 'vitest';
import { lastTurns, seatTurns } from '#lib/events/seat-turns.ts';
import { acceptedSeat, keptSeatOf, stayFrom } from '#lib/table/session-item.ts';

const now = 1_000;
const lapsed = now;
const held = now + 1;
const later = now + 60_000;

const turned = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  first?: string[],
) => seatTurns(before, after, now, first);

test.each([
  ['that is new is reserved', undefined, later, [{ kind: 'reserved', deadline: later }]],
  ['that is new and taken has its player in', undefined, stayFrom(now), [{ kind: 'taken' }]],
  ['that is reserved and then accepted has its player in', held, acceptedSeat, [{ kind: 'taken' }]],
  [
    'that was accepted and is gone was given back',
    acceptedSeat,
    undefined,
    [{ kind: 'given-back', wasIn: true }],
  ],
  ['of a stay that is gone was given back', stayFrom(5), undefined, [{ kind: 'given-back', wasIn: true }]],
  [
    'that was reserved and is gone was given back unused',
    held,
    undefined,
    [{ kind: 'given-back', wasIn: false, deadline: held }],
  ],
  ['that had lapsed and is gone has timed out', lapsed, undefined, [{ kind: 'timed-out', deadline: lapsed }]],
  [
    'that had lapsed and is reserved anew has timed out before',
    lapsed,
    later,
    [
      { kind: 'timed-out', deadline: lapsed },
      { kind: 'reserved', deadline: later },
    ],
  ],
  [
    'that had lapsed and is taken has timed out before',
    lapsed,
    stayFrom(now),
    [{ kind: 'timed-out', deadline: lapsed }, { kind: 'taken' }],
  ],
  ['that is as it was is passed over', held, held, []],
  ['that is held until another time is passed over', held, later, []],
  ['of a stay that reads as another one is passed over', acceptedSeat, stayFrom(5), []],
])('a seat %s', (_, before, after, turns) => {
  const seats = (value: number | undefined) => (value === undefined ? {} : { seat: value });
  expect(turned(seats(before), seats(after))).toEqual(turns.map((turn) => ({ ...turn, token: 'seat' })));
});

test('those that timed out come first, then the others, each by their tokens and not as the maps have them', () => {
  const before = { d: lapsed, c: acceptedSeat, b: lapsed };
  const after = { e: later, a: later };
  const tokens = ['b', 'd', 'a', 'c', 'e'];
  expect(turned(before, after).map(({ token }) => token)).toEqual(tokens);
  const reversed = (seats: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(seats).toReversed());
  expect(turned(reversed(before), reversed(after)).map(({ token }) => token)).toEqual(tokens);
});

test('tokens that are to come first do so, and in their own order', () => {
  const after = { a: later, b: later, c: later };
  expect(turned({}, after, ['c', 'none', 'b']).map(({ token }) => token)).toEqual(['c', 'b', 'a']);
});

test('a seat that is kept for somebody who has left is nobody’s: only that one left is told, and that one came back', () => {
  const kept = keptSeatOf('ada');
  expect(turned({ ada: acceptedSeat }, { [kept]: later })).toEqual([
    { kind: 'given-back', token: 'ada', wasIn: true },
  ]);
  expect(turned({ [kept]: later }, { back: later })).toEqual([
    { kind: 'reserved', token: 'back', deadline: later },
  ]);
  expect(turned({ [kept]: lapsed }, { bob: later })).toEqual([
    { kind: 'reserved', token: 'bob', deadline: later },
  ]);
  expect(turned({ [kept]: lapsed }, {})).toEqual([]);
  expect(lastTurns({ [kept]: later, late: lapsed }, now)).toEqual([
    { kind: 'timed-out', token: 'late', deadline: lapsed },
  ]);
});

test('at the end of a session those who are in leave, and whoever has not come times out, by then or before', () => {
  expect(lastTurns({ in: acceptedSeat, coming: held, late: lapsed, also: stayFrom(7) }, now)).toEqual([
    { kind: 'timed-out', token: 'coming', deadline: held },
    { kind: 'timed-out', token: 'late', deadline: lapsed },
    { kind: 'given-back', token: 'also', wasIn: true },
    { kind: 'given-back', token: 'in', wasIn: true },
  ]);
});
