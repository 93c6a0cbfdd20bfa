import type { DeleteRequest, PutRequest, StoredItem, UpdateRequest } from './client.ts';
import { dataItemKey, dueShard, fleetShard, payloadItemKey, sessionItemKey, shardOf } from './keys.ts';
import { type LedgerExpression, ledgerExpression } from './ledger-expression.ts';
import { indexes, timeToLive } from './schema.ts';
import {
  type Host,
  hostPrefix,
  type SessionPayload,
  type SessionStatus,
  spellHost,
  spellProperties,
} from './session-item.ts';

const byFleet = indexes.sessionsByFleet;
const searchable = indexes.searchableSessions;
const due = indexes.sessionsDue;

/** What a session is written with at its creation. */
export type NewSession = {
  readonly sessionKey: string;
  readonly fleetHash: string;
  readonly status: SessionStatus;
  readonly capacity: number;
  readonly createdAt: number;
  /** How long a reservation holds in it, milliseconds; undefined for the usual time. */
  readonly reservationTime: number | undefined;
  /** The server process that hosts it; undefined where none does. */
  readonly host?: Host | undefined;
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
      t: session.createdAt,
      rt: session.reservationTime,
      h: session.host ? spellHost(session.host) : '',
      [byFleet.partitionKey]: fleetShard(session.fleetHash, shardOf(session.sessionKey)),
      [byFleet.sortKey]: statusAndTime(session.status, session.createdAt),
    },
    // A session that exists may have players by now.
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** A payload, where a search of its fleet finds it, and when the sweep looks at its session for the first time. */
export type NewPayload = SessionPayload & { readonly fleetHash: string; readonly lookAt: number };

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
    // It may have been removed meanwhile: a session that is gone leaves its name to whoever comes.
    ConditionExpression: 'attribute_not_exists(pk) OR createdAt = :old',
    ExpressionAttributeValues: { ':old': old.createdAt },
  };
}

function payloadItem(sessionKey: string, payload: NewPayload) {
  const { fleetHash, properties, hasData, isSearchable: _, lookAt, ...members } = payload;
  return {
    ...payloadItemKey(sessionKey),
    ...members,
    properties: properties && spellProperties(properties),
    hasData: hasData || undefined,
    [searchable.partitionKey]: fleetShard(fleetHash, shardOf(sessionKey)),
    [due.partitionKey]: dueShard(sessionKey),
    [due.sortKey]: String(lookAt),
  };
}

/**
 * The data item. Whoever writes it holds the claim to the session's name with the very request that the data is part
 * of, so that what it may overwrite is the same, or left by a creation that died.
 */
export const putData = (sessionKey: string, data: string, createdAt: number): PutRequest => ({
  Item: { ...dataItemKey(sessionKey), data, createdAt },
});

/** Takes a session that has ended out of the search, and out of what the sweep looks at; not one that has got its name since. */
export const unlist = (sessionKey: string, createdAt: number): UpdateRequest => ({
  Key: payloadItemKey(sessionKey),
  ConditionExpression: 'createdAt = :createdAt',
  UpdateExpression: 'REMOVE #shard, #l, #dt',
  ExpressionAttributeNames: {
    '#shard': searchable.partitionKey,
    '#l': due.partitionKey,
    '#dt': due.sortKey,
  },
  ExpressionAttributeValues: { ':createdAt': createdAt },
});

/** Removes the payload of the session that was created then, and not of one that has got its name since. */
export const removePayload = (sessionKey: string, createdAt: number): DeleteRequest => ({
  Key: payloadItemKey(sessionKey),
  ConditionExpression: 'createdAt = :createdAt',
  ExpressionAttributeValues: { ':createdAt': createdAt },
});

/** The same for the data, or what is left of the data of a creation that died before. */
export const removeData = (sessionKey: string, createdAt: number): DeleteRequest => ({
  ...removePayload(sessionKey, createdAt),
  Key: dataItemKey(sessionKey),
  ConditionExpression: 'createdAt <= :createdAt',
});

