import type { UpdateRequest } from './client.ts';
import { acceptedSeat } from './session-item.ts';

/** What stands in a value of an expression. */
type Value =
  | number
  | string
  | boolean
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

/**
 * Collects the conditions, changes, names and values of one write to a ledger. Tokens need names, since they may begin with
 * a digit, and so do attributes that are words of DynamoDB's own, as `open` is.
 */
export function ledgerExpression() {
  const conditions: string[] = [];
  const set: string[] = [];
  const remove: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, Value> = {};
  const name = (attribute: string): string => {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const value = (called: string, is: Value): string => {
    values[`:${called}`] = is;
    return `:${called}`;
  };
  const seat = (token: string): string => `s.${name(token)}`;
  return {
    name,
    seat,
    value,
    /** In a session that has ended nothing moves any more. */
    isLive: (): string => `st = ${value('active', 'ACTIVE')}`,
    /** Whether somebody has come in for good. */
    isIn: (token: string): string => `${seat(token)} >= ${value('accepted', acceptedSeat)}`,
    when: (...added: readonly string[]) => void conditions.push(...added),
    set: (...added: readonly string[]) => void set.push(...added),
    /** Notes when the session was written, epoch milliseconds, and how many events that made: gives both as they are called. */
    count: (events: number, now: number) => {
      const called = { events: value('events', events), now: value('now', now) };
      set.push(`v = v + ${called.events}`, `t = ${called.now}`);
      return called;
    },
    remove: (...added: readonly string[]) => void remove.push(...added),
    finish: (): Omit<UpdateRequest, 'Key'> => ({
      ConditionExpression: conditions.join(' AND '),
      UpdateExpression: [clause('SET', set), clause('REMOVE', remove)].join(' ').trim(),
      ExpressionAttributeNames: names,
      // DynamoDB takes no empty map.
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}

const clause = (verb: string, parts: readonly string[]): string =>
  parts.length > 0 ? `${verb} ${parts.join(', ')}` : '';

export type LedgerExpression = ReturnType<typeof ledgerExpression>;

/** Gives an attribute a value, or takes it away where there is none. */
export function setOrRemove(
  e: LedgerExpression,
  attribute: string,
  value: Uint8Array | string | boolean | undefined,
): void {
  if (value === undefined) e.remove(e.name(attribute));
  else e.set(`${e.name(attribute)} = ${e.value(attribute, value)}`);
}
