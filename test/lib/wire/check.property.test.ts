import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '#lib/wire/check.ts';
import { integer, list, map, required, type Shape, string, structure } from '#lib/wire/shapes.ts';

/** Strings of every kind of character, those of two UTF-16 units among them. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', 'é', '字', '🎮'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});
const limit = fc.integer({ min: 0, max: 12 });

describe('lengths', () => {
  test('of strings count code points, whatever the limits', () => {
    fc.assert(
      fc.property(text, limit, limit, (value, min, max) => {
        const length = [...value].length;
        const fits = length >= min && length <= max;
        expect(check(string({ min, max }), value).kind).toBe(fits ? 'ok' : 'invalid');
      }),
    );
  });

  test('of lists and maps count entries', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text), limit, limit, (values, min, max) => {
        const fits = values.length >= min && values.length <= max;
        const entries = Object.fromEntries(values.map((value) => [value, 1]));
        expect(check(list(string(), { min, max }), values).kind).toBe(fits ? 'ok' : 'invalid');
        expect(check(map(string(), integer(), { min, max }), entries).kind).toBe(fits ? 'ok' : 'invalid');
      }),
    );
  });
});

const shape = structure({
  a: required(string({ min: 1, max: 3, pattern: '^[a-z]+$' })),
  b: list(structure({ a: integer({ min: 0 }), b: map(string(), string({ max: 2 })) }), { max: 3 }),
  c: map(string({ max: 2 }), list(integer(), { min: 1 })),
});

const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString');
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, 2 ** 31, 1.5, '', 'a', 'abc', 'abcd', '\ud800'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(names, tie('json')),
  ),
}));

test('a request that fits is taken over unchanged, whatever stands beside its members', () => {
  const fitting = fc.record(
    {
      a: fc.constantFrom('a', 'zz', 'abc'),
      b: fc.array(
        fc.record(
          { a: fc.nat(), b: fc.dictionary(names, fc.constantFrom('', '🎮🎮')) },
          { requiredKeys: [] },
        ),
        { maxLength: 3 },
      ),
      c: fc.dictionary(fc.constantFrom('a', '🎮🎮', ''), fc.array(fc.integer(), { minLength: 1 })),
    },
    { requiredKeys: ['a'] },
  );
  fc.assert(
    fc.property(
      fitting,
      fc.dictionary(fc.constantFrom('d', '__proto__', 'constructor'), json),
      (request, others) => {
        const result = check(shape, { ...others, ...request });
        if (result.kind !== 'ok') return expect.unreachable(result.message);
        expect(withoutMaps(result.input)).toEqual(withoutMaps(request));
      },
    ),
  );
});

test('any JSON at all ends in a result, for every kind of shape', () => {
  const shapes: readonly Shape[] = [
    string({ max: 2 }),
    integer({ max: 0 }),
    list(string()),
    map(string(), string()),
    shape,
  ];
  fc.assert(
    fc.property(json, fc.constantFrom(...shapes), (value, any) => {
      expect(['ok', 'invalid', 'wrong-type']).toContain(check(any, value).kind);
    }),
    { numRuns: 1000 },
  );
});

/** The same with objects for maps, which is how JSON spells both. */
function withoutMaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (typeof value !== 'object' || value === null) return value;
  const members = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutMaps(member)]));
}
