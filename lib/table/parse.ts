import * as v from 'valibot';
import type { StoredItem } from './client.ts';

/** A count, or a time in epoch milliseconds. */
export const wholeNumber = v.pipe(v.number(), v.integer());

/** The same where it is part of a key, which DynamoDB keeps as a text. */
export const wholeNumberInText = v.pipe(v.string(), v.transform(Number), wholeNumber);

/**
 * Parses an item of the table. What does not fit is a mistake of ours or of somebody who edited the table: the error
 * names the attributes and not their values, which players may have sent and logs may not hold.
 */
export function parseItem<Item>(schema: v.GenericSchema<unknown, Item>, item: StoredItem): Item {
  const parsed = v.safeParse(schema, item);
  if (parsed.success) return parsed.output;
  const attributes = new Set(parsed.issues.map((issue) => issue.path?.[0]?.key));
  throw new Error(`An item of the table has unexpected attributes: ${[...attributes].join(', ')}`);
}
