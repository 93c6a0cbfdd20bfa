import { describe, expect, test } from 'vitest';
import { addCreation, replaceCreations } from '#lib/table/creations-item.ts';
import { changeSettings, maximumReclaimed } from '#lib/table/settings-requests.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, and what they write. */

describe('the settings of a session', () => {
  test('more slots are all open', () => {
    const change = { capacity: { from: 4, to: 9 }, takesPlayers: undefined, reclaim: [] };
    expect(changeSettings('session', change)).toMatchInlineSnapshot();
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
    expect(changeSettings('session', change)).toMatchInlineSnapshot();
  });

  test('newcomers are let in again', () => {
    const change = { capacity: undefined, takesPlayers: true, reclaim: [] };
    expect(changeSettings('session', change)).toMatchInlineSnapshot();
  });

  test('the largest change stays within what DynamoDB takes: 4 KB an expression, 300 operators', () => {
    const seat = (_: unknown, i: number) => ({ token: `${i}`.padEnd(11, '0'), value: 1_777_777_777_777 });
    const request = changeSettings('session', {
      capacity: { from: 200, to: 0 },
      takesPlayers: true,
      reclaim: Array.from({ length: maximumReclaimed }, seat),
    });
    for (const expression of [request.ConditionExpression ?? '', request.UpdateExpression ?? '']) {
      expect(Buffer.byteLength(expression)).toBeLessThan(4_096);
      expect(expression.match(/ AND |=|\+|-|attribute_/g)?.length).toBeLessThan(300);
    }
  });
});

describe('the creations of one creator', () => {
  const creation = { sessionKey: '0session', createdAt: 1_000_000, removeAfter: 1_060 };

  test('get one more while there are fewer than may be', () => {
    expect(addCreation('creator', creation, 3)).toMatchInlineSnapshot();
  });

  test('are noted anew without those that count no more, if nobody has come first', () => {
    const seen = { times: { old: 1, other: 990_000 }, rev: 7 };
    expect(replaceCreations('creator', creation, { other: 990_000 }, seen)).toMatchInlineSnapshot();
  });

  test('are noted for the first time where there are none', () => {
    expect(replaceCreations('creator', creation, {}, undefined)).toMatchInlineSnapshot();
  });
});
