import { describe, expect, test } from 'vitest';
import { type RosterEvent, rosterEvents } from '#lib/events/roster-events.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { type Ledger, stayFrom } from '#lib/table/session-item.ts';
import { ledger } from '#test/lib/sessions/some-ledger.ts';

const now = 1_000;
const later = now + 60_000;
const isIn = stayFrom(1);

/** A session in which these players have been, their tokens the names' first letters. */
function roster(
  names: readonly string[],
  seats: Ledger['seats'],
  changes: Partial<StoredRoster & Ledger> = {},
) {
  const { removedBy, ...ofLedger } = changes;
  return {
    sessionId: '702e5aaf-e7bd-4a7c-abea-9dd4be10edec',
    titleId: 1297287259,
    variant: 0,
    displayName: '',
    customData: undefined,
    visibility: 'Everyone',
    playersCanBeRemovedBy: 'AnyPlayer',
    creator: undefined,
    asked: '',
    lastWriter: undefined,
    removedBy,
    idleTime: undefined,
    roster: names.map((gamertag) => ({
      token: gamertag.slice(0, 1),
      xuid: `xuid of ${gamertag}`,
      gamertag,
      customData: undefined,
    })),
    queues: [],
    ledger: ledger(seats, 5, { touchedAt: now, ...ofLedger }),
  } satisfies StoredRoster;
}

const told = (before: StoredRoster, after: StoredRoster) => rosterEvents(before, after);
const next = (events: number) => ({ version: 7 + events });
const place = (gamertag: string, seatIndex: number) => ({ xuid: `xuid of ${gamertag}`, gamertag, seatIndex });

test('a session that is created is activated, which is its event number 0', () => {
  expect(rosterEvents(undefined, roster([], {}, { version: 0 }))).toEqual([
    { kind: 'activated', number: 0, at: now },
  ]);
});

test('players join in the order of the roster, those who return as such', () => {
  const before = roster(['zoe', 'ada'], {});
  const after = roster(['zoe', 'ada', 'max', 'bob'], { b: isIn, m: isIn, a: isIn }, next(3));
  expect(told(before, after)).toEqual<RosterEvent[]>([
    { kind: 'player-joined', player: place('ada', 1), isReturning: true, number: 8, at: now },
    { kind: 'player-joined', player: place('max', 2), isReturning: false, number: 9, at: now },
    { kind: 'player-joined', player: place('bob', 3), isReturning: false, number: 10, at: now },
  ]);
});

test('whoever comes in after the own reservation has lapsed has timed out before', () => {
  const after = roster(['ada'], { a: isIn }, next(2));
  expect(told(roster([], { a: 400 }), after)).toEqual<RosterEvent[]>([
    { kind: 'seat-timed-out', seat: { token: 'a', deadline: 400, xuid: 'xuid of ada' }, number: 8, at: 400 },
    { kind: 'player-joined', player: place('ada', 0), isReturning: false, number: 9, at: now },
  ]);
});

describe('a player who is in and goes', () => {
  const before = roster(['ada', 'bob'], { a: isIn, b: isIn });
  const without = (removedBy: string | undefined) =>
    roster(['ada', 'bob'], { a: isIn }, { ...next(1), removedBy });

  test('has left where nobody else did it', () => {
    expect(told(before, without('xuid of bob'))).toEqual<RosterEvent[]>([
      { kind: 'player-left', player: place('bob', 1), number: 8, at: now },
    ]);
  });

  test.each([['xuid of ada'], [undefined]])(
    'was removed where another one did it, or the title: %s',
    (by) => {
      expect(told(before, without(by))).toEqual<RosterEvent[]>([
        { kind: 'player-removed', player: place('bob', 1), removedBy: by, number: 8, at: now },
      ]);
    },
  );
});

test('a seat that is held says for whom where the player has been in before', () => {
  const after = roster(['ada'], { a: later, x: later }, next(2));
  const seats = [
    { token: 'a', deadline: later, xuid: 'xuid of ada' },
    { token: 'x', deadline: later, xuid: undefined },
  ];
  expect(told(roster(['ada'], {}), after).map((event) => 'seat' in event && event.seat)).toEqual(seats);
});

test.each([
  ['released, where its time is not over', later, 'seat-released', now],
  ['timed out, where it is', 400, 'seat-timed-out', 400],
])('a seat that was held and is gone is %s', (_, deadline, kind, at) => {
  expect(told(roster([], { x: deadline }), roster([], {}, next(1)))).toEqual([
    { kind, seat: { token: 'x', deadline, xuid: undefined }, number: 8, at },
  ]);
});

test('the end is nobody’s leaving', () => {
  const seats = { a: isIn, x: later };
  const after = roster(['ada'], seats, { ...next(1), status: 'TERMINATED', endedAt: now });
  expect(told(roster(['ada'], seats), after)).toEqual([{ kind: 'ended', number: 8, at: now }]);
});

test('a player who is in without a place in the roster is nobody that could be named', () => {
  expect(() => told(roster([], {}), roster([], { a: isIn }, next(1)))).toThrow('no place in the roster');
});
