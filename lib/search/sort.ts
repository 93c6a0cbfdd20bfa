import { isKeyword } from './filter.ts';
import { nameOf, type Operand, operandNames, parseOperand, type Value } from './operands.ts';
import { type BadExpression, TokenReader } from './tokens.ts';

/** What sessions are sorted by, and in which direction. */
export type Sort = { readonly kind: 'sort'; readonly operand: Operand; readonly descending: boolean };

/** Reads a sort expression: one operand, and ASC or DESC. */
export function parseSort(expression: string): Sort | BadExpression {
  const tokens = new TokenReader(expression);
  const named = parseOperand(tokens, tokens.next(), `one of ${operandNames}`);
  if (named.kind === 'bad') return named;
  const direction = tokens.next();
  const descending = isKeyword(direction, 'DESC');
  if (!descending && !isKeyword(direction, 'ASC')) {
    return tokens.expected(`ASC or DESC after ${nameOf(named.operand)}`, direction);
  }
  const rest = tokens.next();
  if (rest.kind !== 'end') return tokens.expected('the end', rest);
  return { kind: 'sort', operand: named.operand, descending };
}

/**
 * Which of two values comes first: below 0 the one, above 0 the other. Texts go by their UTF-16 units, false before
 * true, and whatever has no value comes last in both directions.
 */
export function compareValues(sort: Sort, one: Value | undefined, other: Value | undefined): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other === sort.descending ? 1 : -1;
}
