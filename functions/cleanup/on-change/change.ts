import type { DynamoDBRecord } from 'aws-lambda';
import * as v from 'valibot';
import type { LogAttributes } from '#functions/log.ts';
import type { StoredItem } from '#lib/table/client.ts';
import { type ItemKey, kindOfKey } from '#lib/table/keys.ts';
import { parseQueueEntry, type QueueEntry } from '#lib/table/message-item.ts';
import { parseItem, wholeNumber } from '#lib/table/parse.ts';
import type { Remains } from '#lib/table/remains-item.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import { indexes, partitionKey, sortKey, timeToLive } from '#lib/table/schema.ts';
import { isRostered, type Ledger, parseSessionItem, timeIn } from '#lib/table/session-item.ts';
import { readImage } from './stream-image.ts';

/** What one record of the table's stream tells. */
export type Change =
  /** Nothing that anybody is told of. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'ledger';
      readonly sessionKey: string;
      readonly before: Ledger | undefined;
      readonly after: Ledger;
    }
  | {
      readonly kind: 'roster';
      readonly sessionKey: string;
      readonly before: StoredRoster | undefined;
      readonly after: StoredRoster;
    }
  | {
      readonly kind: 'message';
      readonly sessionKey: string;
      /** When its session was created, epoch milliseconds. */
      readonly createdAt: number;
      readonly queueIndex: number;
      readonly message: Extract<QueueEntry, { readonly kind: 'message' }>;
    }
  /** A session's item is gone: its retention is over. */
  | { readonly kind: 'removed'; readonly gone: Remains };

const none: Change = { kind: 'none' };

/**
 * The key of the session that a record is about; the records of one session's item are in order, and so are those of each
 * message. A record of anything else has the key of its item.
 */
export function sessionOf(record: DynamoDBRecord): string {
  const key = keyIn(record);
  const kind = kindOfKey(key);
  return 'sessionKey' in kind ? kind.sessionKey : key.pk;
}

const keyIn = ({ dynamodb }: DynamoDBRecord): ItemKey => ({
  pk: dynamodb?.Keys?.[partitionKey]?.S ?? '',
  sk: dynamodb?.Keys?.[sortKey]?.S ?? '',
});

/** What the log calls a record by, so that it can be found and what it was about be dealt with by hand. */
export function nameOf(record: DynamoDBRecord): LogAttributes {
  const { SequenceNumber: sequenceNumber, NewImage, OldImage } = record.dynamodb ?? {};
  const statusAndTime = (NewImage ?? OldImage)?.[indexes.sessionsByFleet.sortKey]?.S;
  const key = kindOfKey(keyIn(record));
  const createdAt = statusAndTime === undefined ? undefined : timeIn(statusAndTime);
  return {
    sequenceNumber,
    session: sessionOf(record),
    createdAt: 'createdAt' in key ? key.createdAt : createdAt,
  };
}

/** Reads a record. Throws for one whose item is not as the table's items are. */
export function readChange(record: DynamoDBRecord): Change {
  const key = kindOfKey(keyIn(record));
  if (key.kind === 'session') return readSession(record, key.sessionKey);
  const { NewImage: image } = record.dynamodb ?? {};
  if (key.kind !== 'message' || image === undefined) return none;
  const entry = parseQueueEntry(readImage(image));
  // A number that was given up: nobody has posted anything.
  return entry.kind === 'void' ? none : { ...key, message: entry };
}

function readSession({ dynamodb }: DynamoDBRecord, sessionKey: string): Change {
  const { OldImage: old, NewImage: image } = dynamodb ?? {};
  // What the sweep and the message queues write to the item is no event.
  if (old !== undefined && image !== undefined && old['v']?.N === image['v']?.N) return none;
  const before = old && readImage(old);
  const after = image && readImage(image);
  if (after !== undefined) return readWrite(sessionKey, before, after);
  return before === undefined ? none : { kind: 'removed', gone: readRemains(sessionKey, before) };
}

const readWrite = (sessionKey: string, before: StoredItem | undefined, after: StoredItem): Change =>
  isRostered(after)
    ? {
        kind: 'roster',
        sessionKey,
        before: before && parseRosteredItem(before),
        after: parseRosteredItem(after),
      }
    : {
        kind: 'ledger',
        sessionKey,
        before: before && parseSessionItem(before),
        after: parseSessionItem(after),
      };

const TimeToLive = v.object({ [timeToLive]: v.optional(wholeNumber) });

function readRemains(sessionKey: string, item: StoredItem): Remains {
  const { createdAt, touchedAt } = parseSessionItem(item);
  const { ttl = 0 } = parseItem(TimeToLive, item);
  // Whatever belonged to it was there when it was written last. Its time to live leaves room for clocks that differ.
  return { sessionKey, createdAt, removedAfter: Math.max(touchedAt, ttl * 1_000) };
}
