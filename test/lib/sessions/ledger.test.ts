import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decide,
  earliestDeadline,
  freeSlots,
  heldSlots,
  hopefulChange,
  lapsedSeats,
  type SeatRequest,
  seatState,
} from '#lib/sessions/ledger.ts';
import { acceptedSeat, type Ledger } from '#lib/table/session-item.ts';
import { ledger } from './some-ledger.ts';

const now = 1_000_000;
const deadline = now + 60_000;
const later = now + 1;
const lapsed = now - 1;

const ended = {
  status: 'TERMINATED',
  endedAt: now - 5,
  endReason: 'FORCE_TERMINATED',
  endedBy: 'x',
} as const;

describe('a seat, by the clock', () => {
  test.each([
    ['is reserved until its deadline', now + 1, 'reserved'],
    ['has lapsed at its deadline', now, 'lapsed'],
    ['has lapsed after its deadline', now - 1, 'lapsed'],
    ['is accepted for good', acceptedSeat, 'accepted'],
  ])('%s', (_, value, state) => {
    expect(seatState(value, now)).toBe(state);
  });

  test('never lapses once accepted, whatever the clock says', () => {
    expect(seatState(acceptedSeat, Number.MAX_SAFE_INTEGER)).toBe('accepted');
  });
});

describe('a ledger, by the clock', () => {
  const seats = { reserved: later, atDeadline: now, lapsed, accepted: acceptedSeat };

  test('counts a lapsed slot as free, and a reserved or accepted one as held', () => {
    const image = ledger(seats, 3);
    expect(lapsedSeats(image, now)).toEqual(['atDeadline', 'lapsed']);
    expect(freeSlots(image, now)).toBe(5);
    expect(heldSlots(image, now)).toBe(2);
  });

  test('holds no slot for anybody after the session has ended', () => {
    expect(heldSlots(ledger(seats, 3, ended), now)).toBe(0);
  });

  test.each<[string, Ledger['seats'], number | undefined]>([
    ['the earliest of the reservations', { a: 30, b: 20, c: acceptedSeat }, 20],
    ['a time that has passed, where a seat has lapsed', { a: later, b: lapsed }, lapsed],
    ['never, where everyone has arrived', { a: acceptedSeat }, undefined],
    ['never, where nobody is', {}, undefined],
  ])('next frees a slot by itself at %s', (_, held, earliest) => {
    expect(earliestDeadline(ledger(held, 0))).toBe(earliest);
  });
});

test('the first try hopes for open slots and touches no seat but its own', () => {
  expect(hopefulChange({ tokens: ['a', 'b'] })).toEqual({
    take: ['a', 'b'],
    fromOpen: 2,
    reclaim: [],
    renew: [],
    keep: [],
  });
});

test('the first try hopes that no seat is kept for whoever comes, and is refused where one is', () => {
  expect(hopefulChange({ tokens: ['a', 'b'], kept: ['_a', '_b'] })).toMatchObject({
    take: ['a', 'b'],
    fromOpen: 2,
    unkept: ['_a', '_b'],
  });
});

const change = { take: [], fromOpen: 0, reclaim: [], renew: [], keep: [] };
type Decision = ReturnType<typeof decide>;

