import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '#lib/search/filter.ts';
import { matches } from '#lib/search/matches.ts';
import type { SessionFacts } from '#lib/search/operands.ts';
import { filtersOf, isMatch, type PlainFacts } from './expressions.ts';

/** Few words, so that filters and sessions meet. */
const words = {
  keys: fc.constantFrom('mode', 'map', '__proto__', 'constructor'),
  texts: fc.constantFrom('', 'a', 'A', "b's"),
  numbers: fc.integer({ min: -1, max: 5 }),
};

const slotCounts = fc.record({ maximumSessions: fc.nat(5), playerSessionCount: fc.nat(5) });
const sessions: fc.Arbitrary<SessionFacts & { readonly slots: object }> = fc.record({
  gameSessionId: words.texts,
  gameSessionName: fc.option(words.texts, { nil: undefined }),
  gameSessionProperties: fc.option(
    fc.uniqueArray(fc.record({ key: words.keys, value: words.texts }), { selector: ({ key }) => key }),
    { nil: undefined },
  ),
  creationTimeMillis: fc.nat(5),
  slots: slotCounts,
});

const plain = (session: SessionFacts): PlainFacts => {
  const { gameSessionName, slots } = session;
  return new Map<string, string | number | boolean>([
    ['gameSessionId', session.gameSessionId],
    ['creationTimeMillis', session.creationTimeMillis],
    ...(gameSessionName === undefined ? [] : [['gameSessionName', gameSessionName] as const]),
    ...(session.gameSessionProperties ?? []).map(
      ({ key, value }) => [`gameSessionProperties.${key}`, value] as const,
    ),
    ['maximumSessions', slots?.maximumSessions ?? 0],
    ['playerSessionCount', slots?.playerSessionCount ?? 0],
    ['hasAvailablePlayerSessions', (slots?.playerSessionCount ?? 0) < (slots?.maximumSessions ?? 0)],
  ]);
};

test('a filter means what it says', () => {
  fc.assert(
    fc.property(filtersOf(words), sessions, (filter, session) => {
      expect(matches(filter, session)).toBe(isMatch(filter, plain(session)));
    }),
    { numRuns: 2_000 },
  );
});

test('without the seats, a filter says what it will say with them, whatever they are, or nothing', () => {
  fc.assert(
    fc.property(filtersOf(words), sessions, slotCounts, (filter, session, slots) => {
      const early = matches(filter, { ...session, slots: undefined });
      if (early !== undefined) expect(matches(filter, { ...session, slots })).toBe(early);
    }),
    { numRuns: 2_000 },
  );
});

const duel: SessionFacts = {
  gameSessionId: 'arn:duel',
  gameSessionName: undefined,
  gameSessionProperties: [{ key: 'mode', value: 'duel' }],
  creationTimeMillis: 1_000,
  slots: { maximumSessions: 4, playerSessionCount: 4 },
};

function read(expression: string) {
  const filter = parseFilter(expression);
  if (filter.kind === 'bad') throw new Error(filter.message);
  return filter;
}

describe('a session matches', () => {
  test.each<[string, boolean]>([
    ["gameSessionId = 'arn:duel'", true],
    ["gameSessionId <> 'arn:duel'", false],
    ["gameSessionProperties.mode = 'duel'", true],
    ["gameSessionProperties.mode = 'Duel'", false],
    ["gameSessionProperties.mode <> 'duel'", false],
    ["gameSessionProperties.map = ''", false],
    ["gameSessionProperties.map <> ''", true],
    ["NOT gameSessionProperties.map = ''", true],
    ["gameSessionName <> 'x'", true],
    ["gameSessionName = ''", false],
    ['creationTimeMillis = 1000', true],
    ['creationTimeMillis < 1000', false],
    ['creationTimeMillis <= 1000', true],
    ['creationTimeMillis > 999.5', true],
    ['creationTimeMillis >= 1000.5', false],
    ['maximumSessions <> 4', false],
    ['playerSessionCount >= 4', true],
    ['hasAvailablePlayerSessions = false', true],
    ['hasAvailablePlayerSessions <> false', false],
  ])('or not by %s: %s', (expression, expected) => {
    expect(matches(read(expression), duel)).toBe(expected);
  });

  test('by the last of several properties under one key', () => {
    const session = {
      ...duel,
      gameSessionProperties: [
        { key: 'mode', value: 'duel' },
        { key: 'mode', value: 'team' },
      ],
    };
    expect(matches(read("gameSessionProperties.mode = 'team'"), session)).toBe(true);
    expect(matches(read("gameSessionProperties.mode = 'duel'"), session)).toBe(false);
  });
});

test.each<[string, boolean | undefined]>([
  ['hasAvailablePlayerSessions = true', undefined],
  ['NOT hasAvailablePlayerSessions = true', undefined],
  ["hasAvailablePlayerSessions = true AND gameSessionProperties.mode = 'team'", false],
  ["hasAvailablePlayerSessions = true AND gameSessionProperties.mode = 'duel'", undefined],
  ["hasAvailablePlayerSessions = true OR gameSessionProperties.mode = 'duel'", true],
  ["hasAvailablePlayerSessions = true OR gameSessionProperties.mode = 'team'", undefined],
  ["NOT (maximumSessions = 4 AND gameSessionProperties.mode = 'team')", true],
  ['creationTimeMillis = 1000', true],
])('while nobody has looked at the seats, %s is %s', (expression, expected) => {
  expect(matches(read(expression), { ...duel, slots: undefined })).toBe(expected);
});
