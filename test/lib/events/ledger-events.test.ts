import { describe, expect, test } from 'vitest';
import { ledgerEvents } from '#lib/events/ledger-events.ts';
import { acceptedSeat, keptSeatOf, type Ledger } from '#lib/table/session-item.ts';
import { ledger } from '#test/lib/sessions/some-ledger.ts';

const now = 1_000;

/** What one write has made happen, in a session that had 7 events before. */
const eventsOf = (
  before: Ledger['seats'],
  after: Ledger['seats'],
  changes: Partial<Ledger>,
  endsStays = true,
) => ledgerEvents(ledger(before, 5), ledger(after, 5, { touchedAt: now, ...changes }), { endsStays });

test.each([
  ['ACTIVE', 'activated'],
  ['ACTIVATING', 'changed'],
] as const)('a session that is created %s is %s, which is its event number 0', (status, kind) => {
  const created = ledger({}, 5, { status, version: 0, touchedAt: now });
  expect(ledgerEvents(undefined, created, { endsStays: true })).toEqual([{ kind, number: 0, at: now }]);
});

test('a session that becomes ACTIVE is activated', () => {
  const before = ledger({}, 5, { status: 'ACTIVATING' });
  const after = ledger({}, 5, { version: 8, touchedAt: now });
  expect(ledgerEvents(before, after, { endsStays: true })).toEqual([
    { kind: 'activated', number: 8, at: now },
  ]);
});

test('a write that counts no event is none, whatever it has changed', () => {
  expect(eventsOf({ a: 5 }, {}, { capacity: 9, lookAt: 5 })).toEqual([]);
});

test('a session that somebody asks to end is changed', () => {
  expect(eventsOf({ a: acceptedSeat }, { a: acceptedSeat }, { status: 'TERMINATING', version: 8 })).toEqual([
    { kind: 'changed', number: 8, at: now },
  ]);
});

test('a seat that is kept for somebody who has left has no number', () => {
  const kept = keptSeatOf('ada');
  expect(eventsOf({ a: acceptedSeat }, { [kept]: 9_000 }, { version: 8 })).toEqual([
    { kind: 'given-back', token: 'a', wasIn: true, number: 8, at: now },
  ]);
  expect(eventsOf({ [kept]: 9_000 }, { b: 9_000 }, { version: 8 })).toEqual([
    { kind: 'reserved', token: 'b', deadline: 9_000, number: 8, at: now },
  ]);
  expect(eventsOf({ [kept]: 400 }, {}, { version: 7 })).toEqual([]);
  expect(eventsOf({ [kept]: 400 }, {}, { version: 8, capacity: 3 })).toEqual([
    { kind: 'changed', number: 8, at: now },
  ]);
  const end = { status: 'TERMINATED', endedAt: now, version: 8 } as const;
  expect(eventsOf({ [kept]: 9_000 }, { [kept]: 9_000 }, end)).toEqual([
    { kind: 'ended', number: 8, at: now },
  ]);
});

test('each seat has a number of its own, and a seat that timed out the time of its deadline', () => {
  expect(eventsOf({ old: 400 }, { b: 9_000, a: 9_000 }, { version: 10 })).toEqual([
    { kind: 'timed-out', token: 'old', deadline: 400, number: 8, at: 400 },
    { kind: 'reserved', token: 'a', deadline: 9_000, number: 9, at: now },
    { kind: 'reserved', token: 'b', deadline: 9_000, number: 10, at: now },
  ]);
});

test('what a write counts beyond the seats that it moves is a change of the session, and comes last', () => {
  expect(eventsOf({ old: 400 }, {}, { version: 9, capacity: 3 })).toMatchObject([
    { kind: 'timed-out', number: 8 },
    { kind: 'changed', number: 9, at: now },
  ]);
  expect(eventsOf({}, {}, { version: 8, deniesPlayers: true })).toEqual([
    { kind: 'changed', number: 8, at: now },
  ]);
});

describe('the end of a session', () => {
  const seats = { in: acceptedSeat, coming: now + 1, late: 400 };
  const end: Partial<Ledger> = { status: 'TERMINATED', endedAt: now, version: 8 };

  test('is told last, after the end of each stay', () => {
    expect(eventsOf(seats, seats, end)).toEqual([
      { kind: 'timed-out', token: 'coming', deadline: now + 1, number: 8, at: now },
      { kind: 'timed-out', token: 'late', deadline: 400, number: 9, at: 400 },
      { kind: 'given-back', token: 'in', wasIn: true, number: 10, at: now },
      { kind: 'ended', number: 11, at: now },
    ]);
  });

  test('is no end of a stay where those who are in stay shown as in', () => {
    expect(eventsOf(seats, { in: acceptedSeat, coming: now + 1 }, { ...end, version: 9 }, false)).toEqual([
      { kind: 'timed-out', token: 'late', deadline: 400, number: 8, at: 400 },
      { kind: 'ended', number: 9, at: now },
    ]);
  });

  test('is not told again by whatever is written later', () => {
    const over = { status: 'TERMINATED', endedAt: now } as const;
    const before = ledger(seats, 5, over);
    const after = ledger(seats, 5, { ...over, version: 8, touchedAt: now });
    expect(ledgerEvents(before, after, { endsStays: true })).toEqual([
      { kind: 'changed', number: 8, at: now },
    ]);
  });
});
