import type { StoredItem } from './client.ts';
import { partitionKey, sortKey } from './schema.ts';

/** An item's primary key. */
export type ItemKey = { readonly [partitionKey]: string; readonly [sortKey]: string };

/**
 * How the partitions' keys begin, where there is one for each session or creator. What a function may write to is granted
 * by these.
 */
export const partitionPrefixes = {
  session: 'SESSION#',
  players: 'PLAYERS#',
  roster: 'ROSTER#',
  messages: 'MESSAGES#',
  creator: 'CREATOR#',
} as const;

const sessionPartition = (sessionKey: string) => `${partitionPrefixes.session}${sessionKey}`;

/** What a join must read or change. */
export const sessionItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: 'SESSION',
});

/** What no join reads, beside the session so that one query reads both. */
export const payloadItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: 'PAYLOAD',
});

/** Its game session data, where it has some: up to 100 times what the other two take. */
export const dataItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: 'DATA',
});

/** A session's players have a partition of their own, so that their bytes do not share the hot key's throughput. */
export const playersPartition = (sessionKey: string) => `${partitionPrefixes.players}${sessionKey}`;

export const playerItemKey = (sessionKey: string, token: string): ItemKey => ({
  pk: playersPartition(sessionKey),
  sk: token,
});

/**
 * The record of a player in a session with a roster. Not among the player sessions of the GameLift API: whoever calls that
 * can ask for any of them by session key and token, and these are of another kind.
 */
export const rosterRecordKey = (sessionKey: string, token: string): ItemKey => ({
  pk: `${partitionPrefixes.roster}${sessionKey}`,
  sk: token,
});

/**
 * A queue's messages have a partition of their own: nobody who joins or leaves reads them. `historyKey` stands for one life of
 * a session, whose id can come again.
 */
export const messagesPartition = (historyKey: string, queueIndex: number) =>
  `${partitionPrefixes.messages}${historyKey}#${queueIndex}`;

/** Padded, so that messages sort by their numbers; the greatest one has ten digits. */
export const messageItemKey = (historyKey: string, queueIndex: number, sequenceNumber: number): ItemKey => ({
  pk: messagesPartition(historyKey, queueIndex),
  sk: String(sequenceNumber).padStart(10, '0'),
});

/** What one creator has created in one fleet of late. */
export const creationsItemKey = (creatorHash: string): ItemKey => ({
  pk: `${partitionPrefixes.creator}${creatorHash}`,
  sk: 'CREATIONS',
});

/** Fleets are few and listed whole: one partition holds them all, in the order of their ids. */
export const fleetsPartition = 'FLEETS';
export const fleetItemKey = (fleetId: string): ItemKey => ({ pk: fleetsPartition, sk: fleetId });

export const locationsPartition = 'LOCATIONS';
export const locationItemKey = (name: string): ItemKey => ({ pk: locationsPartition, sk: name });

export const aliasesPartition = 'ALIASES';
export const aliasItemKey = (aliasId: string): ItemKey => ({ pk: aliasesPartition, sk: aliasId });

/** A fleet's sessions are spread over this many index partitions: one alone would carry 1,000 writes a second. */
export const fleetShards = 8;

/** One index partition of a fleet's sessions. `fleetHash` is short since the session item pays for it. */
export const fleetShard = (fleetHash: string, shard: number) => `${fleetHash}#${shard}`;

/** The shard that a session is listed in. */
export const shardOf = (sessionKey: string): number => (sessionKey.codePointAt(0) ?? 0) % fleetShards;

/** The primary key of an item that an index found. */
export const keyOf = (item: StoredItem): ItemKey => ({ pk: String(item['pk']), sk: String(item['sk']) });

/** The session key in the partition key of a session, of its payload, of one of its players or of a record in a roster. */
export const sessionKeyIn = ({ pk }: ItemKey): string => pk.slice(pk.indexOf('#') + 1);