describe('why a write was refused, and what to try next', () => {
  const first = () => 0;
  const ask = (...tokens: readonly string[]): SeatRequest => ({ tokens });

  test.each<[situation: string, image: Ledger | undefined, request: SeatRequest, decision: Decision]>([
    ['there is no session', undefined, ask('a'), { kind: 'not-found' }],
    ['the session has ended', ledger({}, 3, ended), ask('a'), { kind: 'not-active', status: 'TERMINATED' }],
    [
      'the session is not active yet',
      ledger({}, 3, { status: 'ACTIVATING' }),
      ask('a'),
      { kind: 'not-active', status: 'ACTIVATING' },
    ],
    [
      'the session has ended, though the seat is mine',
      ledger({ a: later }, 3, ended),
      ask('a'),
      { kind: 'not-active', status: 'TERMINATED' },
    ],
    [
      'the session has ended, before it denies players or is full',
      ledger({ b: later }, 0, { ...ended, deniesPlayers: true }),
      ask('a'),
      { kind: 'not-active', status: 'TERMINATED' },
    ],
    ['newcomers are denied', ledger({}, 3, { deniesPlayers: true }), ask('a'), { kind: 'denied' }],
    [
      'newcomers are denied, before the session is full',
      ledger({ b: later }, 0, { deniesPlayers: true }),
      ask('a'),
      { kind: 'denied' },
    ],
    [
      'newcomers are denied, and one of the party is new',
      ledger({ a: later }, 3, { deniesPlayers: true }),
      ask('a', 'b'),
      { kind: 'denied' },
    ],
    [
      'newcomers are denied, and my own seat has lapsed',
      ledger({ a: lapsed }, 3, { deniesPlayers: true }),
      ask('a'),
      { kind: 'denied' },
    ],
    [
      'the seat is mine and reserved: a replay',
      ledger({ a: later }, 0),
      ask('a'),
      { kind: 'replay', seats: { a: later } },
    ],
    [
      'the seat is mine and accepted: a replay',
      ledger({ a: acceptedSeat }, 0),
      ask('a'),
      { kind: 'replay', seats: { a: acceptedSeat } },
    ],
    [
      'the seats are mine, even where newcomers are denied by now: a replay',
      ledger({ a: later, b: later }, 0, { deniesPlayers: true }),
      ask('a', 'b'),
      { kind: 'replay', seats: { a: later, b: later } },
    ],
    [
      'my own seat has lapsed: renew it in place',
      ledger({ a: lapsed, b: later }, 0),
      ask('a'),
      { kind: 'retry', change: { ...change, renew: [{ token: 'a', value: lapsed }] } },
    ],
    [
      'my own seat lapses at this moment: renew it in place',
      ledger({ a: now }, 0),
      ask('a'),
      { kind: 'retry', change: { ...change, renew: [{ token: 'a', value: now }] } },
    ],
    [
      'my own seat has lapsed and there are open slots: they are left alone',
      ledger({ a: lapsed }, 5),
      ask('a'),
      { kind: 'retry', change: { ...change, renew: [{ token: 'a', value: lapsed }] } },
    ],
    ['all slots are held', ledger({ b: later, c: acceptedSeat }, 0), ask('a'), { kind: 'full', free: 0 }],
    ['a session without slots is full', ledger({}, 0), ask('a'), { kind: 'full', free: 0 }],
    [
      'a party is larger than what is free',
      ledger({ c: later }, 1),
      ask('a', 'b'),
      { kind: 'full', free: 1 },
    ],
    [
      'a party is larger than what is open and lapsed together',
      ledger({ c: lapsed }, 1),
      ask('a', 'b', 'd'),
      { kind: 'full', free: 2 },
    ],
    [
      'a party is too large beside its own lapsed seat, which counts as free',
      ledger({ a: lapsed, c: later }, 0),
      ask('a', 'b'),
      { kind: 'full', free: 1 },
    ],
    [
      'a slot has come free in the meantime: take it',
      ledger({ b: later }, 1),
      ask('a'),
      { kind: 'retry', change: { ...change, take: ['a'], fromOpen: 1 } },
    ],
    [
      'a slot has lapsed: take it with the exact value that was seen',
      ledger({ b: lapsed, c: later }, 0),
      ask('a'),
      { kind: 'retry', change: { ...change, take: ['a'], reclaim: [{ token: 'b', value: lapsed }] } },
    ],
    [
      'a party takes open slots first, and lapsed ones for the rest',
      ledger({ c: lapsed, d: lapsed }, 1),
      ask('a', 'b'),
      {
        kind: 'retry',
        change: { ...change, take: ['a', 'b'], fromOpen: 1, reclaim: [{ token: 'c', value: lapsed }] },
      },
    ],
    [
      'part of a party is in: only the others are taken, on the condition that it still is',
      ledger({ a: later, c: acceptedSeat }, 2),
      ask('a', 'b', 'c'),
      {
        kind: 'retry',
        change: {
          ...change,
          take: ['b'],
          fromOpen: 1,
          keep: [
            { token: 'a', value: later },
            { token: 'c', value: acceptedSeat },
          ],
        },
      },
    ],
    [
      'part of a party has lapsed, part is new: renew, take and reclaim at once, and never one’s own',
      ledger({ a: lapsed, c: lapsed }, 0),
      ask('a', 'b'),
      {
        kind: 'retry',
        change: {
          ...change,
          take: ['b'],
          reclaim: [{ token: 'c', value: lapsed }],
          renew: [{ token: 'a', value: lapsed }],
        },
      },
    ],
  ])('%s', (_, image, request, decision) => {
    expect(decide(image, request, now, first)).toEqual(decision);
  });

  describe('for players for whom seats may be kept', () => {
    const back = (...names: readonly string[]): SeatRequest => ({
      tokens: names,
      kept: names.map((name) => `_${name}`),
    });
    const take = { ...change, unkept: [], isRejoin: false };

    test.each<[situation: string, image: Ledger, request: SeatRequest, decision: Decision]>([
      [
        'one is kept: take that one, however many slots are open',
        ledger({ _a: later, c: lapsed }, 3),
        back('a'),
        {
          kind: 'retry',
          change: { ...take, take: ['a'], reclaim: [{ token: '_a', value: later }], isRejoin: true },
        },
      ],
      [
        'one is kept in a session that is full: take it',
        ledger({ _a: later, c: later }, 0),
        back('a'),
        {
          kind: 'retry',
          change: { ...take, take: ['a'], reclaim: [{ token: '_a', value: later }], isRejoin: true },
        },
      ],
      [
        'one is kept where newcomers are denied: take it',
        ledger({ _a: later }, 0, { deniesPlayers: true }),
        back('a'),
        {
          kind: 'retry',
          change: { ...take, take: ['a'], reclaim: [{ token: '_a', value: later }], isRejoin: true },
        },
      ],
      [
        'one was kept until now: take its place, as a newcomer',
        ledger({ _a: now, c: lapsed }, 0),
        back('a'),
        { kind: 'retry', change: { ...take, take: ['a'], reclaim: [{ token: '_a', value: now }] } },
      ],
      [
        'one was kept until now where newcomers are denied',
        ledger({ _a: now }, 3, { deniesPlayers: true }),
        back('a'),
        { kind: 'denied' },
      ],
      [
        'none is kept: take an open slot, on the condition that there still is none',
        ledger({ _c: later }, 1),
        back('a'),
        { kind: 'retry', change: { ...take, take: ['a'], fromOpen: 1, unkept: ['_a'] } },
      ],
      [
        'one is kept for somebody else in a session that is full',
        ledger({ _c: later }, 0),
        back('a'),
        { kind: 'full', free: 0 },
      ],
      [
        'one was kept for somebody else: it has lapsed like any other',
        ledger({ _c: lapsed }, 0),
        back('a'),
        {
          kind: 'retry',
          change: { ...take, take: ['a'], reclaim: [{ token: '_c', value: lapsed }], unkept: ['_a'] },
        },
      ],
      [
        'one is kept for one of a party: take it, and open slots for the others',
        ledger({ _b: later }, 1),
        back('a', 'b'),
        {
          kind: 'retry',
          change: {
            ...take,
            take: ['a', 'b'],
            fromOpen: 1,
            reclaim: [{ token: '_b', value: later }],
            unkept: ['_a'],
          },
        },
      ],
      [
        'one is kept for one of a party, and there is no slot for the other: it counts as free',
        ledger({ _b: later, c: later }, 0),
        back('a', 'b'),
        { kind: 'full', free: 1 },
      ],
      [
        'one is kept for one of a party where newcomers are denied',
        ledger({ _b: later }, 3, { deniesPlayers: true }),
        back('a', 'b'),
        { kind: 'denied' },
      ],
      [
        'one is kept for each of a party where newcomers are denied: take them',
        ledger({ _a: later, _b: deadline }, 0, { deniesPlayers: true }),
        back('a', 'b'),
        {
          kind: 'retry',
          change: {
            ...take,
            take: ['a', 'b'],
            reclaim: [
              { token: '_a', value: later },
              { token: '_b', value: deadline },
            ],
            isRejoin: true,
          },
        },
      ],
      [
        'the seat is mine by now: a replay, whatever else is kept',
        ledger({ a: later, _a: later }, 0),
        back('a'),
        { kind: 'replay', seats: { a: later, _a: later } },
      ],
      [
        'my own seat has lapsed: renew it in place, and leave the one that is kept',
        ledger({ a: lapsed, _a: later }, 0),
        back('a'),
        { kind: 'retry', change: { ...take, renew: [{ token: 'a', value: lapsed }] } },
      ],
    ])('%s', (_, image, request, decision) => {
      expect(decide(image, request, now, first)).toEqual(decision);
    });
  });

  test('chooses lapsed seats at random, so that racers do not all choose the same one', () => {
    const image = ledger({ b: lapsed, c: lapsed, d: lapsed, e: later }, 0);
    const chosen = [0, 0.34, 0.99].map((random) => reclaimed(decide(image, ask('a'), now, () => random)));
    expect(chosen).toEqual([['b'], ['c'], ['d']]);
  });
});

