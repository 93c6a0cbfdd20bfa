import { expect, test } from 'vitest';
import { parseRemainsItem, putRemains, removeRemains } from '#lib/table/remains-item.ts';

/** The requests to DynamoDB, to the letter: what they write. */

const remains = { sessionKey: 'session', createdAt: 1_000_000, removedAfter: 9_000_000 };

test('what is left of a session is noted, so that the sweep looks at it from now on', () => {
  const request = putRemains(remains, 9_000_001);
  expect(request).toMatchInlineSnapshot(`
    {
      "Item": {
        "createdAt": 1000000,
        "dt": "9000001",
        "l": "3",
        "pk": "REMAINS#session.1000000",
        "removedAfter": 9000000,
        "sessionKey": "session",
        "sk": "REMAINS",
      },
    }
  `);
  expect(parseRemainsItem(request.Item ?? {})).toEqual(remains);
});

test('the note goes with the last of it', () => {
  expect(removeRemains(remains)).toMatchInlineSnapshot(`
    {
      "Key": {
        "pk": "REMAINS#session.1000000",
        "sk": "REMAINS",
      },
    }
  `);
});

test.each(['sessionKey', 'createdAt', 'removedAfter'])('a note without %s is none', (name) => {
  expect(() => parseRemainsItem({ ...remains, [name]: undefined })).toThrow(name);
});
