import { fillPage, type ListPage } from '#lib/page.ts';
import { asksForSlots, factOf, type Value } from '#lib/search/operands.ts';
import { compareValues, type Sort } from '#lib/search/sort.ts';
import type { Table } from '#lib/table/client.ts';
import { readAllLedgers } from './fleet-reading.ts';
import type { GameSession } from './game-session.ts';
import type { RecentSearches } from './recent-searches.ts';
import {
  factsOf,
  firstShown,
  isShown,
  readWhole,
  type Search,
  type SearchedSession,
} from './searched-session.ts';

export type SortedSearch = Search & { readonly sort: Sort };

export type SortedSearchContext = {
  readonly table: Table;
  readonly now: number;
  readonly recentSearches: RecentSearches;
};

/** Where a sorted search goes on: behind this value, and in it behind this session. */
export type SortedPlace = { readonly value: Value | null; readonly behind: string };

export type SortedOutcome =
  | { readonly kind: 'found'; readonly page: ListPage<GameSession, SortedPlace> }
  /** The fleet has more live sessions, or players in them, than a search can sort. */
  | { readonly kind: 'too-many' };

/**
 * The ACTIVE sessions of a fleet that match, sorted; those with the same value in the order of their keys.
 *
 * A page goes on behind the value and the key of the last session shown, so that sessions that come and go neither repeat
 * nor skip another one. A session whose own value changes between two pages can be shown twice or not at all.
 *
 * Needs all live sessions of the fleet, which RecentSearches may have read a second ago, and the ledgers of all that may
 * match where the value is in the ledger; otherwise those of the page. In numbers: docs/benchmark.md.
 */
export function searchSorted(
  context: SortedSearchContext,
  search: SortedSearch,
  limit: number,
  from: SortedPlace | undefined,
): Promise<SortedOutcome> {
  const { table, recentSearches } = context;
  return recentSearches.search(table, search.fleetId, async (sessions) =>
    sessions === undefined ? { kind: 'too-many' } : sortedPage(context, search, sessions, limit, from),
  );
}

async function sortedPage(
  context: SortedSearchContext,
  search: SortedSearch,
  sessions: readonly SearchedSession[],
  limit: number,
  from: SortedPlace | undefined,
): Promise<SortedOutcome> {
  const candidates = sessions.filter((session) => isShown(session, search, context.now) !== false);
  if (asksForSlots(search.sort.operand) && !(await readAllLedgers(context.table, candidates))) {
    return { kind: 'too-many' };
  }
  const page = await fillPage<GameSession, SortedPlace>(limit, from, async (place, room) => {
    const values = inOrder(candidates, search, context.now, place);
    const rest = [...values.keys()];
    const shown = await firstShown(context, search, rest, room);
    const whole = await readWhole(context, shown);
    const entries = shown.map((session) => ({
      item: whole.get(session.sessionKey),
      behind: { value: values.get(session) ?? null, behind: session.sessionKey },
    }));
    const isFull = shown.length === room && shown.at(-1) !== rest.at(-1);
    return { entries, next: isFull ? entries.at(-1)?.behind : undefined };
  });
  return { kind: 'found', page };
}

/** The sessions behind a place with the values that they are sorted by, in order. */
function inOrder(
  sessions: readonly SearchedSession[],
  search: SortedSearch,
  now: number,
  from: SortedPlace | undefined,
): ReadonlyMap<SearchedSession, Value | undefined> {
  const valued = sessions.map(
    (session) => [session, placed(factOf(search.sort.operand, factsOf(session, search, now)))] as const,
  );
  type Valued = (typeof valued)[number];
  const compare = ([{ sessionKey }, one]: Valued, value: Value | undefined, key: string) =>
    compareValues(search.sort, one, value) || (sessionKey < key ? -1 : Number(sessionKey > key));
  const rest =
    from === undefined
      ? valued
      : valued.filter((one) => compare(one, from.value ?? undefined, from.behind) > 0);
  return new Map(rest.toSorted((one, [other, value]) => compare(one, value, other.sessionKey)));
}

/** Bytes of JSON that a place takes for its value: a page token holds no more than 736 in all. */
const longestValue = 640;

/** Of a longer text so many characters count: none of them takes more than six bytes. */
const countedCharacters = 106;

/** A value as far as a place can hold it, which is as far as it is sorted by. */
function placed(value: Value | undefined): Value | undefined {
  const fits =
    typeof value !== 'string' ||
    value.length <= countedCharacters ||
    Buffer.byteLength(JSON.stringify(value)) <= longestValue;
  return fits ? value : value.slice(0, countedCharacters);
}