/** Makes a session ACTIVE that this server process hosts and that waits for it. The write gives back the whole item. */
export function activateSession(
  sessionKey: string,
  activation: {
    readonly createdAt: number;
    readonly host: Pick<Host, 'processHash' | 'computeName'>;
    readonly now: number;
  },
): UpdateRequest {
  const e = ledgerExpression();
  e.when(
    isThen(e, 'ACTIVATING', activation.createdAt),
    // Another process may have been taken for a session of this name by somebody who then died.
    `begins_with(h, ${e.value('host', hostPrefix(activation.host))})`,
  );
  e.count(1, activation.now);
  setStatus(e, 'ACTIVE', activation.createdAt);
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** How somebody asks for the end of a session that a server process hosts: that process ends it. */
export type RequestedEnd = Pick<SessionEnd, 'sessionKey' | 'createdAt' | 'endedBy'> & {
  readonly reason: string;
  readonly now: number;
};

/** From now on nobody comes in, and whoever is in stays until the server process has ended. Gives back the whole item. */
export function beginEnd({ sessionKey, createdAt, endedBy, reason, now }: RequestedEnd): UpdateRequest {
  const e = ledgerExpression();
  e.when(
    // A session of that name may have been created since, which nobody has asked to end.
    `(${isThen(e, 'ACTIVATING', createdAt)} OR ${isThen(e, 'ACTIVE', createdAt)})`,
  );
  e.count(1, now);
  setStatus(e, 'TERMINATING', createdAt);
  e.set(`why = ${e.value('why', reason)}`, `${e.name('by')} = ${e.value('by', endedBy)}`);
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** Whether it is the session that was created then, in this status. */
const isThen = (e: LedgerExpression, status: SessionStatus, createdAt: number): string =>
  `${e.name(byFleet.sortKey)} = ${e.value(`was${status}`, statusAndTime(status, createdAt))}`;

function setStatus(e: LedgerExpression, status: SessionStatus, createdAt: number): void {
  e.set(
    `st = ${e.value(status.toLowerCase(), status)}`,
    `${e.name(byFleet.sortKey)} = ${e.value('fs', statusAndTime(status, createdAt))}`,
  );
}

/** How a session ends. */
export type SessionEnd = {
  readonly sessionKey: string;
  readonly createdAt: number;
  readonly endedAt: number;
  /** Shown where there is one. */
  readonly reason: string | undefined;
  /** Names the request, so that its retry is told from a second one. */
  readonly endedBy: string;
  /** Epoch seconds. */
  readonly removeAfter: number;
  /** The count of events that the session must still have; any where undefined. */
  readonly version?: number;
};

/** Ends a session: one write, however many players there are. Their seats stay in the ledger and read as ended. */
export function endSession(end: SessionEnd): UpdateRequest {
  const e = ledgerExpression();
  // The first end wins: a second one must not move the time at which the players' sessions ended.
  e.when('attribute_exists(pk)', `attribute_not_exists(${e.name('end')})`);
  if (end.version !== undefined) e.when(`v = ${e.value('version', end.version)}`);
  const { now } = e.count(1, end.endedAt);
  endLedger(e, { createdAt: end.createdAt, removeAfter: end.removeAfter, now });
  e.set(`${e.name('by')} = ${e.value('by', end.endedBy)}`);
  if (end.reason !== undefined) e.set(`why = ${e.value('why', end.reason)}`);
  return { Key: sessionItemKey(end.sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** Adds to a write what ends a session of either kind. `now` is what the time of the write is called in it. */
export function endLedger(
  e: LedgerExpression,
  end: { readonly createdAt: number; readonly removeAfter: number; readonly now: string },
): void {
  setStatus(e, 'TERMINATED', end.createdAt);
  e.set(`${e.name('end')} = ${end.now}`, `${e.name(timeToLive)} = ${e.value('ttl', end.removeAfter)}`);
  e.remove(e.name(due.partitionKey), e.name(due.sortKey));
}

/** How sessions are sorted in their fleet's index: by status, then by creation time. */
export const statusAndTime = (status: SessionStatus, createdAt: number): string => `${status}#${createdAt}`;

/** The index key prefix of all sessions of one status. */
export const statusPrefix = (status: SessionStatus): string => `${status}#`;
