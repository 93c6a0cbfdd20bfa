import { fleetShard, payloadItemKey, playersPartition, sessionItemKey, shardOf } from './keys.ts';
import type { Position, QueryRequest } from './reads.ts';
import { indexes } from './schema.ts';
import type { SessionStatus } from './session-item.ts';
import { statusPrefix } from './session-requests.ts';

/** All items of a session but its players, in one query. */
export const wholeSession = (sessionKey: string): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': sessionItemKey(sessionKey).pk },
});

/** The players of one session, in the order of their tokens. */
export const playersOfSession = (sessionKey: string): QueryRequest => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': playersPartition(sessionKey) },
});

/** The keys of one player's records in all sessions, the newest first. */
export const recordsOfPlayer = (playerHash: string): QueryRequest => ({
  IndexName: indexes.playerSessionsByPlayer.name,
  KeyConditionExpression: '#p = :p',
  ExpressionAttributeNames: { '#p': indexes.playerSessionsByPlayer.partitionKey },
  ExpressionAttributeValues: { ':p': playerHash },
  ScanIndexForward: false,
});

/** The payloads of one shard of a fleet's live sessions, in the order of their keys. */
export const searchableSessionsOfShard = (fleetHash: string, shard: number): QueryRequest => ({
  IndexName: indexes.searchableSessions.name,
  KeyConditionExpression: '#shard = :shard',
  ExpressionAttributeNames: { '#shard': indexes.searchableSessions.partitionKey },
  ExpressionAttributeValues: { ':shard': fleetShard(fleetHash, shard) },
});

/** The place right behind one of them, whether or not it is still there. */
export const searchablePosition = (fleetHash: string, sessionKey: string): Position => ({
  ...payloadItemKey(sessionKey),
  [indexes.searchableSessions.partitionKey]: fleetShard(fleetHash, shardOf(sessionKey)),
});

/** The keys of one shard of a fleet's sessions, all or those of one status. */
export const sessionsOfShard = (
  fleetHash: string,
  shard: number,
  status: SessionStatus | undefined,
): QueryRequest => ({
  IndexName: indexes.sessionsByFleet.name,
  KeyConditionExpression: status === undefined ? '#f = :f' : '#f = :f AND begins_with(#fs, :status)',
  ExpressionAttributeNames: {
    '#f': indexes.sessionsByFleet.partitionKey,
    ...(status === undefined ? {} : { '#fs': indexes.sessionsByFleet.sortKey }),
  },
  ExpressionAttributeValues: {
    ':f': fleetShard(fleetHash, shard),
    ...(status === undefined ? {} : { ':status': statusPrefix(status) }),
  },
});

/** The keys of one shard of a fleet's sessions that nobody has ended. */
export const liveSessionsOfShard = (fleetHash: string, shard: number): QueryRequest => ({
  IndexName: indexes.sessionsByFleet.name,
  // Of all statuses only TERMINATING sorts behind TERMINATED, and somebody has ended those too.
  KeyConditionExpression: '#f = :f AND #fs < :ended',
  ExpressionAttributeNames: {
    '#f': indexes.sessionsByFleet.partitionKey,
    '#fs': indexes.sessionsByFleet.sortKey,
  },
  ExpressionAttributeValues: { ':f': fleetShard(fleetHash, shard), ':ended': statusPrefix('TERMINATED') },
});
