import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUint64 } from '#lib/wire/uint64.ts';

describe('a 64-bit unsigned integer', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [2533274790395904, '2533274790395904'],
    [2 ** 53 - 1, '9007199254740991'],
    [0n, '0'],
    [2n ** 53n + 1n, '9007199254740993'],
    [2n ** 64n - 1n, '18446744073709551615'],
    ['0', '0'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
  ])('is read from %o', (value, decimal) => {
    expect(parseUint64(value)).toBe(decimal);
  });

  test.each([
    [-1],
    [1.5],
    [2 ** 53],
    [1e20],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [-1n],
    [2n ** 64n],
    ['18446744073709551616'],
    ['99999999999999999999'],
    ['100000000000000000000'],
    [''],
    ['-1'],
    ['+1'],
    ['01'],
    ['1.0'],
    ['1e3'],
    ['0x10'],
    [' 1'],
    ['1\n'],
    ['١'],
    ['me'],
    [true],
    [null],
    [undefined],
    [{}],
    [['1']],
  ])('is not read from %o', (value) => {
    expect(parseUint64(value)).toBeUndefined();
  });

  test('is the same in each of its spellings', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(parseUint64(value)).toBe(value.toString());
        expect(parseUint64(value.toString())).toBe(value.toString());
        if (value < 2n ** 53n) expect(parseUint64(Number(value))).toBe(value.toString());
      }),
    );
  });
});
