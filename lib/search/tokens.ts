export type Comparator = '=' | '<>' | '<' | '>' | '<=' | '>=';

/** A piece of an expression: `raw` as it is written, `start` where it begins. */
export type Token = { readonly raw: string; readonly start: number } & (
  | { readonly kind: 'word' | 'open' | 'close' | 'end' }
  | { readonly kind: 'comparator'; readonly comparator: Comparator }
  | { readonly kind: 'text'; readonly value: string }
  /** What stands in no expression. */
  | { readonly kind: 'stray'; readonly why: string }
);

/**
 * Every text consists of these, so that reading never fails: what is wrong becomes a token, and whoever expected
 * another one complains. A word is anything between blanks, comparators, parentheses and quotes: an operand, a keyword
 * or a number. `!=` ends a word, since it is surely meant as a comparator.
 */
const pattern =
  /(?<open>\()|(?<close>\))|(?<comparator><>|<=|>=|[=<>])|'(?<text>(?:[^'\\]|\\.)*)'|(?<unclosed>'.*)|(?<double>"[^"]*"?)|(?<unequal>!=)|(?<word>(?:(?!!=)[^\s()=<>'"])+)/gs;

/** Reads an expression piece by piece; at its end, the same last token again and again. */
export class TokenReader {
  readonly #expression: string;
  readonly #matches: Iterator<RegExpExecArray>;

  constructor(expression: string) {
    this.#expression = expression;
    this.#matches = expression.matchAll(pattern);
  }

  next(): Token {
    const { value: match } = this.#matches.next();
    return match ? tokenOf(match) : { kind: 'end', raw: '', start: this.#expression.length };
  }

  /** Says what was wanted in a place, and what stands there instead. */
  expected(what: string, found: Token): BadExpression {
    // People count characters as they see them, from 1.
    const character = [...this.#expression.slice(0, found.start)].length + 1;
    return { kind: 'bad', message: `expected ${what} at character ${character}, found ${shown(found)}` };
  }
}

/** Why an expression cannot be read, for the one who wrote it. */
export type BadExpression = { readonly kind: 'bad'; readonly message: string };

function tokenOf(match: RegExpExecArray): Token {
  const place = { raw: match[0], start: match.index };
  const { open, close, comparator, text, unclosed, double, unequal } = match.groups ?? {};
  if (open !== undefined) return { ...place, kind: 'open' };
  if (close !== undefined) return { ...place, kind: 'close' };
  if (isComparator(comparator)) return { ...place, kind: 'comparator', comparator };
  if (text !== undefined) return { ...place, kind: 'text', value: text.replaceAll(/\\(.)/gs, '$1') };
  if (unclosed !== undefined) return { ...place, kind: 'stray', why: 'a text without its closing quote' };
  if (double !== undefined) return { ...place, kind: 'stray', why: 'texts are written in single quotes' };
  if (unequal !== undefined) return { ...place, kind: 'stray', why: 'unequal is written <>' };
  return { ...place, kind: 'word' };
}

const comparators: ReadonlySet<string | undefined> = new Set<Comparator>(['=', '<>', '<', '>', '<=', '>=']);
const isComparator = (text: string | undefined): text is Comparator => comparators.has(text);

/** Characters of a token that a complaint repeats. */
const longestShown = 40;

function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  const characters = [...token.raw];
  const raw =
    characters.length > longestShown ? `${characters.slice(0, longestShown).join('')}...` : token.raw;
  return token.kind === 'stray' ? `${raw} (${token.why})` : raw;
}
