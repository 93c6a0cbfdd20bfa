import type { BadExpression, Token, TokenReader } from './tokens.ts';

/** What a session is searched by without its seats. Times in epoch milliseconds. */
export type SessionFacts = {
  readonly gameSessionId: string;
  readonly gameSessionName: string | undefined;
  readonly gameSessionProperties: readonly { readonly key: string; readonly value: string }[] | undefined;
  readonly creationTimeMillis: number;
  /** What the seats say. Undefined while nobody has looked. */
  readonly slots: Slots | undefined;
};

export type Slots = { readonly maximumSessions: number; readonly playerSessionCount: number };

/** A fact that an expression asks for, and of which type it is. */
export type Operand = TextOperand | NumberOperand | BooleanOperand;
export type TextOperand =
  | { readonly type: 'text'; readonly name: 'gameSessionId' | 'gameSessionName' }
  | { readonly type: 'text'; readonly name: 'gameSessionProperties'; readonly key: string };
export type NumberOperand = {
  readonly type: 'number';
  readonly name: 'maximumSessions' | 'creationTimeMillis' | 'playerSessionCount';
};
export type BooleanOperand = { readonly type: 'boolean'; readonly name: 'hasAvailablePlayerSessions' };

export type Value = string | number | boolean;

const operands: ReadonlyMap<string, Operand> = new Map<string, Operand>([
  ['gameSessionId', { type: 'text', name: 'gameSessionId' }],
  ['gameSessionName', { type: 'text', name: 'gameSessionName' }],
  ['maximumSessions', { type: 'number', name: 'maximumSessions' }],
  ['creationTimeMillis', { type: 'number', name: 'creationTimeMillis' }],
  ['playerSessionCount', { type: 'number', name: 'playerSessionCount' }],
  ['hasAvailablePlayerSessions', { type: 'boolean', name: 'hasAvailablePlayerSessions' }],
]);

const property = 'gameSessionProperties';
const propertyPrefix = `${property}.`;

/** Every operand, as a complaint names them. */
export const operandNames = [...operands.keys(), `${propertyPrefix}<key>`].join(', ');

/** Reads the operand that a token names. */
export function parseOperand(
  tokens: TokenReader,
  token: Token,
  expected: string,
): { readonly kind: 'operand'; readonly operand: Operand } | BadExpression {
  if (token.kind !== 'word') return tokens.expected(expected, token);
  if (token.raw === property || token.raw.startsWith(propertyPrefix)) {
    const key = token.raw.slice(propertyPrefix.length);
    // GameLift searches no key that contains a dot.
    return key === '' || key.includes('.')
      ? tokens.expected(`${propertyPrefix} and a key without dots`, token)
      : { kind: 'operand', operand: { type: 'text', name: property, key } };
  }
  const operand = operands.get(token.raw);
  return operand ? { kind: 'operand', operand } : tokens.expected(expected, token);
}

/** How an operand is written. */
export const nameOf = (operand: Operand): string =>
  operand.name === property ? propertyPrefix + operand.key : operand.name;

/** Whether only the seats can say it. */
export const asksForSlots = ({ name }: Operand): boolean =>
  name === 'maximumSessions' || name === 'playerSessionCount' || name === 'hasAvailablePlayerSessions';

/** The fact; undefined where the session has none, or where it takes seats that nobody has looked at. */
export function factOf(operand: Operand, facts: SessionFacts): Value | undefined {
  switch (operand.type) {
    case 'text':
      return textOf(operand, facts);
    case 'number':
      return numberOf(operand, facts);
    case 'boolean':
      return hasAvailablePlayerSessions(facts);
  }
}

/** Of several properties under one key, the last one counts. */
export const textOf = (operand: TextOperand, facts: SessionFacts): string | undefined =>
  operand.name === property
    ? facts.gameSessionProperties?.findLast(({ key }) => key === operand.key)?.value
    : facts[operand.name];

/** Undefined where it takes seats that nobody has looked at. */
export const numberOf = ({ name }: NumberOperand, facts: SessionFacts): number | undefined =>
  name === 'creationTimeMillis' ? facts.creationTimeMillis : facts.slots?.[name];

/** Undefined while nobody has looked at the seats. */
export const hasAvailablePlayerSessions = ({ slots }: SessionFacts): boolean | undefined =>
  slots && slots.playerSessionCount < slots.maximumSessions;
