import { fillPage, type ListPage } from '#lib/page.ts';
import type { Table } from '#lib/table/client.ts';
import { fleetShards } from '#lib/table/keys.ts';
import { queryPage } from '#lib/table/reads.ts';
import { searchablePosition, searchableSessionsOfShard } from '#lib/table/session-queries.ts';
import type { GameSession } from './game-session.ts';
import { fleetHash } from './ids.ts';
import { firstShown, playersIn, readWhole, type Search, searchedSession } from './searched-session.ts';

export type SearchContext = {
  readonly table: Table;
  readonly now: number;
  readonly random: () => number;
};

/** Where a search goes on: behind which session of which shard, and how many shards come after this one. */
export type SearchPlace = {
  readonly shard: number;
  readonly shardsLeft: number;
  readonly behind: string | null;
};

/**
 * Entries of the index read at once: few, since most pages are full with them, and more with each stretch that has not
 * filled the page.
 */
const entriesAtOnce = [50, 200] as const;
const mostEntriesAtOnce = 800;

/**
 * Players in the ledgers of a stretch, whose seats take the time: where sessions are full, as many entries as mostly
 * hold so many. A page's 20 stretches stay within what a function reads in its 10 s.
 */
const playersAtOnce = 15_000;

/**
 * The ACTIVE sessions of a fleet that match, in the order of their keys, shard after shard, from a shard at random. Keys
 * are hashes: to a caller the order is random, and sessions that come and go never move another one.
 *
 * Reads until the page is full, at most about 15,000 entries of the index, or 1,500 where each session has 200 players,
 * and the ledgers of those alone that may match; a page can be short, or empty, and still have a next one. The index is
 * behind the table by a moment; that a session shown is ACTIVE is read from the table.
 */
export function searchSessions(
  context: SearchContext,
  search: Search,
  limit: number,
  from: SearchPlace | undefined,
): Promise<ListPage<GameSession, SearchPlace>> {
  const fleet = fleetHash(search.fleetId);
  const sizes = entriesAtOnce.values();
  let mostEntries = mostEntriesAtOnce;
  return fillPage(limit, from, async (place, room) => {
    const { shard, shardsLeft, behind } = place ?? firstPlace(context.random);
    const page = await queryPage(context.table, searchableSessionsOfShard(fleet, shard), {
      limit: Math.min(sizes.next().value ?? mostEntriesAtOnce, mostEntries),
      position: behind === null ? undefined : searchablePosition(fleet, behind),
    });
    const found = page.items.map(searchedSession);
    const shown = await firstShown(context, search, found, room);
    const players = playersIn(found);
    if (players > 0) mostEntries = Math.min(mostEntries, Math.ceil((playersAtOnce * found.length) / players));
    const whole = await readWhole(context, shown);
    const placeBehind = (sessionKey: string) => ({ shard, shardsLeft, behind: sessionKey });
    const last = (shown.length === room ? shown : found).at(-1);
    const isRead = last === found.at(-1) && page.next === undefined;
    return {
      entries: shown.map(({ sessionKey }) => ({
        item: whole.get(sessionKey),
        behind: placeBehind(sessionKey),
      })),
      next: isRead || last === undefined ? nextShard(shard, shardsLeft) : placeBehind(last.sessionKey),
    };
  });
}

const firstPlace = (random: () => number): SearchPlace => ({
  shard: Math.floor(random() * fleetShards),
  shardsLeft: fleetShards - 1,
  behind: null,
});

const nextShard = (shard: number, shardsLeft: number): SearchPlace | undefined =>
  shardsLeft === 0
    ? undefined
    : { shard: (shard + 1) % fleetShards, shardsLeft: shardsLeft - 1, behind: null };
