import * as v from 'valibot';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber, wholeNumberInText } from './parse.ts';

const MessageItem = v.pipe(
  v.object({
    sk: wholeNumberInText,
    /** The sender's xuid. */
    x: v.string(),
    t: wholeNumber,
    d: v.instance(Uint8Array),
    by: v.string(),
  }),
  v.transform((item) => ({
    kind: 'message' as const,
    number: item.sk,
    sender: item.x,
    /** When its number was given out, epoch milliseconds. */
    at: item.t,
    data: item.d,
    /** The try that the number was given to, by which a retry knows its own work. */
    claim: item.by,
  })),
);

const VoidItem = v.pipe(
  v.object({ sk: wholeNumberInText, void: v.literal(true), t: wholeNumber }),
  v.transform((item) => ({
    kind: 'void' as const,
    number: item.sk,
    /** When it was given up, epoch milliseconds. */
    at: item.t,
  })),
);

/** What stands under a number of a queue: a message, or the mark that there will never be one. */
export type QueueEntry = Readonly<v.InferOutput<typeof MessageItem> | v.InferOutput<typeof VoidItem>>;

/** Parses an item of a queue. Throws when the table holds something else under its key. */
export const parseQueueEntry = (item: StoredItem): QueueEntry =>
  parseItem<QueueEntry>('void' in item ? VoidItem : MessageItem, item);
