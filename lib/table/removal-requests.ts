import type { DeleteRequest } from './client.ts';
import { type ItemKey, messagesPartition, rosterRecordKey } from './keys.ts';
import type { QueryRequest } from './reads.ts';
import { indexes } from './schema.ts';
import { playersOfSession } from './session-queries.ts';

/** How what belonged to a session that is gone is found and removed. */

/**
 * The keys of a session's player sessions. Another session may have its name by now, and players of its own.
 *
 * @param before epoch milliseconds: those that were created later are of another session
 */
export const playersBefore = (sessionKey: string, before: number): QueryRequest => {
  const players = playersOfSession(sessionKey);
  return {
    ...players,
    FilterExpression: 'created <= :before',
    ProjectionExpression: 'pk, sk',
    ExpressionAttributeValues: { ...players.ExpressionAttributeValues, ':before': before },
  };
};

/** The same for the records of the players of a session with a roster. */
export const rosterRecordsBefore = (sessionKey: string, before: number): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  FilterExpression: '#at <= :before',
  ProjectionExpression: 'pk, sk',
  ExpressionAttributeNames: { '#at': indexes.playerSessionsByPlayer.sortKey },
  ExpressionAttributeValues: { ':pk': rosterRecordKey(sessionKey, '').pk, ':before': String(before) },
});

/** Removes one of them, unless its player has come into another session of that key in the meantime and has it anew. */
export const removeRosterRecord = (key: ItemKey, before: number): DeleteRequest => ({
  Key: key,
  ConditionExpression: '#at <= :before',
  ExpressionAttributeNames: { '#at': indexes.playerSessionsByPlayer.sortKey },
  ExpressionAttributeValues: { ':before': String(before) },
});

/** The keys of whatever is in a queue, numbers that were given up included. Nothing there is another session's. */
export const entriesOfQueue = (historyKey: string, queueIndex: number): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  ProjectionExpression: 'pk, sk',
  ExpressionAttributeValues: { ':pk': messagesPartition(historyKey, queueIndex) },
});
