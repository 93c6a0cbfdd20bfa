import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Filter, parseFilter } from '#lib/search/filter.ts';
import { anyWords, filtersOf, tastes, writtenFilter } from './expressions.ts';

const session = (name: 'maximumSessions' | 'playerSessionCount', value: number): Filter => ({
  kind: 'number',
  operand: { type: 'number', name },
  comparator: '=',
  value,
});
const [one, two, three] = [1, 2, 3].map((value) => session('maximumSessions', value));
if (!one || !two || !three) throw new Error('unreachable');

const named = (value: string): Filter => ({
  kind: 'text',
  operand: { type: 'text', name: 'gameSessionName' },
  comparator: '=',
  value,
});

describe('a filter expression is read', () => {
  test('as it is meant, in whatever case, with whatever blanks and needless parentheses', () => {
    fc.assert(
      fc.property(filtersOf(anyWords), tastes, (filter, taste) => {
        expect(parseFilter(writtenFilter(filter, taste))).toEqual(filter);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each<[string, string, Filter]>([
    [
      'AND before OR',
      'maximumSessions=1 OR maximumSessions=2 AND maximumSessions=3',
      { kind: 'any', terms: [one, { kind: 'all', terms: [two, three] }] },
    ],
    [
      'AND before OR, on either side',
      'maximumSessions=1 AND maximumSessions=2 OR maximumSessions=3',
      { kind: 'any', terms: [{ kind: 'all', terms: [one, two] }, three] },
    ],
    [
      'NOT before AND',
      'NOT maximumSessions=1 AND maximumSessions=2',
      { kind: 'all', terms: [{ kind: 'not', term: one }, two] },
    ],
    [
      'parentheses before all',
      'NOT(maximumSessions=1 OR maximumSessions=2)AND maximumSessions=3',
      { kind: 'all', terms: [{ kind: 'not', term: { kind: 'any', terms: [one, two] } }, three] },
    ],
  ])('with %s', (_, expression, filter) => {
    expect(parseFilter(expression)).toEqual(filter);
  });

  test.each([
    ['as it comes', `'Game 1'`, 'Game 1'],
    ['with its quotes escaped', String.raw`'Matt\'s Awesome Game 1'`, "Matt's Awesome Game 1"],
    ['with its backslashes escaped', String.raw`'a\\b\\'`, 'a\\b\\'],
    ['with other characters escaped, which stand for themselves', String.raw`'\a\n\"\🎮'`, 'an"🎮'],
    ['with double quotes, comparators and keywords in it', `'"a" <> (b) AND c'`, '"a" <> (b) AND c'],
    ['of several lines', `'a\nb'`, 'a\nb'],
    ['without a character', `''`, ''],
  ])('with a text %s', (_, written, value) => {
    expect(parseFilter(`gameSessionName = ${written}`)).toEqual(named(value));
  });

  test.each([
    ['12', 12],
    ['+12', 12],
    ['-3', -3],
    ['2.50', 2.5],
    ['0012', 12],
    ['1700000000000', 1_700_000_000_000],
  ])('with the number %s', (written, value) => {
    expect(parseFilter(`playerSessionCount=${written}`)).toEqual(session('playerSessionCount', value));
  });

  test('however deep it goes', () => {
    const depth = 100_000;
    expect(parseFilter(`${'('.repeat(depth)}maximumSessions=1${')'.repeat(depth)}`)).toEqual(one);
  });
});

const anOperand =
  'one of gameSessionId, gameSessionName, maximumSessions, creationTimeMillis, playerSessionCount, hasAvailablePlayerSessions, gameSessionProperties.<key>, NOT or (';

describe('a filter expression is refused, with the place, what was expected there and what was found', () => {
  test.each([
    ['', `${anOperand} at character 1, found the end`],
    ['   ', `${anOperand} at character 4, found the end`],
    ['status = 1', `${anOperand} at character 1, found status`],
    ['GameSessionName = 1', `${anOperand} at character 1, found GameSessionName`],
    ["'a' = 'a'", `${anOperand} at character 1, found 'a'`],
    ['= 1', `${anOperand} at character 1, found =`],
    ['()', `${anOperand} at character 2, found )`],
    ['NOT', `${anOperand} at character 4, found the end`],
    ['NOT AND', `${anOperand} at character 5, found AND`],
    ['maximumSessions=1 AND', `${anOperand} at character 22, found the end`],
    ['maximumSessions=1 OR OR', `${anOperand} at character 22, found OR`],
    [
      'gameSessionProperties = 1',
      'gameSessionProperties. and a key without dots at character 1, found gameSessionProperties',
    ],
    [
      "gameSessionProperties.='x'",
      'gameSessionProperties. and a key without dots at character 1, found gameSessionProperties.',
    ],
    [
      "gameSessionProperties.a.b='x'",
      'gameSessionProperties. and a key without dots at character 1, found gameSessionProperties.a.b',
    ],
    ['maximumSessions', '=, <>, <, >, <= or >= after maximumSessions at character 16, found the end'],
    ['maximumSessions 1', '=, <>, <, >, <= or >= after maximumSessions at character 17, found 1'],
    ['maximumSessions => 1', 'a number after maximumSessions = at character 18, found >'],
    ['maximumSessions == 1', 'a number after maximumSessions = at character 18, found ='],
    [
      'maximumSessions != 1',
      '=, <>, <, >, <= or >= after maximumSessions at character 17, found != (unequal is written <>)',
    ],
    [
      "gameSessionProperties.k!='v'",
      '= or <> after gameSessionProperties.k at character 24, found != (unequal is written <>)',
    ],
    ["gameSessionName < 'x'", '= or <> after gameSessionName at character 17, found <'],
    ["gameSessionId>='x'", '= or <> after gameSessionId at character 14, found >='],
    ["gameSessionProperties.k > 'x'", '= or <> after gameSessionProperties.k at character 25, found >'],
    [
      'hasAvailablePlayerSessions <= true',
      '= or <> after hasAvailablePlayerSessions at character 28, found <=',
    ],
    ['hasAvailablePlayerSessions', '= or <> after hasAvailablePlayerSessions at character 27, found the end'],
    ['maximumSessions =', 'a number after maximumSessions = at character 18, found the end'],
    ['maximumSessions = x', 'a number after maximumSessions = at character 19, found x'],
    ["maximumSessions = '1'", "a number after maximumSessions = at character 19, found '1'"],
    ['maximumSessions>=1e3', 'a number after maximumSessions >= at character 18, found 1e3'],
    ['maximumSessions=.5', 'a number after maximumSessions = at character 17, found .5'],
    ['maximumSessions=1.', 'a number after maximumSessions = at character 17, found 1.'],
    ['maximumSessions=1AND', 'a number after maximumSessions = at character 17, found 1AND'],
    ['maximumSessions=- 1', 'a number after maximumSessions = at character 17, found -'],
    [
      'hasAvailablePlayerSessions=1',
      'true or false after hasAvailablePlayerSessions = at character 28, found 1',
    ],
    [
      "hasAvailablePlayerSessions<>'true'",
      "true or false after hasAvailablePlayerSessions <> at character 29, found 'true'",
    ],
    [
      'gameSessionName = novice',
      'a text in single quotes after gameSessionName = at character 19, found novice',
    ],
    ['gameSessionName = 1', 'a text in single quotes after gameSessionName = at character 19, found 1'],
    [
      'gameSessionProperties.difficulty = "novice"',
      'a text in single quotes after gameSessionProperties.difficulty = at character 36, found "novice" (texts are written in single quotes)',
    ],
    [
      'gameSessionProperties.difficulty = "novice',
      'a text in single quotes after gameSessionProperties.difficulty = at character 36, found "novice (texts are written in single quotes)',
    ],
    [
      "gameSessionName = 'novice",
      "a text in single quotes after gameSessionName = at character 19, found 'novice (a text without its closing quote)",
    ],
    [
      String.raw`gameSessionName = 'a\'`,
      String.raw`a text in single quotes after gameSessionName = at character 19, found 'a\' (a text without its closing quote)`,
    ],
    ["gameSessionName = 'Matt's'", 'AND, OR or the end at character 25, found s'],
    ['maximumSessions=1 maximumSessions=2', 'AND, OR or the end at character 19, found maximumSessions'],
    ['maximumSessions=1 NOT maximumSessions=2', 'AND, OR or the end at character 19, found NOT'],
    ['maximumSessions=1)', 'AND, OR or the end at character 18, found )'],
    ['(maximumSessions=1', 'AND, OR or ) at character 19, found the end'],
    ['(maximumSessions=1 maximumSessions=2', 'AND, OR or ) at character 20, found maximumSessions'],
    ["gameSessionName='🎮🎮' x", 'AND, OR or the end at character 22, found x'],
    [
      `maximumSessions=${'9'.repeat(50)}x`,
      `a number after maximumSessions = at character 17, found ${'9'.repeat(40)}...`,
    ],
  ])('%j', (expression, message) => {
    expect(parseFilter(expression)).toEqual({ kind: 'bad', message: `expected ${message}` });
  });

  test.each(['(', 'NOT ', 'NOT(', '((NOT '])('that is nothing but %j, however long', (piece) => {
    expect(parseFilter(piece.repeat(100_000)).kind).toBe('bad');
  });

  test('and never by an exception, whatever it is made of', () => {
    const piece = fc.constantFrom(
      ...['gameSessionName', 'gameSessionProperties.k', 'maximumSessions', 'hasAvailablePlayerSessions'],
      ...[
        '=',
        '<>',
        '<',
        '!',
        "'",
        '"',
        '\\',
        '(',
        ')',
        ' ',
        'AND',
        'OR',
        'NOT',
        'true',
        '7',
        "'x'",
        '\ud800',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => pieces.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (expression) => {
          const filter = parseFilter(expression);
          if (filter.kind === 'bad')
            expect(filter.message).toMatch(/^expected .+ at character \d+, found .+$/su);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
