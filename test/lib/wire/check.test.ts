import { tag } from '@smithy/core/cbor';
import { describe, expect, test } from 'vitest';
import { check } from '#lib/wire/check.ts';
import { integer, list, map, required, type Shape, string, structure } from '#lib/wire/shapes.ts';

const playerId = string({ min: 1, max: 1024, sensitive: true });

const request = structure({
  GameSessionId: required(string({ min: 1, max: 512, pattern: '^[a-zA-Z0-9:/-]+$' })),
  MaximumPlayerSessionCount: integer({ min: 0 }),
  Port: integer({ min: 1, max: 60_000, sensitive: true }),
  Policy: string({ values: ['ACCEPT_ALL', 'DENY_ALL'] }),
  EC2Type: string(),
  PlayerIds: list(playerId, { min: 1, max: 25 }),
  Names: list(string({ min: 1, max: 4 }), { max: 10 }),
  PlayerData: map(string({ min: 1, max: 1024 }), string({ min: 1, max: 8, sensitive: true })),
  Labels: map(string({ min: 2 }), string({ max: 3 }), { max: 2 }),
  GameProperties: list(
    structure({
      Key: required(string({ max: 32 })),
      Value: required(string({ max: 96, sensitive: true })),
    }),
    { max: 2 },
  ),
  Attributes: map(string(), structure({ N: required(integer()) })),
});

const minimal = { GameSessionId: 'arn:1' };

describe('a request that fits its shape', () => {
  test('comes back with the members of the shape and no others', () => {
    expect(check(request, { ...minimal, Port: 7777, Surprise: { Deep: true } })).toEqual({
      kind: 'ok',
      input: { GameSessionId: 'arn:1', Port: 7777 },
    });
  });

  test('has no member that was null or absent', () => {
    const result = check(request, { ...minimal, Port: null, Policy: null });
    expect(result).toEqual({ kind: 'ok', input: minimal });
    expect(result.kind === 'ok' && Object.keys(result.input)).toEqual(['GameSessionId']);
  });

  test('keeps lists, maps and the structures within them', () => {
    const result = check(request, {
      ...minimal,
      PlayerIds: ['ann', 'bob'],
      PlayerData: { ann: 'red' },
      GameProperties: [{ Key: 'mode', Value: 'duel', Extra: 1 }],
      Attributes: { skill: { N: 12 } },
    });
    expect(result).toEqual({
      kind: 'ok',
      input: {
        ...minimal,
        PlayerIds: ['ann', 'bob'],
        PlayerData: new Map([['ann', 'red']]),
        GameProperties: [{ Key: 'mode', Value: 'duel' }],
        Attributes: new Map([['skill', { N: 12 }]]),
      },
    });
  });

  test('may use the names of built-in members as keys of a map', () => {
    const names = { ...minimal, PlayerData: JSON.parse('{"__proto__":"a","constructor":"b"}') };
    expect(check(request, names)).toEqual({
      kind: 'ok',
      input: { ...minimal, PlayerData: new Map(Object.entries(names.PlayerData)) },
    });
  });

  test('cannot reach members through its prototype', () => {
    const input = JSON.parse('{"GameSessionId":"arn:1","__proto__":{"Port":1},"constructor":{"Port":2}}');
    expect(check(request, input)).toEqual({ kind: 'ok', input: minimal });
    const inherited = structure({ constructor: required(string()), toString: string() });
    expect(check(inherited, {})).toMatchObject({ kind: 'invalid' });
  });
});

