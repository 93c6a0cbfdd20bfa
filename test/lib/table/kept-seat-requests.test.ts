import { describe, expect, test } from 'vitest';
import { noteAccepted, noteLeft, noteLeftInTime } from '#lib/table/player-requests.ts';
import { keepSeat, takeSeats } from '#lib/table/seat-requests.ts';
import { acceptedSeat, isKeptSeat, keptSeatOf, stayFrom } from '#lib/table/session-item.ts';

/** The requests to DynamoDB about seats that are kept for players who have left, and about requests by name. */

const now = 1_000_000;
const kept = keptSeatOf('ada');

describe('the seat of a player who has left', () => {
  test('has a token that is nobody else’s', () => {
    expect(kept).toBe('_ada');
    expect([kept, 'ada', 'a_da', ''].map(isKeptSeat)).toEqual([true, false, false, false]);
  });

  test('is kept instead of the one that the player had, where none is kept for that player yet', () => {
    const seat = { token: '0seat', value: acceptedSeat };
    expect(keepSeat('session', seat, { token: kept, until: now + 5 }, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND s.#0seat = :seen AND attribute_not_exists(s.#_ada)",
        "ExpressionAttributeNames": {
          "#0seat": "0seat",
          "#_ada": "_ada",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":now": 1000000,
          ":seen": 1000000000000000,
          ":until": 1000005,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "UpdateExpression": "SET v = v + :events, t = :now, s.#_ada = :until REMOVE s.#0seat",
      }
    `);
  });

  test('is taken back instead of an open slot, also where newcomers are denied, and the host is asked for', () => {
    const change = {
      take: ['0seat'],
      fromOpen: 0,
      reclaim: [{ token: kept, value: now + 5 }],
      renew: [],
      keep: [],
      unkept: [],
      isRejoin: true,
    };
    const lease = { from: now, usualTime: 60_000, asksHost: true };
    expect(takeSeats('session', change, lease)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND #open >= :fromOpen AND attribute_not_exists(s.#0seat) AND s.#_ada = :seen0",
        "ExpressionAttributeNames": {
          "#0seat": "0seat",
          "#_ada": "_ada",
          "#dt": "dt",
          "#l": "l",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":fromOpen": 0,
          ":lookAt": "1060000",
          ":now": 1000000,
          ":nowhere": "",
          ":seen0": 1000005,
          ":shard": "3",
          ":usualTime": 60000,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "UPDATED_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open - :fromOpen, s.#0seat = if_not_exists(rt, :usualTime) + :now, #l = :shard, #dt = if_not_exists(#dt, :lookAt), h = if_not_exists(h, :nowhere) REMOVE s.#_ada",
      }
    `);
  });

  test('is not there when somebody takes an open slot in the hope that none is kept', () => {
    const change = { take: ['0seat'], fromOpen: 1, reclaim: [], renew: [], keep: [], unkept: [kept] };
    const { ConditionExpression, ExpressionAttributeNames } = takeSeats('session', change, {
      from: now,
      usualTime: 60_000,
    });
    expect(ConditionExpression).toBe(
      'st = :active AND attribute_not_exists(deny) AND #open >= :fromOpen AND attribute_not_exists(s.#0seat) AND attribute_not_exists(s.#_ada)',
    );
    expect(ExpressionAttributeNames).toMatchObject({ '#_ada': '_ada' });
  });

  test('counts no event, whether it is taken back in time or by others who come too late for it', () => {
    const events = (value: number) => {
      const change = { take: ['a'], fromOpen: 0, reclaim: [{ token: kept, value }], renew: [], keep: [] };
      const request = takeSeats('session', change, { from: now, usualTime: 60_000 });
      return request.ExpressionAttributeValues?.[':events'];
    };
    expect([events(now + 1), events(now), events(1)]).toEqual([1, 1, 1]);
    expect(isKeptSeat(String(stayFrom(now)))).toBe(false);
  });

  test('of the largest party stays within what DynamoDB takes: 4 KB an expression, 300 operators', () => {
    const tokens = Array.from({ length: 25 }, (_, i) => `t${i}`.padEnd(11, '0'));
    const seats = tokens.map((token) => ({ token: keptSeatOf(token.slice(1)), value: 1_777_777_777_777 }));
    const hope = { take: tokens, fromOpen: 25, reclaim: [], renew: [], keep: [] };
    const changes = [
      { ...hope, unkept: seats.map(({ token }) => token) },
      { ...hope, fromOpen: 0, reclaim: seats, unkept: [], isRejoin: true },
      { ...hope, fromOpen: 0, reclaim: seats, unkept: seats.map(({ token }) => token.replace('_', '_x')) },
    ];
    for (const change of changes) {
      const lease = { from: 1_777_777_777_777, usualTime: 60_000, asksHost: true };
      const request = takeSeats('session', change, lease);
      for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
        expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
        expect(expression.match(/ AND |=|\+|-|,|attribute_|if_not_/g)?.length).toBeLessThan(300);
      }
    }
  });
});

describe('the record of a player', () => {
  test('says which request has accepted the player: the first that says so', () => {
    expect(noteAccepted('session', 'seat', now, 'request')).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": {
          ":at": 1000000,
          ":by": "request",
        },
        "Key": {
          "pk": "PLAYERS#session",
          "sk": "seat",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET accepted = if_not_exists(accepted, :at), acceptedBy = if_not_exists(acceptedBy, :by)",
      }
    `);
  });

  test('says by which request the player has left: the first that says so', () => {
    expect(noteLeft('session', 'seat', now, 'request')).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeNames": {
          "#left": "left",
        },
        "ExpressionAttributeValues": {
          ":at": 1000000,
          ":by": "request",
        },
        "Key": {
          "pk": "PLAYERS#session",
          "sk": "seat",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET #left = if_not_exists(#left, :at), leftBy = if_not_exists(leftBy, :by)",
      }
    `);
  });

  test('says so only of a player who was in, or whose reservation had not lapsed, where the seat is gone', () => {
    expect(noteLeftInTime('session', 'seat', now, 'request')).toEqual({
      ...noteLeft('session', 'seat', now, 'request'),
      ConditionExpression: 'attribute_exists(pk) AND (attribute_exists(accepted) OR deadline > :at)',
    });
  });
});
