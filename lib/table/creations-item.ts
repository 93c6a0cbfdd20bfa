import * as v from 'valibot';
import type { PutRequest, StoredItem, UpdateRequest } from './client.ts';
import { creationsItemKey } from './keys.ts';
import { parseItem, wholeNumber } from './parse.ts';
import { timeToLive } from './schema.ts';

const CreationsItem = v.pipe(
  v.object({
    /** Creation times by session key, epoch milliseconds. */
    c: v.record(v.string(), wholeNumber),
    /** Changes so far, by which a writer sees that nobody else came first. */
    rev: wholeNumber,
  }),
  v.transform((item) => ({ times: item.c, rev: item.rev })),
);

/**
 * The game sessions that one creator has created in one fleet of late: 27 bytes each, so that a creation costs 1 WCU up
 * to 35 of them and 27 at the 1,000 that a fleet may allow. DynamoDB removes the item some time after the last of them
 * counts no more.
 */
export type Creations = Readonly<v.InferOutput<typeof CreationsItem>>;

/** Parses a creations item. Throws when the table holds something else under its key. */
export const parseCreationsItem = (item: StoredItem): Creations => parseItem(CreationsItem, item);

/** A creation that is to be counted, and from when on the item is of no use, epoch seconds. */
export type NewCreation = {
  readonly sessionKey: string;
  readonly createdAt: number;
  readonly removeAfter: number;
};

/** Counts one more where there are fewer than `limit`: of many who do so at once, exactly as many as may. */
export const addCreation = (creatorHash: string, creation: NewCreation, limit: number): UpdateRequest => ({
  Key: creationsItemKey(creatorHash),
  ConditionExpression: 'size(c) < :limit AND attribute_not_exists(c.#session)',
  UpdateExpression: 'SET c.#session = :at, rev = rev + :one, #ttl = :ttl',
  ExpressionAttributeNames: { '#session': creation.sessionKey, '#ttl': timeToLive },
  ExpressionAttributeValues: {
    ':limit': limit,
    ':at': creation.createdAt,
    ':one': 1,
    ':ttl': creation.removeAfter,
  },
});

/** Counts one beside those that still count, where nobody has counted since `seen` was read, or nobody ever has. */
export const replaceCreations = (
  creatorHash: string,
  creation: NewCreation,
  stillCounting: Creations['times'],
  seen: Creations | undefined,
): PutRequest => ({
  Item: {
    ...creationsItemKey(creatorHash),
    c: { ...stillCounting, [creation.sessionKey]: creation.createdAt },
    // A time where there is none yet: an item that DynamoDB removes and somebody makes anew does not resemble the old one.
    rev: seen === undefined ? creation.createdAt : seen.rev + 1,
    [timeToLive]: creation.removeAfter,
  },
  ...(seen === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'rev = :seen', ExpressionAttributeValues: { ':seen': seen.rev } }),
});
