import { describe, expect, test } from 'vitest';
import {
  dropThrough,
  messagesAfter,
  putMessage,
  putVoid,
  removableThrough,
  takeNumber,
} from '#lib/table/message-requests.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, and what they write. */

const queue = { sessionKey: 'session', titleId: 7, queueIndex: 2 };
const messages = { historyKey: 'session.1000000', queueIndex: 2 };
const at = 1_000_001;

describe('the session', () => {
  test('gives out the next number of a queue to a player who is in', () => {
    const wanted = { ...queue, token: '0seat', claim: 'claim', at, follows: undefined };
    expect(takeNumber(wanted)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#title = :title AND st = :active AND s.#0seat >= :accepted AND NOT q[2].#by = :claim",
        "ExpressionAttributeNames": {
          "#0seat": "0seat",
          "#by": "by",
          "#title": "title",
        },
        "ExpressionAttributeValues": {
          ":accepted": 1000000000000000,
          ":active": "ACTIVE",
          ":at": 1000001,
          ":claim": "claim",
          ":one": 1,
          ":title": 7,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET q[2].n = q[2].n + :one, q[2].t = :at, q[2].#by = :claim, t = :at",
      }
    `);
  });

  test('gives out a number that has to be the next after another', () => {
    const wanted = { ...queue, token: '0seat', claim: 'claim', at, follows: 41 };
    expect(takeNumber(wanted).ConditionExpression).toMatchInlineSnapshot(
      `"#title = :title AND st = :active AND s.#0seat >= :accepted AND NOT q[2].#by = :claim AND q[2].n = :follows"`,
    );
  });

  test('takes messages up to a number out of sight, for a player and for the title', () => {
    expect(dropThrough(queue, 41, '0seat', at)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "#title = :title AND st = :active AND s.#0seat >= :accepted AND q[2].d < :through AND q[2].n >= :through",
        "ExpressionAttributeNames": {
          "#0seat": "0seat",
          "#title": "title",
        },
        "ExpressionAttributeValues": {
          ":accepted": 1000000000000000,
          ":active": "ACTIVE",
          ":now": 1000001,
          ":through": 41,
          ":title": 7,
        },
        "Key": {
          "pk": "SESSION#session",
          "sk": "SESSION",
        },
        "ReturnValues": "ALL_NEW",
        "UpdateExpression": "SET q[2].d = :through, t = :now",
      }
    `);
    expect(dropThrough(queue, 41, undefined, at).ConditionExpression).toMatchInlineSnapshot(
      `"#title = :title AND st = :active AND q[2].d < :through AND q[2].n >= :through"`,
    );
  });
});

describe('the messages', () => {
  test('are written once under each number, or given up once', () => {
    const message = { number: 42, sender: '1', at, data: Uint8Array.of(1), claim: 'claim' };
    expect(putMessage(messages, message)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "by": "claim",
          "d": Uint8Array [
            1,
          ],
          "pk": "MESSAGES#session.1000000#2",
          "sk": "0000000042",
          "t": 1000001,
          "x": "1",
        },
      }
    `);
    expect(putVoid(messages, 42, at)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "pk": "MESSAGES#session.1000000#2",
          "sk": "0000000042",
          "t": 1000001,
          "void": true,
        },
      }
    `);
  });

  test('are read in the order of their numbers', () => {
    expect(messagesAfter(messages, 41)).toMatchInlineSnapshot(`
      {
        "ExpressionAttributeValues": {
          ":after": "0000000041",
          ":pk": "MESSAGES#session.1000000#2",
        },
        "KeyConditionExpression": "pk = :pk AND sk > :after",
      }
    `);
  });

  test('are found for removal but for numbers that were given up of late', () => {
    expect(removableThrough(messages, 41, at)).toMatchInlineSnapshot(`
      {
        "ConsistentRead": false,
        "ExpressionAttributeNames": {
          "#void": "void",
        },
        "ExpressionAttributeValues": {
          ":before": 1000001,
          ":pk": "MESSAGES#session.1000000#2",
          ":through": "0000000041",
        },
        "FilterExpression": "attribute_not_exists(#void) OR t < :before",
        "KeyConditionExpression": "pk = :pk AND sk <= :through",
        "ProjectionExpression": "pk, sk",
      }
    `);
  });
});
