import { describe, expect, test } from 'vitest';
import { changeSettings, maximumReclaimed } from '#lib/table/settings-requests.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, and what they write. */

const now = 1_000_000;

describe('the settings of a session', () => {
  test('more slots are all open', () => {
    const change = { capacity: { from: 4, to: 9 }, takesPlayers: undefined, reclaim: [] };
    expect(changeSettings('session', change, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND cap = :from",
        "ExpressionAttributeNames": {
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":from": 4,
          ":now": 1000000,
          ":opened": 5,
          ":to": 9,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :opened, cap = :to",
      }
    `);
  });

  test('fewer slots go with lapsed seats and open slots, and newcomers are turned away, in one write', () => {
    const change = {
      capacity: { from: 5, to: 1 },
      takesPlayers: false,
      reclaim: [
        { token: '0a', value: 900_001 },
        { token: 'b', value: 900_002 },
      ],
    };
    expect(changeSettings('session', change, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active AND cap = :from AND #open >= :closed AND s.#0a = :seen0 AND s.#b = :seen1",
        "ExpressionAttributeNames": {
          "#0a": "0a",
          "#b": "b",
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":closed": 2,
          ":events": 3,
          ":from": 5,
          ":now": 1000000,
          ":opened": -2,
          ":seen0": 900001,
          ":seen1": 900002,
          ":to": 1,
          ":true": true,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :opened, cap = :to, deny = :true REMOVE s.#0a, s.#b",
      }
    `);
  });

  test('newcomers are let in again', () => {
    const change = { capacity: undefined, takesPlayers: true, reclaim: [] };
    expect(changeSettings('session', change, now)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "st = :active",
        "ExpressionAttributeNames": {
          "#open": "open",
        },
        "ExpressionAttributeValues": {
          ":active": "ACTIVE",
          ":events": 1,
          ":now": 1000000,
          ":opened": 0,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET v = v + :events, t = :now, #open = #open + :opened REMOVE deny",
      }
    `);
  });

  test('the largest change stays within what DynamoDB takes: 4 KB an expression, 300 operators', () => {
    const seat = (_: unknown, i: number) => ({ token: `${i}`.padEnd(11, '0'), value: 1_777_777_777_777 });
    const reclaim = Array.from({ length: maximumReclaimed }, seat);
    const change = { capacity: { from: 200, to: 0 }, takesPlayers: true, reclaim };
    const request = changeSettings('session', change, 1_777_777_777_777);
    for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
      expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
      expect(expression.match(/ AND |=|\+|-|attribute_/g)?.length).toBeLessThan(300);
    }
  });
});
