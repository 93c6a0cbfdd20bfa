import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { fillPage, type ListPage } from '#lib/page.ts';
import { listShards } from '#lib/sessions/list.ts';
import type { Table } from '#lib/table/client.ts';
import { type ItemKey, keyOf, sessionItemKey, sessionKeyIn } from '#lib/table/keys.ts';
import { batchGet, queryPage } from '#lib/table/reads.ts';
import { rosterRecordPosition, rosterRecordsOf } from '#lib/table/rostered-records.ts';
import { maySee } from './access.ts';
import { ofTitle, type RosterContext } from './find.ts';
import { rosterPlayerHash, titleHash, tokenOf } from './ids.ts';
import { fromOpenPlace, type OpenPlace, placeOfRecord, type SessionPlace, toOpenPlace } from './places.ts';
import {
  findPlayer,
  type RosteredSession,
  readRosteredSession,
  type SessionSummary,
  summaryOf,
} from './rostered-session.ts';

/** Whether sessions that go on are listed, those that have ended, or both. */
export const sessionStates = ['current', 'ended', 'any'] as const;
export type SessionState = (typeof sessionStates)[number];

/** Sessions read at once where a filter may drop many of them: 16 players with all their custom data take 20 KB. */
const sessionsAtOnce = 50;

/**
 * The sessions that a player is or was in, as far as the caller may see them: those that the player first came to last
 * are first. The index that finds them is behind the table by a moment; what is shown of each session is not.
 *
 * A place says when the player came into the session that it is behind. Of somebody else's list it is therefore behind a
 * session that was shown, or there is none: where a page's share of the list, 1,000 sessions, has too few that the caller
 * may see, the list ends.
 *
 * Costs one query a stretch, and one read unit for each 4 KB of each session.
 */
export async function listSessionsOf(
  { table, now }: RosterContext,
  wanted: {
    readonly caller: Caller;
    readonly xuid: string;
    readonly state: SessionState;
    readonly variant: number | undefined;
  },
  limit: number,
  from: SessionPlace | undefined,
): Promise<ListPage<SessionSummary, SessionPlace>> {
  const { caller, xuid, state, variant } = wanted;
  const player = { xuid, token: tokenOf(xuid), playerHash: rosterPlayerHash(caller.titleId, xuid) };
  const isWanted = (session: RosteredSession) =>
    findPlayer(session, xuid) !== undefined &&
    (state === 'any' || session.hasEnded === (state === 'ended')) &&
    (variant === undefined || session.variant === variant) &&
    maySee(session, caller);
  const mayKnow = caller.kind === 'title' || caller.xuid === xuid;
  const shown = new Map<SessionSummary, SessionPlace>();
  const { items, next } = await fillPage(limit, from, async (place, room) => {
    const page = await queryPage(table, rosterRecordsOf(player.playerHash), {
      // Stretches that are as short as the page would let strangers count how many are hidden between two places.
      limit: mayKnow ? Math.min(room, sessionsAtOnce) : sessionsAtOnce,
      position: place && rosterRecordPosition(place.sessionKey, { ...player, at: place.at }),
    });
    const sessions = await readSessions(table, caller.titleId, page.items.map(keyOf), now);
    const entries = page.items.map((item, i) => ({
      item: pass(sessions[i], isWanted),
      behind: placeOfRecord(item),
    }));
    for (const { item, behind } of entries) if (item) shown.set(item, behind);
    return { entries, next: page.next && placeOfRecord(page.next) };
  });
  const last = items.at(-1);
  return { items, next: next && (mayKnow ? next : last && shown.get(last)) };
}

/**
 * The sessions of a title that strangers may find and join now. The index that finds them has those with full sessions
 * among them, which are read and passed over: nobody who joins or leaves writes to it.
 *
 * Costs one query a stretch, and one read unit for each 4 KB of each session.
 */
export async function listOpenSessions(
  { table, now }: RosterContext,
  wanted: { readonly titleId: number; readonly variant: number | undefined },
  limit: number,
  from: OpenPlace | undefined,
): Promise<ListPage<SessionSummary, OpenPlace>> {
  const { titleId, variant } = wanted;
  const isWanted = (session: RosteredSession) =>
    session.visibility === 'Everyone' &&
    !session.isClosed &&
    !session.hasEnded &&
    session.seatsAvailable > 0 &&
    (variant === undefined || session.variant === variant);
  const listed = { hash: titleHash(titleId), status: undefined };
  const start = from && fromOpenPlace(listed.hash, from);
  const page = { limit, atOnce: sessionsAtOnce, from: start };
  const { items, next } = await listShards(table, listed, page, async (keys) => {
    const sessions = await readSessions(table, titleId, keys, now);
    return sessions.map((session) => pass(session, isWanted));
  });
  return { items, next: next && toOpenPlace(next) };
}

/** The sessions of the items with these keys, or of their players' records. */
async function readSessions(
  table: Table,
  titleId: number,
  keys: readonly ItemKey[],
  now: number,
): Promise<readonly (RosteredSession | undefined)[]> {
  const items = await batchGet(
    table,
    keys.map((key) => sessionItemKey(sessionKeyIn(key))),
  );
  return items.map((item) => {
    const stored = ofTitle(titleId, item);
    return stored && readRosteredSession(stored, now);
  });
}

const pass = (
  session: RosteredSession | undefined,
  isWanted: (session: RosteredSession) => boolean,
): SessionSummary | undefined => (session && isWanted(session) ? summaryOf(session) : undefined);
