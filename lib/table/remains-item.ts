import * as v from 'valibot';
import type { DeleteRequest, PutRequest, StoredItem } from './client.ts';
import { dueShard, remainsItemKey } from './keys.ts';
import { parseItem, wholeNumber } from './parse.ts';
import { indexes } from './schema.ts';

const due = indexes.sessionsDue;

const RemainsItem = v.object({
  sessionKey: v.string(),
  createdAt: wholeNumber,
  removedAfter: wholeNumber,
});

/** A session that is gone while items that belonged to it are still there. Times in epoch milliseconds. */
export type Remains = Readonly<v.InferOutput<typeof RemainsItem>>;

/** Parses what tells of the remains of a session. Throws when the table holds something else under its key. */
export const parseRemainsItem = (item: StoredItem): Remains => parseItem(RemainsItem, item);

/** Has the sweep remove what is left of a session. Doing it again does no harm. */
export const putRemains = (remains: Remains, now: number): PutRequest => ({
  Item: {
    ...remainsItemKey(remains.sessionKey, remains.createdAt),
    ...remains,
    [due.partitionKey]: dueShard(remains.sessionKey),
    [due.sortKey]: String(now),
  },
});

/** Nothing of it is left. */
export const removeRemains = ({ sessionKey, createdAt }: Remains): DeleteRequest => ({
  Key: remainsItemKey(sessionKey, createdAt),
});
