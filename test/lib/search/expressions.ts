import fc from 'fast-check';
import type { Comparison, Filter } from '#lib/search/filter.ts';
import type { Operand, Value } from '#lib/search/operands.ts';
import type { Sort } from '#lib/search/sort.ts';

/** Random expressions of the search, how people may write them, and what they mean, said as simply as can be. */

/** What expressions are made of: few keys and values, so that now and then one is met. */
export type Words = {
  readonly keys: fc.Arbitrary<string>;
  readonly texts: fc.Arbitrary<string>;
  readonly numbers: fc.Arbitrary<number>;
};

const operandsOf = ({ keys }: Words) => ({
  text: fc.oneof(
    fc.constantFrom(
      { type: 'text', name: 'gameSessionId' } as const,
      {
        type: 'text',
        name: 'gameSessionName',
      } as const,
    ),
    keys.map((key) => ({ type: 'text', name: 'gameSessionProperties', key }) as const),
  ),
  number: fc.constantFrom(
    { type: 'number', name: 'maximumSessions' } as const,
    { type: 'number', name: 'creationTimeMillis' } as const,
    { type: 'number', name: 'playerSessionCount' } as const,
  ),
  boolean: fc.constant({ type: 'boolean', name: 'hasAvailablePlayerSessions' } as const),
});

const equality = fc.constantFrom('=' as const, '<>' as const);
const comparator = fc.oneof(
  equality,
  fc.constantFrom('<' as const, '>' as const, '<=' as const, '>=' as const),
);

export function filtersOf(words: Words): fc.Arbitrary<Filter> {
  const operands = operandsOf(words);
  const comparison: fc.Arbitrary<Comparison> = fc.oneof(
    fc.record({
      kind: fc.constant('text' as const),
      operand: operands.text,
      comparator: equality,
      value: words.texts,
    }),
    fc.record({
      kind: fc.constant('number' as const),
      operand: operands.number,
      comparator,
      value: words.numbers,
    }),
    fc.record({
      kind: fc.constant('boolean' as const),
      operand: operands.boolean,
      comparator: equality,
      value: fc.boolean(),
    }),
  );
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      comparison,
      fc.record({ kind: fc.constant('not' as const), term: tie('filter') }),
      fc.record({
        kind: fc.constantFrom('all' as const, 'any' as const),
        terms: fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
      }),
    ),
  })).filter;
}

export function sortsOf(words: Words): fc.Arbitrary<Sort> {
  const { text, number, boolean } = operandsOf(words);
  return fc.record({
    kind: fc.constant('sort' as const),
    operand: fc.oneof(text, number, boolean),
    descending: fc.boolean(),
  });
}

/** Keys as a search can name them: no dot, nothing that ends a word. */
const searchableKey = fc
  .oneof(
    fc.constantFrom('difficulty', 'AND', 'not', 'true', '42', '-', 'a!', 'ключ', '🎮', 'a\\b', '__proto__'),
    fc.string({ minLength: 1, maxLength: 32, unit: 'grapheme' }),
  )
  .filter((key) => /^[^\s()=<>'".]+$/.test(key));

/** Everything that can be written. */
export const anyWords: Words = {
  keys: searchableKey,
  texts: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('', "Matt's", '\\', "\\'", ' '),
  ),
  numbers: fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
  ),
};

/** Turns of taste in writing: which blanks, which case, whether to put parentheses that change nothing. */
export const tastes: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });

/** Writes a filter down in a taste. */
export function writtenFilter(filter: Filter, taste: readonly number[]): string {
  const turn = turnsOf(taste);
  return joined(filterTokens(filter, turn), turn);
}

export function writtenSort({ operand, descending }: Sort, taste: readonly number[]): string {
  const turn = turnsOf(taste);
  return joined([nameOf(operand), cased(descending ? 'desc' : 'asc', turn)], turn);
}

type Turn = (choices: number) => number;

function turnsOf(taste: readonly number[]): Turn {
  let turns = 0;
  return (choices) => (taste[turns++ % taste.length] ?? 0) % choices;
}

function filterTokens(filter: Filter, turn: Turn): readonly string[] {
  const tokens = bareTokens(filter, turn);
  return turn(4) === 0 ? ['(', ...tokens, ')'] : tokens;
}

