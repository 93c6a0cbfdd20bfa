import { describe, expect, test } from 'vitest';
import { addCreation, parseCreationsItem, replaceCreations } from '#lib/table/creations-item.ts';

/** The requests to DynamoDB, to the letter: what they are conditional on, and what they write. */

describe('the creations of one creator', () => {
  const creation = { sessionKey: '0session', createdAt: 1_000_000, removeAfter: 1_060 };

  test('get one more while there are fewer than may be', () => {
    expect(addCreation('creator', creation, 3)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "size(c) < :limit AND attribute_not_exists(c.#session)",
        "ExpressionAttributeNames": {
          "#session": "0session",
          "#ttl": "ttl",
        },
        "ExpressionAttributeValues": {
          ":at": 1000000,
          ":limit": 3,
          ":one": 1,
          ":ttl": 1060,
        },
        "Key": {
          "pk": "CREATOR#creator",
          "sk": "CREATIONS",
        },
        "UpdateExpression": "SET c.#session = :at, rev = rev + :one, #ttl = :ttl",
      }
    `);
  });

  test('are noted anew without those that count no more, if nobody has come first', () => {
    const seen = { times: { old: 1, other: 990_000 }, rev: 7 };
    expect(replaceCreations('creator', creation, { other: 990_000 }, seen)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "rev = :seen",
        "ExpressionAttributeValues": {
          ":seen": 7,
        },
        "Item": {
          "c": {
            "0session": 1000000,
            "other": 990000,
          },
          "pk": "CREATOR#creator",
          "rev": 8,
          "sk": "CREATIONS",
          "ttl": 1060,
        },
      }
    `);
  });

  test('are noted for the first time where there are none', () => {
    expect(replaceCreations('creator', creation, {}, undefined)).toMatchInlineSnapshot(`
      {
        "ConditionExpression": "attribute_not_exists(pk)",
        "Item": {
          "c": {
            "0session": 1000000,
          },
          "pk": "CREATOR#creator",
          "rev": 1000000,
          "sk": "CREATIONS",
          "ttl": 1060,
        },
      }
    `);
  });

  test('are read as they were written', () => {
    const { Item = {} } = replaceCreations('creator', creation, { other: 990_000 }, undefined);
    expect(parseCreationsItem(Item)).toEqual({
      times: { '0session': 1_000_000, other: 990_000 },
      rev: 1_000_000,
    });
  });
});