const reclaimed = (decision: Decision): readonly string[] =>
  decision.kind === 'retry' ? decision.change.reclaim.map(({ token }) => token) : [];

const anyLedger = fc
  .record({
    seats: fc.dictionary(
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      fc.constantFrom(lapsed, now, later, deadline, acceptedSeat),
    ),
    kept: fc.dictionary(
      fc.constantFrom('_a', '_b', '_c', '_d', '_x', '_y'),
      fc.constantFrom(lapsed, now, later, deadline),
    ),
    open: fc.nat({ max: 4 }),
  })
  .map(({ seats, kept, open }) => ledger({ ...seats, ...kept }, open));
const anyTokens: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z'),
  { minLength: 1 },
);
const anyRandom = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

test('what is tried next fits the image: it gives everyone of the party a seat and takes nobody’s who holds one', () => {
  fc.assert(
    fc.property(anyLedger, anyTokens, anyRandom, (image, tokens, random) => {
      const kept = tokens.map((token) => `_${token}`);
      const decision = decide(image, { tokens, kept }, now, () => random.next().value);
      const isHeld = (token: string) => seatState(image.seats[token] ?? 0, now) !== 'lapsed';
      const held = tokens.filter(isHeld);
      if (decision.kind === 'full') {
        const comesBack = tokens.filter((token) => image.seats[token] === undefined && isHeld(`_${token}`));
        expect(tokens.length - held.length - comesBack.length).toBeGreaterThan(freeSlots(image, now));
        return;
      }
      if (decision.kind === 'replay') {
        expect(held).toEqual(tokens);
        return;
      }
      expect(decision.kind).toBe('retry');
      if (decision.kind !== 'retry') return;

      const { take, fromOpen, reclaim, renew, unkept } = decision.change;
      const removed = [...reclaim, ...renew];
      expect([...held, ...take, ...renew.map(({ token }) => token)].toSorted()).toEqual(tokens.toSorted());
      for (const { token, value } of removed) {
        expect(image.seats[token]).toBe(value);
        if (!kept.includes(token)) expect(seatState(value, now)).toBe('lapsed');
      }
      // Whoever takes a new seat takes the one that is kept for the same player, or there is none.
      for (const token of take.map((token) => `_${token}`)) {
        const isThere = image.seats[token] !== undefined;
        expect(reclaim.some((seat) => seat.token === token)).toBe(isThere);
        expect(unkept?.includes(token)).toBe(!isThere);
      }
      expect(new Set(removed.map(({ token }) => token)).size).toBe(removed.length);
      expect(reclaim.filter(({ token }) => tokens.includes(token))).toEqual([]);
      expect(fromOpen).toBeLessThanOrEqual(image.open);
      expect(fromOpen + reclaim.length).toBe(take.length);
    }),
    { numRuns: 2_000 },
  );
});