function bareTokens(filter: Filter, turn: Turn): readonly string[] {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return filter.terms.flatMap((term, index) => {
        const tokens = inParentheses(term, needsParentheses(filter.kind, term), turn);
        return index === 0 ? tokens : [cased(filter.kind === 'all' ? 'and' : 'or', turn), ...tokens];
      });
    case 'not': {
      const isJoined = filter.term.kind === 'all' || filter.term.kind === 'any';
      return [cased('not', turn), ...inParentheses(filter.term, isJoined, turn)];
    }
    default:
      return [nameOf(filter.operand), filter.comparator, writtenValue(filter.value, turn)];
  }
}

const needsParentheses = (around: 'all' | 'any', term: Filter): boolean =>
  term.kind === 'any' || (term.kind === 'all' && around === 'all');

const inParentheses = (filter: Filter, needed: boolean, turn: Turn): readonly string[] =>
  needed ? ['(', ...filterTokens(filter, turn), ')'] : filterTokens(filter, turn);

function writtenValue(value: Value, turn: Turn): string {
  if (typeof value === 'boolean') return cased(String(value), turn);
  if (typeof value === 'number') return value >= 0 && turn(4) === 0 ? `+${value}` : String(value);
  const characters = [...value].map((character) =>
    character === "'" || character === '\\' || turn(8) === 0 ? `\\${character}` : character,
  );
  return `'${characters.join('')}'`;
}

const cased = (word: string, turn: Turn): string =>
  [...word].map((letter) => (turn(2) === 0 ? letter : letter.toUpperCase())).join('');

const blanks = ['', ' ', '  ', '\t', '\n', '\u00a0'];

/** Puts blanks between tokens: none where none is needed, now and then. */
function joined(tokens: readonly string[], turn: Turn): string {
  const edges = (token: string) => /^[^()=<>']/.test(token);
  let text = blanks[turn(blanks.length)] ?? '';
  tokens.forEach((token, index) => {
    const next = tokens[index + 1] ?? '';
    const areWords = edges(token) && edges(next);
    const blank = blanks[turn(blanks.length)] ?? '';
    // A key may end in an exclamation mark, and `!=` is no comparator.
    text += token + (blank === '' && (areWords || token.endsWith('!')) ? ' ' : blank);
  });
  return text;
}

const nameOf = (operand: Operand): string =>
  operand.name === 'gameSessionProperties' ? `gameSessionProperties.${operand.key}` : operand.name;

/** A session's facts by the names of their operands; what it has not is not in it. */
export type PlainFacts = ReadonlyMap<string, Value>;

/** What a filter means. */
export function isMatch(filter: Filter, facts: PlainFacts): boolean {
  switch (filter.kind) {
    case 'all':
      return filter.terms.every((term) => isMatch(term, facts));
    case 'any':
      return filter.terms.some((term) => isMatch(term, facts));
    case 'not':
      return !isMatch(filter.term, facts);
    default: {
      const fact = facts.get(nameOf(filter.operand));
      if (filter.comparator === '=') return fact === filter.value;
      if (filter.comparator === '<>') return fact !== filter.value;
      if (typeof fact !== 'number' || typeof filter.value !== 'number') return false;
      if (filter.comparator === '<') return fact < filter.value;
      if (filter.comparator === '>') return fact > filter.value;
      return filter.comparator === '<=' ? fact <= filter.value : fact >= filter.value;
    }
  }
}

/** What a session is sorted by. */
export const sortValue = (sort: Sort, facts: PlainFacts): Value | undefined =>
  facts.get(nameOf(sort.operand));

/** What a sort means: the values of the sessions in their order. Sessions with the same value may stand in any order. */
export function sortedBy(sort: Sort, sessions: readonly PlainFacts[]): readonly (Value | undefined)[] {
  const values = sessions.map((facts) => sortValue(sort, facts));
  const present = values.filter((value) => value !== undefined).sort((one, other) => (one < other ? -1 : 1));
  const missing = values.filter((value) => value === undefined);
  return [...(sort.descending ? present.toReversed() : present), ...missing];
}
