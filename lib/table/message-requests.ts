import type { DeleteRequest, PutRequest, UpdateRequest } from './client.ts';
import { type ItemKey, messageItemKey, messagesPartition, sessionItemKey } from './keys.ts';
import { ledgerExpression } from './ledger-expression.ts';
import type { QueryRequest } from './reads.ts';

/** One of a session's queues. */
export type SessionQueue = {
  readonly sessionKey: string;
  readonly titleId: number;
  readonly queueIndex: number;
};

/** Who wants the next number of a queue. */
export type NumberWanted = SessionQueue & {
  /** The sender's seat. */
  readonly token: string;
  /** Names this try of this request. */
  readonly claim: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The number that has to be the last one until now; undefined for any. */
  readonly follows: number | undefined;
};

/**
 * Gives out the next number of a queue. Whether the session goes on, whether the sender is in, and what came before are
 * decided by this write alone. It leaves the session's count of events as it is: messages are no change of the session,
 * and get in nobody's way who makes one.
 */
export function takeNumber(wanted: NumberWanted): UpdateRequest {
  const e = ledgerExpression();
  const queue = `q[${wanted.queueIndex}]`;
  const by = `${queue}.${e.name('by')}`;
  const claim = e.value('claim', wanted.claim);
  e.when(`${e.name('title')} = ${e.value('title', wanted.titleId)}`);
  e.when(e.isLive());
  e.when(e.isIn(wanted.token));
  // Where the answer was lost and the SDK sends it again, it gets the number that it has, unless others got one since.
  e.when(`NOT ${by} = ${claim}`);
  if (wanted.follows !== undefined) e.when(`${queue}.n = ${e.value('follows', wanted.follows)}`);
  e.set(
    `${queue}.n = ${queue}.n + ${e.value('one', 1)}`,
    `${queue}.t = ${e.value('at', wanted.at)}`,
    `${by} = ${claim}`,
    't = :at',
  );
  return { Key: sessionItemKey(wanted.sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/**
 * Drops a queue's messages up to a number that was given out: from this write on nobody is shown them.
 *
 * @param dropper who does it, where only somebody who is in may: the write is then refused to one who has left
 */
export function dropThrough(
  { sessionKey, titleId, queueIndex }: SessionQueue,
  through: number,
  dropper: string | undefined,
  now: number,
): UpdateRequest {
  const e = ledgerExpression();
  const queue = `q[${queueIndex}]`;
  const number = e.value('through', through);
  e.when(`${e.name('title')} = ${e.value('title', titleId)}`);
  e.when(e.isLive());
  if (dropper !== undefined) e.when(e.isIn(dropper));
  // What was dropped does not come back, and a message that nobody has posted yet cannot be dropped.
  e.when(`${queue}.d < ${number}`, `${queue}.n >= ${number}`);
  e.set(`${queue}.d = ${number}`, `t = ${e.value('now', now)}`);
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** Where a queue's messages are. */
export type Messages = {
  /** Stands for the session that they belong to. */
  readonly historyKey: string;
  readonly queueIndex: number;
};

const entryKey = ({ historyKey, queueIndex }: Messages, number: number): ItemKey =>
  messageItemKey(historyKey, queueIndex, number);

export type NewMessage = {
  readonly number: number;
  readonly sender: string;
  readonly at: number;
  readonly data: Uint8Array;
  readonly claim: string;
};

/** Writes a message under its number, unless readers have given the number up: those have been shown what follows. */
export const putMessage = (
  messages: Messages,
  { number, sender, at, data, claim }: NewMessage,
): PutRequest => ({
  Item: { ...entryKey(messages, number), x: sender, t: at, d: data, by: claim },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** Gives up a number, unless its message has come after all. */
export const putVoid = (messages: Messages, number: number, at: number): PutRequest => ({
  Item: { ...entryKey(messages, number), void: true, t: at },
  ConditionExpression: 'attribute_not_exists(pk)',
});

/** The messages behind a number, in the order of their numbers. */
export const messagesAfter = (messages: Messages, number: number): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk AND sk > :after',
  ExpressionAttributeValues: {
    ':pk': messagesPartition(messages.historyKey, messages.queueIndex),
    ':after': entryKey(messages, number).sk,
  },
});

/**
 * The keys of what can be removed of the messages up to a number, the oldest first. It costs half of what other reads do,
 * and may miss what was written a moment ago.
 *
 * @param givenUpBefore numbers that were given up later than this, epoch milliseconds, are not among them
 */
export const removableThrough = (
  messages: Messages,
  number: number,
  givenUpBefore: number,
): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk AND sk <= :through',
  FilterExpression: 'attribute_not_exists(#void) OR t < :before',
  ProjectionExpression: 'pk, sk',
  ExpressionAttributeNames: { '#void': 'void' },
  ExpressionAttributeValues: {
    ':pk': messagesPartition(messages.historyKey, messages.queueIndex),
    ':through': entryKey(messages, number).sk,
    ':before': givenUpBefore,
  },
  ConsistentRead: false,
});

/** Removes a message. Whoever does it again does no harm. */
export const removeMessage = (key: ItemKey): DeleteRequest => ({ Key: key });
