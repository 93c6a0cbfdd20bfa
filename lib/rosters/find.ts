import type { Caller } from '#lib/auth/bearer-tokens.ts';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import { maySee } from './access.ts';
import { rosterKeyOf, type SessionAddress } from './ids.ts';
import { notFound, type Refused } from './refusals.ts';
import { type RosteredSession, readRosteredSession } from './rostered-session.ts';

export type RosterContext = {
  readonly table: Table;
  /** Epoch milliseconds. */
  readonly now: number;
};

/** Reads a session of this title as stored, its players and all: one read unit for each 4 KB. */
export async function findRoster(
  table: Table,
  { titleId, sessionId }: SessionAddress,
): Promise<StoredRoster | undefined> {
  return ofTitle(titleId, await getItem(table, sessionItemKey(rosterKeyOf(sessionId))));
}

/** Another title's session is none at all. */
export function ofTitle(titleId: number, item: StoredItem | undefined): StoredRoster | undefined {
  const stored = item && parseRosteredItem(item);
  return stored?.titleId === titleId ? stored : undefined;
}

/** Reads a session for a caller. */
export async function readSession(
  { table, now }: RosterContext,
  address: SessionAddress,
  caller: Caller,
): Promise<
  { readonly kind: 'found'; readonly session: RosteredSession } | Refused<'not-found' | 'not-visible'>
> {
  const stored = await findRoster(table, address);
  if (stored === undefined) return notFound;
  const session = readRosteredSession(stored, now);
  return maySee(session, caller) ? { kind: 'found', session } : { kind: 'not-visible' };
}
