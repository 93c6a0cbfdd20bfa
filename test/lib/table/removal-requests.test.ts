import { describe, expect, test } from 'vitest';
import { historyKeyOf, messageItemKey, rosterRecordKey } from '#lib/table/keys.ts';
import {
  entriesOfQueue,
  playersBefore,
  removeRosterRecord,
  rosterRecordsBefore,
} from '#lib/table/removal-requests.ts';

const before = 1_777_777_777_777;

describe('what belonged to a session that is gone', () => {
  test('is found among its players, but for those of a later session', () => {
    expect(playersBefore('session', before)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":before": 1777777777777,
          ":pk": "PLAYERS#session",
        },
        "FilterExpression": "created <= :before",
        "KeyConditionExpression": "pk = :pk",
        "ProjectionExpression": "pk, sk",
      }
    `);
  });

  test('is found among the records of its players, but for those of a later session', () => {
    expect(rosterRecordsBefore('session', before)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeNames": {
          "#at": "pc",
        },
        "ExpressionAttributeValues": {
          ":before": "1777777777777",
          ":pk": "ROSTER#session",
        },
        "FilterExpression": "#at <= :before",
        "KeyConditionExpression": "pk = :pk",
        "ProjectionExpression": "pk, sk",
      }
    `);
  });

  test('is a record that its player has not got anew', () => {
    expect(removeRosterRecord(rosterRecordKey('session', 'token'), before)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#at <= :before",
        "ExpressionAttributeNames": {
          "#at": "pc",
        },
        "ExpressionAttributeValues": {
          ":before": "1777777777777",
        },
        "Key": {
          "pk": "ROSTER#session",
          "sk": "token",
        },
      }
    `);
  });

  test('is the whole of its queues, read as it is', () => {
    expect(entriesOfQueue(historyKeyOf('session', before), 3)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":pk": "MESSAGES#session.1777777777777#3",
        },
        "KeyConditionExpression": "pk = :pk",
        "ProjectionExpression": "pk, sk",
      }
    `);
  });
});

test('the partition of a queue is that of its messages', () => {
  const historyKey = historyKeyOf('session', before);
  const { ':pk': pk } = entriesOfQueue(historyKey, 3).ExpressionAttributeValues ?? {};
  expect(messageItemKey(historyKey, 3, 7).pk).toBe(pk);
});