describe('a member of another type than its shape', () => {
  test.each<[string, unknown, string]>([
    ['a list for the input', [], 'Expected an object as the input, found a list'],
    ['null for the input', null, 'Expected an object as the input, found null'],
    ['a number for a string', { GameSessionId: 5 }, "Expected a string at 'gameSessionId', found 5"],
    ['a boolean for a string', { EC2Type: true }, "Expected a string at 'eC2Type', found a boolean"],
    ['an object for a list', { PlayerIds: {} }, "Expected a list at 'playerIds', found an object"],
    ['a list for a map', { PlayerData: [] }, "Expected an object at 'playerData', found a list"],
    [
      'a date for a map',
      { PlayerData: new Date(0) },
      "Expected an object at 'playerData', found a value of another kind",
    ],
    [
      'a tagged value of CBOR for a map',
      { PlayerData: tag({ tag: 1, value: 0 }) },
      "Expected an object at 'playerData', found a value of another kind",
    ],
    ['a number in a list', { Names: ['a', 5] }, "Expected a string at 'names.2.member', found 5"],
    ['a number in a map', { Labels: { color: 5 } }, "Expected a string at 'labels.color.member', found 5"],
    [
      'a string within a structure of a map',
      { Attributes: { skill: { N: '1' } } },
      "Expected a whole number from -2147483648 to 2147483647 at 'attributes.skill.member.n', found a string",
    ],
    [
      'a fraction',
      { MaximumPlayerSessionCount: 1.5 },
      "Expected a whole number from -2147483648 to 2147483647 at 'maximumPlayerSessionCount', found 1.5",
    ],
    [
      'an unpaired surrogate',
      { EC2Type: 'a\ud800' },
      "Expected a string at 'eC2Type', found a string with an unpaired surrogate",
    ],
    [
      'an unpaired surrogate in a key',
      { Labels: { 'a\ud800': 'x' } },
      "Expected a string at 'labels.a\ufffd.member', found a string with an unpaired surrogate",
    ],
  ])('is named with its path: %s', (_, value, message) => {
    expect(check(request, value)).toEqual({ kind: 'wrong-type', message });
  });

  test.each([2 ** 31, -(2 ** 31) - 1, Number.POSITIVE_INFINITY, Number.NaN, '5', 5n])(
    'is a number beyond 32 bits or not a number: %s',
    (value) => {
      expect(check(integer(), value).kind).toBe('wrong-type');
    },
  );

  test.each([2 ** 31 - 1, -(2 ** 31), 0, 5.0])('is not any whole number of 32 bits: %s', (value) => {
    expect(check(integer(), value)).toEqual({ kind: 'ok', input: value });
  });

  test('is told once, for the first of them', () => {
    expect(check(request, { GameSessionId: 5, Policy: true })).toEqual({
      kind: 'wrong-type',
      message: "Expected a string at 'gameSessionId', found 5",
    });
  });

  test('outweighs every broken constraint, wherever it stands', () => {
    const result = check(request, { GameSessionId: '', Policy: 'NO', PlayerIds: ['', 7] });
    expect(result.kind).toBe('wrong-type');
  });

  test('does not show what is sensitive', () => {
    expect(check(request, { PlayerIds: [12_345] })).toEqual({
      kind: 'wrong-type',
      message: "Expected a string at 'playerIds.1.member', found a number",
    });
    expect(check(request, { PlayerData: { 'secret player': 5 } })).toEqual({
      kind: 'wrong-type',
      message: "Expected a string at 'playerData.***.member', found a number",
    });
  });
});

