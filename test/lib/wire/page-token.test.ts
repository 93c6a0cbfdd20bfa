import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPageToken, sealPageToken } from '#lib/wire/page-token.ts';

const position = { pk: 'g#1', sk: 'p#2' };
const token = sealPageToken('key', 'DescribePlayerSessions g#1', position);

test('a token opens to the position that was sealed, for any key, scope and position', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.jsonValue({ maxDepth: 2 }),
      (key, scope, value) => {
        const json = JSON.stringify(value);
        fc.pre(Buffer.byteLength(json) <= 736);
        const sealed = sealPageToken(key, scope, JSON.parse(json));
        expect(sealed).toMatch(/^[A-Za-z0-9_-]{1,1024}$/);
        expect(openPageToken(key, scope, sealed)).toEqual(JSON.parse(json));
      },
    ),
  );
});

describe('a token does not open', () => {
  test('with another key', () => {
    expect(openPageToken('other key', 'DescribePlayerSessions g#1', token)).toBeUndefined();
  });

  test('for a listing of another scope', () => {
    expect(openPageToken('key', 'DescribePlayerSessions g#2', token)).toBeUndefined();
  });

  test('when the scope ends where the position of the other began', () => {
    const sealed = Buffer.from(sealPageToken('key', 'a', 11), 'base64url');
    const moved = Buffer.concat([sealed.subarray(0, 32), Buffer.from('1')]).toString('base64url');
    expect(openPageToken('key', 'a1', moved)).toBeUndefined();
  });

  test.each(['', 'x', '!', 'null', 'A'.repeat(43), 'A'.repeat(1025), `${token}=`, ` ${token}`, `${token}\n`])(
    'when it was never handed out: %j',
    (forged) => {
      expect(openPageToken('key', 'DescribePlayerSessions g#1', forged)).toBeUndefined();
    },
  );

  test('when any character of it was changed', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(token.charAt(at) !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(openPageToken('key', 'DescribePlayerSessions g#1', changed)).toBeUndefined();
      }),
    );
  });
});

test('the longest position makes the longest token, and a longer one is refused', () => {
  expect(sealPageToken('key', 'scope', 'x'.repeat(734))).toHaveLength(1024);
  expect(() => sealPageToken('key', 'scope', 'x'.repeat(735))).toThrow(RangeError);
});
