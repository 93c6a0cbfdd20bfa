import { expect, expectTypeOf, test } from 'vitest';
import { check } from '#lib/wire/check.ts';
import { type InputOf, integer, list, map, required, string, structure } from '#lib/wire/shapes.ts';

const request = structure({
  GameSessionId: required(string({ pattern: '^[a-z]+$' })),
  Limit: integer({ min: 1 }),
  Policy: string({ values: ['ACCEPT_ALL', 'DENY_ALL'] }),
  PlayerIds: required(list(string())),
  PlayerDataMap: map(string(), string()),
  GameProperties: list(structure({ Key: required(string()), Value: string() })),
});

test('the input of a shape has its type: required members are there, the others may be absent', () => {
  expectTypeOf<InputOf<typeof request>>().toEqualTypeOf<{
    readonly GameSessionId: string;
    readonly PlayerIds: readonly string[];
    readonly Limit?: number;
    readonly Policy?: 'ACCEPT_ALL' | 'DENY_ALL';
    readonly PlayerDataMap?: ReadonlyMap<string, string>;
    readonly GameProperties?: readonly { readonly Key: string; readonly Value?: string }[];
  }>();
});

test('a check gives the input of the very shape that it was given', () => {
  const result = check(request, { GameSessionId: 'a', PlayerIds: [] });
  if (result.kind !== 'ok') return expect.unreachable(result.message);
  expectTypeOf(result.input).toEqualTypeOf<InputOf<typeof request>>();
  expectTypeOf(result.input.Policy).toEqualTypeOf<'ACCEPT_ALL' | 'DENY_ALL' | undefined>();
  expectTypeOf(result.input).not.toHaveProperty('Surprise');
});

test('an empty structure takes an empty input', () => {
  const empty = structure({});
  expectTypeOf<InputOf<typeof empty>>().toEqualTypeOf<Record<never, never>>();
  expect(check(empty, { Anything: 1 })).toEqual({ kind: 'ok', input: {} });
});

test('a shape is sensitive when anything in it is', () => {
  const secret = string({ sensitive: true });
  expect(structure({ A: string(), B: list(required(secret).shape) }).sensitive).toBe(true);
  expect(map(secret, string()).sensitive).toBe(true);
  expect(structure({ A: required(map(string(), integer())) }).sensitive).toBe(false);
});

test('a pattern that does not compile is refused when the shape is made', () => {
  expect(() => string({ pattern: '(' })).toThrow(SyntaxError);
});
