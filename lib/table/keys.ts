import type { StoredItem } from './client.ts';
import { partitionKey, sortKey } from './schema.ts';

/** An item's primary key. */
export type ItemKey = { readonly [partitionKey]: string; readonly [sortKey]: string };

/**
 * How the partitions' keys begin, where there is one for each session, creator, fleet, compute or connection. What a function
 * may write to is granted by these.
 */
export const partitionPrefixes = {
  session: 'SESSION#',
  players: 'PLAYERS#',
  roster: 'ROSTER#',
  messages: 'MESSAGES#',
  creator: 'CREATOR#',
  remains: 'REMAINS#',
  computes: 'COMPUTES#',
  processes: 'PROCESSES#',
  connection: 'CONNECTION#',
} as const;

/** The sort keys of a session's items. */
const sessionSortKeys = { session: 'SESSION', payload: 'PAYLOAD', data: 'DATA' } as const;

const sessionPartition = (sessionKey: string) => `${partitionPrefixes.session}${sessionKey}`;

/** What a join must read or change. */
export const sessionItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: sessionSortKeys.session,
});

/** What no join reads, beside the session so that one query reads both. */
export const payloadItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: sessionSortKeys.payload,
});

/** Its game session data, where it has some: up to 100 times what the other two take. */
export const dataItemKey = (sessionKey: string): ItemKey => ({
  pk: sessionPartition(sessionKey),
  sk: sessionSortKeys.data,
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

/** Stands for one life of a session: its id can come again once it is gone. */
export const historyKeyOf = (sessionKey: string, createdAt: number): string => `${sessionKey}.${createdAt}`;

/** What is left of a session that is gone, and is still to be removed. */
export const remainsItemKey = (sessionKey: string, createdAt: number): ItemKey => ({
  pk: `${partitionPrefixes.remains}${historyKeyOf(sessionKey, createdAt)}`,
  sk: 'REMAINS',
});

/** What one creator has created in one fleet of late. */
export const creationsItemKey = (creatorHash: string): ItemKey => ({
  pk: `${partitionPrefixes.creator}${creatorHash}`,
  sk: 'CREATIONS',
});

/** A fleet's computes have a partition of their own, in the order of their names. */
export const computesPartition = (fleetId: string) => `${partitionPrefixes.computes}${fleetId}`;
export const computeItemKey = (fleetId: string, computeName: string): ItemKey => ({
  pk: computesPartition(fleetId),
  sk: computeName,
});

/** Where one server process is kept: its compute, and itself among the processes of that compute. Both are hashes. */
export type ProcessAddress = { readonly computeKey: string; readonly processHash: string };

export const processesPartition = (computeKey: string) => `${partitionPrefixes.processes}${computeKey}`;
export const processItemKey = ({ computeKey, processHash }: ProcessAddress): ItemKey => ({
  pk: processesPartition(computeKey),
  sk: processHash,
});

/** Which server process is at the other end of a connection. */
export const connectionItemKey = (connectionId: string): ItemKey => ({
  pk: `${partitionPrefixes.connection}${connectionId}`,
  sk: 'CONNECTION',
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

/** What the sweep has to look at is spread over as many index partitions, for all fleets together. */
export const dueShards = fleetShards;

/** The shard of the entries of a session or a server process among what the sweep has to look at, by its key or hash. */
export const dueShard = (hash: string): string => String(shardOf(hash));

/** The address of the server process whose item has this key. */
export const processAddressIn = ({ pk, sk }: ItemKey): ProcessAddress => ({
  computeKey: pk.slice(partitionPrefixes.processes.length),
  processHash: sk,
});

/** What an item is, by its key alone. Times in epoch milliseconds. */
export type KeyKind =
  | { readonly kind: 'session' | 'payload'; readonly sessionKey: string }
  | {
      readonly kind: 'message';
      readonly sessionKey: string;
      readonly createdAt: number;
      readonly queueIndex: number;
    }
  | { readonly kind: 'remains'; readonly sessionKey: string; readonly createdAt: number }
  | { readonly kind: 'process'; readonly address: ProcessAddress }
  | { readonly kind: 'other' };

/** Tells those items apart that something is done about when they change or when their time has come. */
export function kindOfKey(key: ItemKey): KeyKind {
  const prefix = key.pk.slice(0, key.pk.indexOf('#') + 1);
  const [sessionKey = '', createdAt = '', queueIndex = ''] = key.pk.slice(prefix.length).split(/[.#]/);
  switch (prefix) {
    case partitionPrefixes.session:
      if (key.sk === sessionSortKeys.session) return { kind: 'session', sessionKey };
      return key.sk === sessionSortKeys.payload ? { kind: 'payload', sessionKey } : { kind: 'other' };
    case partitionPrefixes.messages:
      return {
        kind: 'message',
        sessionKey,
        createdAt: Number(createdAt),
        queueIndex: Number(queueIndex),
      };
    case partitionPrefixes.remains:
      return { kind: 'remains', sessionKey, createdAt: Number(createdAt) };
    case partitionPrefixes.processes:
      return { kind: 'process', address: processAddressIn(key) };
    default:
      return { kind: 'other' };
  }
}
