import type { PutRequest, UpdateRequest } from './client.ts';
import { playerItemKey } from './keys.ts';
import type { PlayerRecord } from './player-item.ts';
import { indexes } from './schema.ts';

const byPlayer = indexes.playerSessionsByPlayer;

/** A player's record, written after the seat in the ledger. `playerHash` is the key of the index by player. */
export function putPlayer(sessionKey: string, playerHash: string, record: PlayerRecord): PutRequest {
  return {
    Item: {
      ...playerItemKey(sessionKey, record.token),
      id: record.playerId,
      data: record.playerData,
      ref: record.sessionReference,
      created: record.createdAt,
      deadline: record.deadline,
      [byPlayer.partitionKey]: playerHash,
      [byPlayer.sortKey]: String(record.createdAt),
    },
    // A replay must not wipe what came after the first try: the player may have been accepted since.
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** Notes that a late retry has renewed a reservation. Written after the ledger. */
export function noteRenewed(sessionKey: string, token: string, deadline: number): UpdateRequest {
  return {
    Key: playerItemKey(sessionKey, token),
    // Of two retries, the one that came later counts.
    ConditionExpression: 'deadline < :deadline',
    UpdateExpression: 'SET deadline = :deadline',
    ExpressionAttributeValues: { ':deadline': deadline },
  };
}

/**
 * Notes that a player was accepted, and by which request where it has a name. Written after the ledger; the first note stays.
 * The write gives back the whole item.
 */
export function noteAccepted(
  sessionKey: string,
  token: string,
  acceptedAt: number,
  request?: string,
): UpdateRequest {
  const named = request === undefined ? '' : ', acceptedBy = if_not_exists(acceptedBy, :by)';
  return {
    Key: playerItemKey(sessionKey, token),
    ConditionExpression: 'attribute_exists(pk)',
    UpdateExpression: `SET accepted = if_not_exists(accepted, :at)${named}`,
    ExpressionAttributeValues: { ':at': acceptedAt, ...(request !== undefined && { ':by': request }) },
    ReturnValues: 'ALL_NEW',
  };
}

/**
 * Notes that a player has left, and by which request where it has a name. Written after the ledger; the first note stays. The
 * write gives back the whole item.
 */
export function noteLeft(sessionKey: string, token: string, leftAt: number, request?: string): UpdateRequest {
  const named = request === undefined ? '' : ', leftBy = if_not_exists(leftBy, :by)';
  return {
    Key: playerItemKey(sessionKey, token),
    ConditionExpression: 'attribute_exists(pk)',
    UpdateExpression: `SET #left = if_not_exists(#left, :at)${named}`,
    ExpressionAttributeNames: { '#left': 'left' },
    ExpressionAttributeValues: { ':at': leftAt, ...(request !== undefined && { ':by': request }) },
    ReturnValues: 'ALL_NEW',
  };
}

/** Notes that a player has left, unless the record says that the reservation had lapsed by then. */
export function noteLeftInTime(
  sessionKey: string,
  token: string,
  leftAt: number,
  request?: string,
): UpdateRequest {
  const note = noteLeft(sessionKey, token, leftAt, request);
  return {
    ...note,
    ConditionExpression: `${note.ConditionExpression} AND (attribute_exists(accepted) OR deadline > :at)`,
  };
}
