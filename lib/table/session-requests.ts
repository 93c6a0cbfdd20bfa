import type { PutRequest, StoredItem, UpdateRequest } from './client.ts';
import { fleetShard, fleetShards, payloadItemKey, sessionItemKey } from './keys.ts';
import { indexes, timeToLive } from './schema.ts';
import type { SessionPayload, SessionStatus } from './session-item.ts';

const byFleet = indexes.sessionsByFleet;

/** What a session is written with at its creation. */
export type NewSession = {
  readonly sessionKey: string;
  readonly fleetHash: string;
  readonly status: SessionStatus;
  readonly capacity: number;
  readonly createdAt: number;
};

/** The session item, at its creation: all slots open, nobody in. */
export function putSession(session: NewSession): PutRequest & { readonly Item: StoredItem } {
  return {
    Item: {
      ...sessionItemKey(session.sessionKey),
      st: session.status,
      cap: session.capacity,
      open: session.capacity,
      s: {},
      v: 0,
      [byFleet.partitionKey]: fleetShard(session.fleetHash, shardOf(session.sessionKey)),
      [byFleet.sortKey]: statusAndTime(session.status, session.createdAt),
    },
    // A session that exists may have players by now.
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** The payload item, which also claims the session's name: the first creation under it wins. */
export function putPayload(sessionKey: string, payload: SessionPayload): PutRequest {
  return {
    Item: { ...payloadItemKey(sessionKey), ...payload },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** Claims a name whose session is gone: of several who saw the same old payload, the first one wins. */
export function replacePayload(sessionKey: string, payload: SessionPayload, old: SessionPayload): PutRequest {
  return {
    Item: { ...payloadItemKey(sessionKey), ...payload },
    ConditionExpression: 'createdAt = :old',
    ExpressionAttributeValues: { ':old': old.createdAt },
  };
}

/** How a session ends. */
export type SessionEnd = {
  readonly sessionKey: string;
  readonly createdAt: number;
  readonly endedAt: number;
  readonly reason: string;
  /** Names the request, so that its retry is told from a second one. */
  readonly endedBy: string;
  /** Epoch seconds. */
  readonly removeAfter: number;
};

/** Ends a session: one write, however many players there are. Their seats stay in the ledger and read as ended. */
export function endSession(end: SessionEnd): UpdateRequest {
  return {
    Key: sessionItemKey(end.sessionKey),
    // The first end wins: a second one must not move the time at which the players' sessions ended.
    ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(#end)',
    UpdateExpression:
      'SET st = :terminated, #fs = :fs, #end = :end, why = :why, #by = :by, #ttl = :ttl, v = v + :one',
    ExpressionAttributeNames: { '#fs': byFleet.sortKey, '#end': 'end', '#by': 'by', '#ttl': timeToLive },
    ExpressionAttributeValues: {
      ':terminated': 'TERMINATED',
      ':fs': statusAndTime('TERMINATED', end.createdAt),
      ':end': end.endedAt,
      ':why': end.reason,
      ':by': end.endedBy,
      ':ttl': end.removeAfter,
      ':one': 1,
    },
    ReturnValues: 'ALL_NEW',
  };
}

/** How sessions are sorted in their fleet's index: by status, then by creation time. */
const statusAndTime = (status: SessionStatus, createdAt: number): string => `${status}#${createdAt}`;

/** The index key prefix of all sessions of one status. */
export const statusPrefix = (status: SessionStatus): string => `${status}#`;

const shardOf = (sessionKey: string): number => (sessionKey.codePointAt(0) ?? 0) % fleetShards;
