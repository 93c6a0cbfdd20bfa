import type { PutRequest } from './client.ts';
import { fleetShard, partitionPrefixes, rosterRecordKey, sessionItemKey } from './keys.ts';
import type { Position, QueryRequest } from './reads.ts';
import { indexes } from './schema.ts';
import { recordsOfPlayer } from './session-queries.ts';
import { statusAndTime } from './session-requests.ts';

/** What the lists of sessions with a roster are read by. */

const byFleet = indexes.sessionsByFleet;
const byPlayer = indexes.playerSessionsByPlayer;

type RosterRecord = {
  readonly token: string;
  readonly playerHash: string;
  /** When it was written, epoch milliseconds. */
  readonly at: number;
};

/** As the records are apart from player sessions, so is their part of the index, which both share. */
const rosterPartition = (playerHash: string) => `${partitionPrefixes.roster}${playerHash}`;

/** The place right behind a player's record, whether or not it is there. The record has its keys and nothing else. */
export const rosterRecordPosition = (
  sessionKey: string,
  { token, playerHash, at }: RosterRecord,
): Position => ({
  ...rosterRecordKey(sessionKey, token),
  [byPlayer.partitionKey]: rosterPartition(playerHash),
  [byPlayer.sortKey]: String(at),
});

/** The place right behind an open session of a title, whether or not it is still there. */
export const openSessionPosition = (
  titleHash: string,
  shard: number,
  { sessionKey, at }: { readonly sessionKey: string; readonly at: number },
): Position => ({
  ...sessionItemKey(sessionKey),
  [byFleet.partitionKey]: fleetShard(titleHash, shard),
  [byFleet.sortKey]: statusAndTime('ACTIVE', at),
});

/**
 * A player's record, by which the sessions that somebody is or was in are found. It is written before the place in the
 * roster, which alone counts: a record without one is passed over.
 *
 * @param createdAt when the session was created, epoch milliseconds
 */
export const putRosterRecord = (sessionKey: string, record: RosterRecord, createdAt: number): PutRequest => ({
  Item: rosterRecordPosition(sessionKey, record),
  // The first time counts: a list that is being read would otherwise show the session twice. A record from before the session
  // is that of one that had its id and is gone, and goes as well.
  ConditionExpression: 'attribute_not_exists(pk) OR #at < :createdAt',
  ExpressionAttributeNames: { '#at': byPlayer.sortKey },
  ExpressionAttributeValues: { ':createdAt': String(createdAt) },
});

/** The keys of one player's records in all sessions with a roster, the newest first. */
export const rosterRecordsOf = (playerHash: string): QueryRequest =>
  recordsOfPlayer(rosterPartition(playerHash));