describe('a member that breaks a constraint', () => {
  const detected = (violation: string) => `1 validation error detected: ${violation}`;

  test.each<[string, unknown, string]>([
    [
      'missing',
      { GameSessionId: null },
      "Value null at 'gameSessionId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'too small',
      { MaximumPlayerSessionCount: -1 },
      "Value '-1' at 'maximumPlayerSessionCount' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      'too great, and sensitive',
      { Port: 60_001 },
      "Value '***' at 'port' failed to satisfy constraint: Member must have value less than or equal to 60000",
    ],
    [
      'not of the pattern',
      { GameSessionId: 'arn:1\n' },
      "Value 'arn:1\n' at 'gameSessionId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/-]+$",
    ],
    [
      'not of the enum',
      { Policy: 'accept_all' },
      "Value 'accept_all' at 'policy' failed to satisfy constraint: Member must satisfy enum value set: [ACCEPT_ALL, DENY_ALL]",
    ],
    [
      'an empty list',
      { PlayerIds: [] },
      "Value '***' at 'playerIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a list that is too long',
      { Names: Array.from({ length: 11 }, (_, index) => `${index}`) },
      "Value '[0, 1, 2, 3, 4, 5, 6, 7, ...]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
    ],
    [
      'some strings of a list, told once',
      { Names: ['fine', '', 'too long'] },
      "Value '[fine, , too long]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 4, Member must have length greater than or equal to 1]",
    ],
    [
      'null in a list of strings',
      { Names: [null] },
      "Value '[null]' at 'names' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
    ],
    [
      'a map that is too long',
      { Labels: { aa: '1', bb: '2', cc: '3' } },
      "Value '{...}' at 'labels' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      'a key of a map',
      { Labels: { a: '1' } },
      "Value '{...}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length greater than or equal to 2]",
    ],
    [
      'a value of a map',
      { PlayerData: { ann: 'much too long' } },
      "Value '***' at 'playerData' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 8, Member must have length greater than or equal to 1]",
    ],
    [
      'a member of a structure in a list',
      { GameProperties: [{ Key: 'mode', Value: 'x'.repeat(97) }] },
      "Value '***' at 'gameProperties.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 96",
    ],
    [
      'null in a list of structures',
      { GameProperties: [{ Key: 'mode', Value: 'x' }, null] },
      "Value null at 'gameProperties.2.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'missing in a structure of a map',
      { Attributes: { skill: {} } },
      "Value null at 'attributes.skill.member.n' failed to satisfy constraint: Member must not be null",
    ],
  ])('is told as the service tells it: %s', (_, members, violation) => {
    expect(check(request, Object.assign({ ...minimal }, members))).toEqual({
      kind: 'invalid',
      message: detected(violation),
    });
  });

  test('is told together with all others, in the order of the shape', () => {
    expect(check(request, { Policy: 'NO', GameProperties: [{ Value: 'x' }] })).toEqual({
      kind: 'invalid',
      message:
        "3 validation errors detected: Value null at 'gameSessionId' failed to satisfy constraint: Member must not be null; " +
        "Value 'NO' at 'policy' failed to satisfy constraint: Member must satisfy enum value set: [ACCEPT_ALL, DENY_ALL]; " +
        "Value null at 'gameProperties.1.member.key' failed to satisfy constraint: Member must not be null",
    });
  });

  test('can break two constraints at once', () => {
    expect(check(request, { GameSessionId: '' })).toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: .* equal to 1; Value '' .* pattern: /),
    });
  });

  test('is shown short when it is long, and never as half a character', () => {
    const long = structure({ Name: string({ max: 300 }) });
    const result = check(long, { Name: `${'n'.repeat(255)}${'🎮'.repeat(200)}` });
    expect(result).toMatchObject({
      message: detected(
        `Value '${'n'.repeat(255)}\ufffd...' at 'name' failed to satisfy constraint: Member must have length less than or equal to 300`,
      ),
    });
  });
});

describe('what a hostile request can cost', () => {
  test('the answer tells of ten violations at most', () => {
    const many = list(structure({ Key: required(string()) }));
    const result = check(
      many,
      Array.from({ length: 5000 }, () => ({})),
    );
    expect(result).toMatchObject({ message: expect.stringMatching(/^10 validation errors detected: /) });
    expect(result.kind === 'invalid' && result.message.length).toBeLessThan(1200);
  });

  test('the entries of a list that is too long are not looked at', () => {
    const unread: unknown[] = Array.from({ length: 26 }, () => 'ann');
    Object.defineProperty(unread, 20, { get: () => expect.unreachable('an entry was read') });
    expect(check(request, { ...minimal, PlayerIds: unread }).kind).toBe('invalid');
  });

  test('a string that is too long is not searched for a pattern', () => {
    const short = string({ max: 20, pattern: '^b+$' });
    expect(check(short, 'a'.repeat(100))).toMatchObject({
      message: expect.stringMatching(/^1 validation error detected: .* length less than or equal to 20$/),
    });
  });
});

test('a pattern matches the whole string, also where it is not anchored', () => {
  const unanchored = string({ pattern: 'psess-\\S+|none' });
  const kinds = (shape: Shape, values: readonly string[]) => values.map((value) => check(shape, value).kind);
  expect(kinds(unanchored, ['psess-1', 'none', 'xpsess-1', 'nonesuch', 'psess-1 '])).toEqual([
    'ok',
    'ok',
    'invalid',
    'invalid',
    'invalid',
  ]);
});
