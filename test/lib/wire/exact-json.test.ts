import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson, rawNumber } from '#lib/wire/exact-json.ts';

describe('exact JSON', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740991', -9007199254740991],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    [`1${'0'.repeat(400)}`, 10n ** 400n],
    ['1e20', 1e20],
    ['9007199254740993.0', 9007199254740992],
    ['1e400', Number.POSITIVE_INFINITY],
    ['-0', -0],
    ['"9007199254740993"', '9007199254740993'],
  ])('reads %s as %o', (text, value) => {
    expect(parseExactJson(text)).toBe(value);
  });

  test('finds long integers wherever they stand', () => {
    expect(parseExactJson('{"players":[{"xuid":18446744073709551615},{"xuid":1}],"2":0,"1":-1}')).toEqual({
      players: [{ xuid: 18446744073709551615n }, { xuid: 1 }],
      2: 0,
      1: -1,
    });
  });

  test('reads the last of members with one name, each by its own digits', () => {
    expect(parseExactJson('{"a":18446744073709551615,"a":1}')).toEqual({ a: 1 });
    expect(parseExactJson('{"a":1,"a":18446744073709551615}')).toEqual({ a: 18446744073709551615n });
  });

  test('makes a member named __proto__ a member, and changes no prototype', () => {
    const value = parseExactJson('{"__proto__":{"xuid":18446744073709551615}}');
    expect(Object.getOwnPropertyNames(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).not.toHaveProperty('xuid');
  });

  test.each(['', '{', '{"a":1,}', '18446744073709551615n', '018446744073709551615', '{"a":NaN}'])(
    'refuses what JSON.parse refuses: %s',
    (text) => expect(() => parseExactJson(text)).toThrow(SyntaxError),
  );

  test('refuses a nesting that no reviver can follow', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}18446744073709551615${']'.repeat(levels)}`;
    expect([parseExactJson(nested(500))].flat(Number.POSITIVE_INFINITY)).toEqual([18446744073709551615n]);
    expect(() => parseExactJson(nested(40_000))).toThrow(new SyntaxError('Nested too deeply'));
  });

  test('reads everything else as JSON.parse does', () => {
    const withoutLongNumbers = fc.json().filter((text) => !/\d{16}/.test(text));
    const long = '"1234567890123456"';
    fc.assert(
      fc.property(withoutLongNumbers, (text) => {
        expect(parseExactJson(`[${text},${long}]`)).toStrictEqual(JSON.parse(`[${text},${long}]`));
      }),
    );
  });

  test('comes back digit for digit', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })), (integers) => {
        const text = `[${integers.join(',')}]`;
        const parsed = parseExactJson(text);
        expect(parsed).toEqual(integers.map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n)));
        expect(JSON.stringify(integers.map((n) => rawNumber(n.toString())))).toBe(text);
      }),
    );
  });
});

test.each(['0', '1', '9007199254740993', '18446744073709551615'])('%s is written as a number', (decimal) => {
  expect(JSON.stringify({ xuid: rawNumber(decimal) })).toBe(`{"xuid":${decimal}}`);
});
