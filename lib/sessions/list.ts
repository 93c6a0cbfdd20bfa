import { fillPage, type ListPage } from '#lib/page.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import {
  fleetShards,
  type ItemKey,
  keyOf,
  payloadItemKey,
  sessionItemKey,
  sessionKeyIn,
} from '#lib/table/keys.ts';
import { parsePlayerItem } from '#lib/table/player-item.ts';
import { batchGet, getItem, type Position, positionOf, queryPage } from '#lib/table/reads.ts';
import { parseSessionItem, type SessionStatus } from '#lib/table/session-item.ts';
import { playersOfSession, recordsOfPlayer, sessionsOfShard } from '#lib/table/session-queries.ts';
import { parseDescribed, readData } from './find.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import { fleetHash, playerHash } from './ids.ts';
import {
  isOfEarlierSession,
  type PlayerSession,
  type PlayerSessionStatus,
  readPlayerSession,
} from './player-session.ts';

export type ListContext = {
  readonly table: Table;
  readonly now: number;
  /** The bytes of player sessions, as JSON within JSON, at which a page ends; undefined for what the API's answers hold. */
  readonly pageBytes?: number | undefined;
};

/** Where a list goes on, as its caller keeps it between two pages. */
export type Place = { readonly shard: number; readonly position: Position | null };

/** Sessions read at once: their payloads can be large. */
const sessionsAtOnce = 25;

/** Player records read at once where a filter may drop many of them. */
const recordsAtOnce = 100;

/**
 * A fleet's game sessions, shard by shard, in each by status and age. The index that finds them is behind the table by
 * a moment; what is shown of each session is not.
 *
 * Costs one query a stretch, and one read unit for each 4 KB of each item of each session.
 */
export function listGameSessions(
  { table, now }: ListContext,
  wanted: {
    readonly fleetId: string;
    readonly location: string | undefined;
    readonly status: SessionStatus | undefined;
  },
  limit: number,
  from: Place | undefined,
): Promise<ListPage<GameSession, Place>> {
  const isWanted = (session: GameSession) =>
    session.fleetId === wanted.fleetId &&
    (wanted.location === undefined || session.location === wanted.location) &&
    // The index may still show the status that the session had a moment ago.
    (wanted.status === undefined || session.status === wanted.status);
  const listed = { hash: fleetHash(wanted.fleetId), status: wanted.status };
  return listShards(table, listed, { limit, atOnce: sessionsAtOnce, from }, async (keys) => {
    const sessions = await readSessions(table, keys, now);
    return sessions.map((session) => (session && isWanted(session) ? session : undefined));
  });
}

/**
 * A page of what the index by fleet has under one name, shard by shard.
 *
 * @param read what is to be shown of the sessions with these keys, in the order of the keys; undefined for what is not
 */
export function listShards<Item>(
  table: Table,
  listed: { readonly hash: string; readonly status: SessionStatus | undefined },
  page: { readonly limit: number; readonly atOnce: number; readonly from: Place | undefined },
  read: (keys: readonly ItemKey[]) => Promise<readonly (Item | undefined)[]>,
): Promise<ListPage<Item, Place>> {
  return fillPage(page.limit, page.from, async (place, room) => {
    const { shard, position } = place ?? { shard: 0, position: null };
    const found = await queryPage(table, sessionsOfShard(listed.hash, shard, listed.status), {
      limit: Math.min(room, page.atOnce),
      position: position ?? undefined,
    });
    const items = await read(found.items.map(keyOf));
    const lastShard = shard === fleetShards - 1;
    return {
      entries: found.items.map((item, i) => ({
        item: items[i],
        behind: { shard, position: positionOf(item) },
      })),
      next: found.next
        ? { shard, position: found.next }
        : lastShard
          ? undefined
          : { shard: shard + 1, position: null },
    };
  });
}

async function readSessions(
  table: Table,
  keys: readonly ItemKey[],
  now: number,
): Promise<readonly (GameSession | undefined)[]> {
  const sessionKeys = keys.map(sessionKeyIn);
  const items = await batchGet(
    table,
    sessionKeys.flatMap((key) => [sessionItemKey(key), payloadItemKey(key)]),
  );
  const described = sessionKeys.flatMap((sessionKey, i) => {
    const found = parseDescribed(items[2 * i], items[2 * i + 1]);
    return found === undefined ? [] : [{ sessionKey, ...found }];
  });
  const data = await readData(table, described);
  const sessions = new Map(
    described.map(({ sessionKey, ...found }) => {
      const stored = { ...found, data: data.get(sessionKey) };
      return [sessionKey, readGameSession(sessionKey, stored, now)];
    }),
  );
  return sessionKeys.map((key) => sessions.get(key));
}

/**
 * The player sessions of one game session, in no particular order; undefined where there is no such session.
 *
 * Costs one read of the ledger and one query a stretch.
 */
export async function listPlayerSessions(
  { table, now, pageBytes }: ListContext,
  sessionKey: string,
  status: PlayerSessionStatus | undefined,
  limit: number,
  from: Position | undefined,
): Promise<ListPage<PlayerSession, Position> | undefined> {
  const item = await getItem(table, sessionItemKey(sessionKey));
  const ledger = item && parseSessionItem(item);
  if (ledger === undefined) return undefined;

  return fillPage(
    limit,
    from,
    async (position, room) => {
      const page = await queryPage(table, playersOfSession(sessionKey), {
        limit: status === undefined ? room : Math.max(room, recordsAtOnce),
        position,
      });
      return {
        entries: page.items.map((record) => {
          const player = parsePlayerItem(record);
          const read = readPlayerSession(sessionKey, player, ledger, now);
          const isWanted = !isOfEarlierSession(player, ledger) && (status ?? read.status) === read.status;
          return { item: isWanted ? read : undefined, behind: keyOf(record) };
        }),
        next: page.next,
      };
    },
    pageBytes,
  );
}

/**
 * One player's player sessions in all game sessions, the newest first. The index that finds them is behind the table by
 * a moment.
 *
 * Costs one query a stretch, and one read unit a player session and for each 4 KB of each ledger.
 */
export function listPlayerSessionsOf(
  { table, now, pageBytes }: ListContext,
  playerId: string,
  limit: number,
  from: Position | undefined,
): Promise<ListPage<PlayerSession, Position>> {
  return fillPage(
    limit,
    from,
    async (position, room) => {
      const page = await queryPage(table, recordsOfPlayer(playerHash(playerId)), {
        limit: Math.min(room, recordsAtOnce),
        position,
      });
      const keys = page.items.map(keyOf);
      const items = await batchGet(
        table,
        keys.flatMap((key) => [key, sessionItemKey(sessionKeyIn(key))]),
      );
      return {
        entries: page.items.map((found, i) => ({
          item: readRecordOf(playerId, keys[i], items[2 * i], items[2 * i + 1], now),
          behind: positionOf(found),
        })),
        next: page.next,
      };
    },
    pageBytes,
  );
}

function readRecordOf(
  playerId: string,
  key: ItemKey | undefined,
  player: StoredItem | undefined,
  session: StoredItem | undefined,
  now: number,
): PlayerSession | undefined {
  if (key === undefined || player === undefined || session === undefined) return undefined;
  const record = parsePlayerItem(player);
  const ledger = parseSessionItem(session);
  // The index knows a hash of the id: two ids may share it.
  if (record.playerId !== playerId || isOfEarlierSession(record, ledger)) return undefined;
  return readPlayerSession(sessionKeyIn(key), record, ledger, now);
}
