import {
  type BooleanOperand,
  type NumberOperand,
  nameOf,
  type Operand,
  operandNames,
  parseOperand,
  type TextOperand,
} from './operands.ts';
import { type BadExpression, type Comparator, type Token, TokenReader } from './tokens.ts';

/** A filter expression as it is meant. The type of an operand decides what it can be compared with, and how. */
export type Filter =
  | { readonly kind: 'all' | 'any'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | Comparison;

export type Comparison =
  | {
      readonly kind: 'text';
      readonly operand: TextOperand;
      readonly comparator: Equality;
      readonly value: string;
    }
  | {
      readonly kind: 'number';
      readonly operand: NumberOperand;
      readonly comparator: Comparator;
      readonly value: number;
    }
  | {
      readonly kind: 'boolean';
      readonly operand: BooleanOperand;
      readonly comparator: Equality;
      readonly value: boolean;
    };

export type Equality = '=' | '<>';

/** What stands between two parentheses, or in none: alternatives, the last of which is still being read. */
type Level = { readonly alternatives: Filter[]; terms: Filter[]; negations: number };

/**
 * Reads a filter expression: comparisons with NOT, AND and OR, which bind in this order, and parentheses. Reads on one
 * level of the call stack, so that no number of parentheses exhausts it.
 */
export function parseFilter(expression: string): Filter | BadExpression {
  const tokens = new TokenReader(expression);
  const outer: Level[] = [];
  let level = newLevel();
  for (;;) {
    let token = tokens.next();
    for (; token.kind === 'open' || isKeyword(token, 'NOT'); token = tokens.next()) {
      if (token.kind === 'open') {
        outer.push(level);
        level = newLevel();
      } else level.negations++;
    }
    const comparison = parseComparison(tokens, token);
    if (comparison.kind === 'bad') return comparison;
    add(level, comparison);

    for (token = tokens.next(); token.kind === 'close'; token = tokens.next()) {
      const around = outer.pop();
      if (around === undefined) return tokens.expected('AND, OR or the end', token);
      add(around, whole(level));
      level = around;
    }
    if (token.kind === 'end' && outer.length === 0) return whole(level);
    if (isKeyword(token, 'OR')) endAlternative(level);
    else if (!isKeyword(token, 'AND')) {
      return tokens.expected(outer.length === 0 ? 'AND, OR or the end' : 'AND, OR or )', token);
    }
  }
}

const newLevel = (): Level => ({ alternatives: [], terms: [], negations: 0 });

function add(level: Level, filter: Filter): void {
  let term = filter;
  for (; level.negations > 0; level.negations--) term = { kind: 'not', term };
  level.terms.push(term);
}

function endAlternative(level: Level): void {
  level.alternatives.push(joined('all', level.terms));
  level.terms = [];
}

function whole(level: Level): Filter {
  endAlternative(level);
  return joined('any', level.alternatives);
}

function joined(kind: 'all' | 'any', terms: readonly Filter[]): Filter {
  const [only, ...others] = terms;
  return only !== undefined && others.length === 0 ? only : { kind, terms };
}

/** Keywords may be written in any case, operands may not. */
export const isKeyword = (token: Token, keyword: string): boolean =>
  token.kind === 'word' && token.raw.toUpperCase() === keyword;

function parseComparison(tokens: TokenReader, first: Token): Comparison | BadExpression {
  const named = parseOperand(tokens, first, `one of ${operandNames}, NOT or (`);
  if (named.kind === 'bad') return named;
  const { operand } = named;

  const token = tokens.next();
  if (operand.type === 'number') {
    if (token.kind !== 'comparator') {
      return tokens.expected(`=, <>, <, >, <= or >= after ${nameOf(operand)}`, token);
    }
    return numberComparison(tokens, operand, token.comparator);
  }
  const comparator = token.kind === 'comparator' ? token.comparator : undefined;
  if (comparator !== '=' && comparator !== '<>') {
    return tokens.expected(`= or <> after ${nameOf(operand)}`, token);
  }
  return operand.type === 'text'
    ? textComparison(tokens, operand, comparator)
    : booleanComparison(tokens, operand, comparator);
}

function numberComparison(
  tokens: TokenReader,
  operand: NumberOperand,
  comparator: Comparator,
): Comparison | BadExpression {
  const token = tokens.next();
  return token.kind === 'word' && /^[+-]?\d+(\.\d+)?$/.test(token.raw)
    ? { kind: 'number', operand, comparator, value: Number(token.raw) }
    : expectedValue(tokens, 'a number', operand, comparator, token);
}

function textComparison(
  tokens: TokenReader,
  operand: TextOperand,
  comparator: Equality,
): Comparison | BadExpression {
  const token = tokens.next();
  return token.kind === 'text'
    ? { kind: 'text', operand, comparator, value: token.value }
    : expectedValue(tokens, 'a text in single quotes', operand, comparator, token);
}

function booleanComparison(
  tokens: TokenReader,
  operand: BooleanOperand,
  comparator: Equality,
): Comparison | BadExpression {
  const token = tokens.next();
  return isKeyword(token, 'TRUE') || isKeyword(token, 'FALSE')
    ? { kind: 'boolean', operand, comparator, value: isKeyword(token, 'TRUE') }
    : expectedValue(tokens, 'true or false', operand, comparator, token);
}

const expectedValue = (
  tokens: TokenReader,
  what: string,
  operand: Operand,
  comparator: Comparator,
  found: Token,
): BadExpression => tokens.expected(`${what} after ${nameOf(operand)} ${comparator}`, found);
