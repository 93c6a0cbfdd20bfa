import type { PutRequest, StoredItem, UpdateRequest } from './client.ts';
import { dataItemKey, fleetShard, payloadItemKey, sessionItemKey, shardOf } from './keys.ts';
import { indexes, timeToLive } from './schema.ts';
import { type SessionPayload, type SessionStatus, spellProperties } from './session-item.ts';

const byFleet = indexes.sessionsByFleet;
const searchable = indexes.searchableSessions;

/** What a session is written with at its creation. */
export type NewSession = {
  readonly sessionKey: string;
  readonly fleetHash: string;
  readonly status: SessionStatus;
  readonly capacity: number;
  readonly createdAt: number;
  /** How long a reservation holds in it, milliseconds; undefined for the usual time. */
  readonly reservationTime: number | undefined;
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
      rt: session.reservationTime,
      [byFleet.partitionKey]: fleetShard(session.fleetHash, shardOf(session.sessionKey)),
      [byFleet.sortKey]: statusAndTime(session.status, session.createdAt),
    },
    // A session that exists may have players by now.
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** A payload and where a search of its fleet finds it. */
export type NewPayload = SessionPayload & { readonly fleetHash: string };

/** The payload item, which also claims the session's name: the first creation under it wins. */
export function putPayload(sessionKey: string, payload: NewPayload): PutRequest {
  return {
    Item: payloadItem(sessionKey, payload),
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** Claims a name whose session is gone: of several who saw the same old payload, the first one wins. */
export function replacePayload(sessionKey: string, payload: NewPayload, old: SessionPayload): PutRequest {
  return {
    Item: payloadItem(sessionKey, payload),
    ConditionExpression: 'createdAt = :old',
    ExpressionAttributeValues: { ':old': old.createdAt },
  };
}

function payloadItem(sessionKey: string, { fleetHash, properties, hasData, ...payload }: NewPayload) {
  return {
    ...payloadItemKey(sessionKey),
    ...payload,
    properties: properties && spellProperties(properties),
    hasData: hasData || undefined,
    [searchable.partitionKey]: fleetShard(fleetHash, shardOf(sessionKey)),
  };
}

/**
 * The data item. Whoever writes it holds the claim to the session's name with the very request that the data is part
 * of, so that what it may overwrite is the same, or left by a creation that died.
 */
export const putData = (sessionKey: string, data: string): PutRequest => ({
  Item: { ...dataItemKey(sessionKey), data },
});

/** Takes a session that has ended out of the search. */
export const unlist = (sessionKey: string): UpdateRequest => ({
  Key: payloadItemKey(sessionKey),
  ConditionExpression: 'attribute_exists(pk)',
  UpdateExpression: 'REMOVE #shard',
  ExpressionAttributeNames: { '#shard': searchable.partitionKey },
});

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
export const statusAndTime = (status: SessionStatus, createdAt: number): string => `${status}#${createdAt}`;

/** The index key prefix of all sessions of one status. */
export const statusPrefix = (status: SessionStatus): string => `${status}#`;
