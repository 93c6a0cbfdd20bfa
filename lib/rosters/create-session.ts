import { requestHash } from '#lib/sessions/ids.ts';
import { itemInTheWay, sendPut } from '#lib/table/client.ts';
import { parseRosteredItem, type RemovalRule } from '#lib/table/rostered-item.ts';
import { type Facts, putRosteredSession } from '#lib/table/rostered-requests.ts';
import type { RosterContext } from './find.ts';
import { rosterKeyOf, sessionIdFor, titleHash } from './ids.ts';
import { type RosteredSession, readRosteredSession } from './rostered-session.ts';

/** The fewest and the most players who can be in a session at once. */
export const fewestPlayers = 2;
export const mostPlayers = 16;

/** What a session is created with. */
export type Creation = {
  readonly titleId: number;
  /** The xuid of the player who creates it; undefined where its title does. */
  readonly creator: string | undefined;
  readonly maxPlayers: number;
  readonly facts: Facts;
  readonly playersCanBeRemovedBy: RemovalRule;
  /** The same over the retries of one creation; undefined where the caller cannot tell them. */
  readonly idempotencyKey: string | undefined;
};

export type CreateOutcome =
  | { readonly kind: 'created'; readonly session: RosteredSession }
  /** The key was used for a session that was asked for with other words. */
  | { readonly kind: 'differs' };

export type CreateContext = RosterContext & {
  readonly newId: () => string;
  /** How long nobody may hold a slot in it or touch it before it is ended, milliseconds; undefined for ever. */
  readonly idleTime: number | undefined;
};

/**
 * Creates a session with nobody in it, or returns the one that the same creator has created under the same key, as it is
 * by now. One conditional put: 1 WCU, 1 for what the sweep looks at, and 1 where strangers may find the session.
 */
export async function createSession(
  { table, now, newId, idleTime }: CreateContext,
  creation: Creation,
): Promise<CreateOutcome> {
  const { titleId, creator, idempotencyKey, maxPlayers, facts, playersCanBeRemovedBy } = creation;
  const sessionId = idempotencyKey === undefined ? newId() : sessionIdFor(titleId, creator, idempotencyKey);
  const asked = requestHash([
    maxPlayers,
    playersCanBeRemovedBy,
    facts.variant,
    facts.displayName,
    facts.customData && Buffer.from(facts.customData).toString('base64'),
    facts.visibility,
    facts.isClosed,
  ]);
  const request = putRosteredSession({
    sessionKey: rosterKeyOf(sessionId),
    sessionId,
    titleId,
    titleHash: titleHash(titleId),
    creator,
    asked,
    createdAt: now,
    capacity: maxPlayers,
    playersCanBeRemovedBy,
    idleTime,
    facts,
  });
  const earlier = itemInTheWay(await sendPut(table, request));
  const stored = parseRosteredItem(earlier ?? request.Item);
  if (stored.asked !== asked) return { kind: 'differs' };
  return { kind: 'created', session: readRosteredSession(stored, now) };
}
