import { createHash } from 'node:crypto';
import { fleetHash, playerHash, seatToken, sessionKeyLength, shortHash } from '#lib/sessions/ids.ts';

/** Where a session with a roster is found: its title too has to fit. */
export type SessionAddress = { readonly titleId: number; readonly sessionId: string };

/**
 * Characters in the key of a session with a roster. It is longer than that of a GameLift session: no ARN and no player
 * session id that the GameLift API is given leads to such a session, whose seats are not that API's to give or take.
 */
export const rosterKeyLength = sessionKeyLength + 1;

/** The key of a session with a roster. */
export const rosterKeyOf = (sessionId: string): string =>
  shortHash(`game-session/${sessionId}`, rosterKeyLength);

/** A player has one seat in a session, whatever request it is asked for by. */
export const tokenOf = (xuid: string): string => seatToken('', xuid);

/** The short name by which a title's open sessions are listed. */
export const titleHash = (titleId: number): string => fleetHash(`title ${titleId}`);

/** The short name by which one player's sessions of one title are found. */
export const rosterPlayerHash = (titleId: number, xuid: string): string => playerHash(`${titleId}\n${xuid}`);

/**
 * The id of the session that a creator asks for under an idempotency key: the same for each retry, and nobody else's. It
 * is a UUID of version 8 (RFC 9562), whose bits are up to whoever makes it.
 */
export function sessionIdFor(titleId: number, creator: string | undefined, idempotencyKey: string): string {
  const hash = createHash('sha256').update(JSON.stringify([titleId, creator ?? null, idempotencyKey]));
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
