import type { Equality, Filter } from './filter.ts';
import { hasAvailablePlayerSessions, numberOf, type SessionFacts, textOf } from './operands.ts';
import type { Comparator } from './tokens.ts';

/**
 * Whether a session matches; undefined where that depends on its seats and nobody has looked at them. So sessions that
 * cannot match are told from the others before any seats are read.
 *
 * `<>` is the contrary of `=`, also for a session that has no such property or no name.
 */
export function matches(filter: Filter, facts: SessionFacts): boolean | undefined {
  switch (filter.kind) {
    case 'all':
      return everyTerm(filter.terms, facts);
    case 'any':
      return anyTerm(filter.terms, facts);
    case 'not':
      return negated(matches(filter.term, facts));
    case 'text':
      return isEqual(textOf(filter.operand, facts), filter.comparator, filter.value);
    case 'number': {
      const fact = numberOf(filter.operand, facts);
      return fact === undefined ? undefined : compare(fact, filter.comparator, filter.value);
    }
    case 'boolean': {
      const fact = hasAvailablePlayerSessions(facts);
      return fact === undefined ? undefined : isEqual(fact, filter.comparator, filter.value);
    }
  }
}

function everyTerm(terms: readonly Filter[], facts: SessionFacts): boolean | undefined {
  let every: boolean | undefined = true;
  for (const term of terms) {
    const one = matches(term, facts);
    if (one === false) return false;
    every &&= one;
  }
  return every;
}

function anyTerm(terms: readonly Filter[], facts: SessionFacts): boolean | undefined {
  let any: boolean | undefined = false;
  for (const term of terms) {
    const one = matches(term, facts);
    if (one === true) return true;
    if (one === undefined) any = undefined;
  }
  return any;
}

const negated = (one: boolean | undefined): boolean | undefined => (one === undefined ? undefined : !one);

const isEqual = <V>(fact: V | undefined, comparator: Equality, value: V): boolean =>
  (fact === value) === (comparator === '=');

function compare(fact: number, comparator: Comparator, value: number): boolean {
  switch (comparator) {
    case '=':
      return fact === value;
    case '<>':
      return fact !== value;
    case '<':
      return fact < value;
    case '>':
      return fact > value;
    case '<=':
      return fact <= value;
    case '>=':
      return fact >= value;
  }
}
