import { createHash } from 'node:crypto';
import { keptSeatOf } from '#lib/table/session-item.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The first base62 characters of a SHA-256, at most 21 (125 bits). Letters and digits alone, because game server SDKs
 * refuse ids with others.
 */
export function shortHash(text: string, length: number): string {
  let rest = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`);
  let hash = '';
  while (hash.length < length) {
    hash += alphabet[Number(rest % 62n)];
    rest /= 62n;
  }
  return hash;
}

/** Characters in a session key and in a token, which together name a player session. */
export const sessionKeyLength = 18;
export const tokenLength = 11;

/**
 * The key of the session that a front door calls `reference`. It follows from the name alone: whoever has the name finds
 * the session without an index, and a second creation under the same name meets the first.
 */
export const sessionKeyOf = (reference: string): string => shortHash(reference, sessionKeyLength);

/**
 * The token of one player's seat. It follows from the request and the player, so that a retried request finds the
 * seat that its first try took.
 *
 * @param requestToken what stays the same over the retries of one request and differs between any two requests
 */
export const seatToken = (requestToken: string, playerId: string): string =>
  shortHash(`${requestToken}\n${playerId}`, tokenLength);

/** The token of the seat that is kept in a session for a player who has left it. */
export const keptToken = (playerId: string): string => keptSeatOf(shortHash(playerId, tokenLength - 1));

/** The short name by which the index finds a player's sessions: a player id can be longer than a key may be. */
export const playerHash = (playerId: string): string => shortHash(playerId, 16);

/** The short name of a fleet in the index keys that its session items carry. */
export const fleetHash = (fleetId: string): string => shortHash(fleetId, 11);

/** Stands for one creator in one fleet: a creator's id can be longer than a key may be. */
export const creatorHash = (fleetId: string, creatorId: string): string =>
  shortHash(`${fleetId}\n${creatorId}`, 21);

/** Stands for all that a request asks for: two requests that share it ask for the same. */
export const requestHash = (parameters: readonly unknown[]): string =>
  shortHash(JSON.stringify(parameters), 21);
