import type { Filter } from '#lib/search/filter.ts';
import { matches } from '#lib/search/matches.ts';
import type { SessionFacts } from '#lib/search/operands.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { keyOf, sessionItemKey, sessionKeyIn } from '#lib/table/keys.ts';
import { batchGet } from '#lib/table/reads.ts';
import {
  type Ledger,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { readData } from './find.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import { heldSlots } from './ledger.ts';

/** What a caller looks for in a fleet. */
export type Search = {
  readonly fleetId: string;
  readonly location: string | undefined;
  readonly filter: Filter | undefined;
  /** How the caller's front door names a session. */
  readonly gameSessionId: (session: SessionPayload) => string;
};

/**
 * A session as a search meets it. The index gives the payload; the ledger costs another read and is filled in when it
 * is needed. `none` says that the session has no ledger: it is still being created, or has been removed.
 */
export type SearchedSession = {
  readonly sessionKey: string;
  readonly payload: SessionPayload;
  ledger: Ledger | 'unread' | 'none';
};

/** A session as the index holds it. */
export const searchedSession = (item: StoredItem): SearchedSession => ({
  sessionKey: sessionKeyIn(keyOf(item)),
  payload: parsePayloadItem(item),
  ledger: 'unread',
});

/** What expressions can ask of a session. */
export function factsOf(
  { payload, ledger }: SearchedSession,
  { gameSessionId }: Pick<Search, 'gameSessionId'>,
  now: number,
): SessionFacts {
  return {
    // Getters for what is not always asked for: thousands of them take their time.
    get gameSessionId() {
      return gameSessionId(payload);
    },
    gameSessionName: payload.name,
    gameSessionProperties: payload.properties,
    creationTimeMillis: payload.createdAt,
    get slots() {
      return typeof ledger === 'string'
        ? undefined
        : { maximumSessions: ledger.capacity, playerSessionCount: heldSlots(ledger, now) };
    },
  };
}

/**
 * Whether the search shows a session; undefined while that depends on a ledger that has not been read. None is shown
 * before its ledger says that it is ACTIVE: an ended session may stay in the index for a moment, or for longer where the
 * process died that ended it.
 */
export function isShown(session: SearchedSession, search: Search, now: number): boolean | undefined {
  const { payload, ledger } = session;
  // The index knows a hash of the fleet: two fleets may share it.
  if (payload.fleetId !== search.fleetId) return false;
  if (search.location !== undefined && payload.location !== search.location) return false;
  if (ledger === 'none' || (ledger !== 'unread' && ledger.status !== 'ACTIVE')) return false;
  const isMatch = search.filter === undefined || matches(search.filter, factsOf(session, search, now));
  return isMatch === true && ledger === 'unread' ? undefined : isMatch;
}

/** Fills in the ledgers that are missing: half a read unit for each 4 KB of each, a moment old at worst. */
export async function readLedgers(table: Table, sessions: readonly SearchedSession[]): Promise<void> {
  const unread = sessions.filter(({ ledger }) => ledger === 'unread');
  const keys = unread.map(({ sessionKey }) => sessionItemKey(sessionKey));
  const items = await batchGet(table, keys, { consistent: false });
  for (const [index, session] of unread.entries()) {
    const item = items[index];
    session.ledger = item === undefined ? 'none' : parseSessionItem(item);
  }
}

/** Seats in the ledgers that have been read of these sessions. */
export const playersIn = (sessions: readonly SearchedSession[]): number =>
  sessions.reduce(
    (sum, { ledger }) => sum + (typeof ledger === 'string' ? 0 : ledger.capacity - ledger.open),
    0,
  );

/** Ledgers read before it is asked again whether the page is full. */
const mostLedgersAtOnce = 800;

/**
 * The first of these sessions that the search shows, as many as there is room for, in their order. Reads the ledgers of
 * those that may match, each time so many as the page should need, going by how many of the last ones matched.
 */
export async function firstShown(
  { table, now }: { readonly table: Table; readonly now: number },
  search: Search,
  sessions: readonly SearchedSession[],
  room: number,
): Promise<readonly SearchedSession[]> {
  const candidates = sessions.filter((session) => isShown(session, search, now) !== false);
  const shown: SearchedSession[] = [];
  for (let read = 0; read < candidates.length && shown.length < room; ) {
    const needed = Math.ceil(((room - shown.length) * (read + 1)) / (shown.length + 1));
    const next = candidates.slice(read, read + Math.min(needed, mostLedgersAtOnce));
    await readLedgers(table, next);
    shown.push(...next.filter((session) => isShown(session, search, now)));
    read += next.length;
  }
  return shown.slice(0, room);
}

/** The sessions in full, with the data of those that have some; one without a ledger is left out. */
export async function readWhole(
  { table, now }: { readonly table: Table; readonly now: number },
  sessions: readonly SearchedSession[],
): Promise<ReadonlyMap<string, GameSession>> {
  const data = await readData(table, sessions);
  return new Map(
    sessions.flatMap(({ sessionKey, payload, ledger }) => {
      if (typeof ledger === 'string') return [];
      const stored = { payload, ledger, data: data.get(sessionKey) };
      return [[sessionKey, readGameSession(sessionKey, stored, now)]];
    }),
  );
}
