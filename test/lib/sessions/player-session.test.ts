import { describe, expect, test } from 'vitest';
import { isOfEarlierSession, readPlayerSession } from '#lib/sessions/player-session.ts';
import type { PlayerRecord } from '#lib/table/player-item.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';

const createdAt = 1_000;
const deadline = 61_000;

const record: PlayerRecord = {
  token: 'token',
  playerId: 'ada',
  playerData: 'red',
  sessionReference: 'fleet/location/id',
  createdAt,
  deadline,
  acceptedAt: undefined,
  leftAt: undefined,
};
const arrived: PlayerRecord = { ...record, acceptedAt: 20_000 };
const gone: PlayerRecord = { ...arrived, leftAt: 50_000 };

type Row = readonly [
  what: string,
  stored: { record: PlayerRecord; seat: number | undefined; endedAt?: number },
  now: number,
  status: string,
  endedAt: number | undefined,
];

describe('a player session, by its record, the ledger and the clock', () => {
  test.each<Row>([
    ['a seat before its deadline', { record, seat: deadline }, deadline - 1, 'RESERVED', undefined],
    ['a seat at its deadline', { record, seat: deadline }, deadline, 'TIMEDOUT', deadline],
    ['a seat long after its deadline', { record, seat: deadline }, 900_000, 'TIMEDOUT', deadline],
    ['a seat whose deadline was renewed', { record, seat: 130_000 }, 129_999, 'RESERVED', undefined],
    ['a seat whose renewed deadline has passed', { record, seat: 130_000 }, 130_000, 'TIMEDOUT', 130_000],
    ['an accepted seat', { record: arrived, seat: acceptedSeat }, 900_000, 'ACTIVE', undefined],
    ['an accepted seat without a note of it', { record, seat: acceptedSeat }, 900_000, 'ACTIVE', undefined],
    [
      'a reservation, when the session ended before its deadline',
      { record, seat: deadline, endedAt: 30_000 },
      40_000,
      'TIMEDOUT',
      30_000,
    ],
    [
      'a reservation, when the session ended before its deadline, long after that',
      { record, seat: deadline, endedAt: 30_000 },
      900_000,
      'TIMEDOUT',
      30_000,
    ],
    [
      'a reservation, when the session ended at its deadline',
      { record, seat: deadline, endedAt: deadline },
      90_000,
      'TIMEDOUT',
      deadline,
    ],
    [
      'a reservation that had lapsed when the session ended',
      { record, seat: deadline, endedAt: 70_000 },
      90_000,
      'TIMEDOUT',
      deadline,
    ],
    [
      'an accepted seat, when the session ended',
      { record: arrived, seat: acceptedSeat, endedAt: 30_000 },
      40_000,
      'COMPLETED',
      30_000,
    ],
    [
      'an accepted seat, when the session ended a moment ahead of this clock',
      { record: arrived, seat: acceptedSeat, endedAt: 40_001 },
      40_000,
      'COMPLETED',
      40_001,
    ],
    ['no seat, and a note of leaving', { record: gone, seat: undefined }, 90_000, 'COMPLETED', 50_000],
    [
      'no seat, and a note of leaving without one of arriving',
      { record: { ...record, leftAt: 30_000 }, seat: undefined },
      90_000,
      'COMPLETED',
      30_000,
    ],
    [
      'no seat, and a note of arriving alone',
      { record: arrived, seat: undefined },
      90_000,
      'COMPLETED',
      20_000,
    ],
    ['no seat and no note: somebody reclaimed it', { record, seat: undefined }, 90_000, 'TIMEDOUT', deadline],
    ['no seat and no note before the deadline', { record, seat: undefined }, 30_000, 'TIMEDOUT', 30_000],
    [
      'no seat, and a note of leaving, when the session has ended since',
      { record: gone, seat: undefined, endedAt: 80_000 },
      90_000,
      'COMPLETED',
      50_000,
    ],
  ])('%s', (_, { record: kept, seat, endedAt: sessionEndedAt }, now, status, endedAt) => {
    const seats = seat === undefined ? {} : { [kept.token]: seat };
    expect(readPlayerSession('session', kept, { seats, endedAt: sessionEndedAt }, now)).toEqual({
      sessionKey: 'session',
      token: 'token',
      sessionReference: 'fleet/location/id',
      playerId: 'ada',
      playerData: 'red',
      createdAt,
      status,
      endedAt,
    });
  });

  test('is read by its own seat, whatever the others are', () => {
    const seats = { other: acceptedSeat, token: deadline };
    expect(readPlayerSession('session', record, { seats, endedAt: undefined }, deadline)).toMatchObject({
      status: 'TIMEDOUT',
    });
  });
});

test.each([
  ['of the session, by a clock that is five seconds behind', 6_000, false],
  ['of the session, at the last', deadline, false],
  ['of an earlier session of that name', deadline + 1, true],
])('a record can be %s', (_, sessionCreatedAt, isEarlier) => {
  expect(isOfEarlierSession(record, { createdAt: sessionCreatedAt })).toBe(isEarlier);
});
