import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IssuedKeys, isInForce, readIssuedKeys, writeIssuedKeys } from '#lib/auth/issued-keys.ts';
import { roles } from '#lib/auth/roles.ts';

const until = Date.UTC(2026, 11, 1);

describe('an entry of the secret', () => {
  test.each([
    [
      'a secret alone is an admin, as deployments generate it',
      '"s3cret"',
      { secretAccessKey: 's3cret', role: 'admin' },
    ],
    [
      'a role',
      '{"secret":"s3cret","role":"game-backend"}',
      { secretAccessKey: 's3cret', role: 'game-backend' },
    ],
    [
      'a role and a time',
      '{"secret":"s3cret","role":"read-only","until":"2026-12-01T00:00:00Z"}',
      { secretAccessKey: 's3cret', role: 'read-only', until },
    ],
    [
      'a time with an offset and a fraction',
      '{"secret":"s3cret","role":"admin","until":"2026-12-01T02:00:00.000+02:00"}',
      { secretAccessKey: 's3cret', role: 'admin', until },
    ],
  ])('%s', (_, entry, key) => {
    expect(readIssuedKeys(`{"KEY":${entry}}`)).toEqual({ keys: new Map([['KEY', key]]), malformed: [] });
  });

  test.each([
    ['no secret', '{"role":"admin"}'],
    ['no role', '{"secret":"hush"}'],
    ['another role', '{"secret":"hush","role":"Admin"}'],
    ['an empty secret', '{"secret":"","role":"admin"}'],
    ['an empty text', '""'],
    ['a secret that is no text', '{"secret":1,"role":"admin"}'],
    ['a time that is none', '{"secret":"hush","role":"admin","until":"tomorrow"}'],
    ['a month that is none', '{"secret":"hush","role":"admin","until":"2026-13-01T00:00:00Z"}'],
    ['a time without a zone', '{"secret":"hush","role":"admin","until":"2026-12-01T00:00:00"}'],
    ['a time as a number', '{"secret":"hush","role":"admin","until":1796083200000}'],
    [
      'a member that is unknown, such as a mistyped one',
      '{"secret":"hush","role":"admin","untill":"2026-12-01T00:00:00Z"}',
    ],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '["hush"]'],
  ])('with %s is no access key, and the others are good', (_, entry) => {
    const { keys, malformed } = readIssuedKeys(`{"BAD":${entry},"GOOD":"s3cret"}`);
    expect([...keys.keys()]).toEqual(['GOOD']);
    expect(malformed).toEqual(['BAD']);
  });

  test.each(['', 'OPEN/SLOT', 'OPEN SLOT', 'ÖPENSLOT', 'X'.repeat(129)])(
    'with an id that no credential holds is no access key: %j',
    (id) => {
      expect(readIssuedKeys(JSON.stringify({ [id]: 's3cret' }))).toEqual({
        keys: new Map(),
        malformed: [id],
      });
    },
  );
});

describe('a secret', () => {
  test.each([undefined, '', 'hush', '{"A":"hush', '["hush"]', 'null', '"hush"', '7'])(
    'that is no JSON object is an exception that tells nothing of it: %j',
    (secret) => {
      expect(() => readIssuedKeys(secret)).toThrow(
        /^The access keys secret must be a JSON object of access keys by access key id\.$/,
      );
    },
  );

  test('is written as a deployment would where that is enough', () => {
    const keys: IssuedKeys = new Map([
      ['PLAIN', { secretAccessKey: 'one', role: 'admin' }],
      ['ROLE', { secretAccessKey: 'two', role: 'game-backend' }],
      ['UNTIL', { secretAccessKey: 'three', role: 'admin', until }],
    ]);
    expect(JSON.parse(writeIssuedKeys(keys))).toEqual({
      PLAIN: 'one',
      ROLE: { secret: 'two', role: 'game-backend' },
      UNTIL: { secret: 'three', role: 'admin', until: '2026-12-01T00:00:00Z' },
    });
  });

  test('that was written reads as the same keys, whatever they are called', () => {
    const id = fc.oneof(
      fc.stringMatching(/^\w{1,128}$/),
      fc.constantFrom('__proto__', 'constructor', '0', '00'),
    );
    const key = fc.record(
      {
        secretAccessKey: fc.string({ minLength: 1, unit: 'binary' }),
        role: fc.constantFrom(...roles),
        until: fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => seconds * 1000),
      },
      { requiredKeys: ['secretAccessKey', 'role'] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(id, key)), (entries) => {
        const keys = new Map(entries);
        expect(readIssuedKeys(writeIssuedKeys(keys))).toEqual({ keys, malformed: [] });
      }),
    );
  });
});

test('a key is in force until its time and not at it', () => {
  const key = { secretAccessKey: 's3cret', role: 'admin' } as const;
  expect([until - 1, until, until + 1].map((now) => isInForce({ ...key, until }, now))).toEqual([
    true,
    false,
    false,
  ]);
  expect(isInForce(key, Number.MAX_SAFE_INTEGER)).toBe(true);
});
