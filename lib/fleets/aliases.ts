import { fillPage, type ListPage } from '#lib/page.ts';
import { type Alias, allAliases, parseAliasItem, putAlias, type Routing } from '#lib/table/alias-items.ts';
import { changeItem } from '#lib/table/change-item.ts';
import { itemInTheWay, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { aliasItemKey, keyOf } from '#lib/table/keys.ts';
import { getItem, type Position, queryPage } from '#lib/table/reads.ts';
import { type Deletion, remove } from './deletion.ts';
import { findFleet } from './fleets.ts';

/**
 * The most bytes that a TERMINAL alias's message may take in UTF-8: DynamoDB's items end at 400 KB, and the rest of an
 * alias, 200 tags included, is up to 320 KB.
 */
export const maximumMessageBytes = 65_536;

type UnknownFleet = { readonly kind: 'unknown-fleet'; readonly fleetId: string };

/**
 * Creates an alias: one conditional put, and one read of the fleet that it leads to. Where an alias of that id exists it
 * is returned as it is: ids are made for one request, so it was made by an earlier try of this one. Its fleet may
 * be gone by then: an unknown fleet costs one more read.
 */
export async function createAlias(
  table: Table,
  alias: Alias,
): Promise<{ readonly kind: 'created'; readonly alias: Alias } | UnknownFleet> {
  const unknown = await unknownFleet(table, alias.routing);
  if (unknown !== undefined) {
    const created = await findAlias(table, alias.aliasId);
    return created ? { kind: 'created', alias: created } : unknown;
  }
  const existing = itemInTheWay(await sendPut(table, putAlias(alias)));
  return { kind: 'created', alias: existing ? parseAliasItem(existing) : alias };
}

/** New values of an alias's members; undefined leaves one as it is. */
export type AliasChanges = {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly routing: Routing | undefined;
  readonly updatedAt: number;
};

/** Changes an alias: one conditional write. Of two who change the same member the last one counts. */
export async function updateAlias(
  table: Table,
  aliasId: string,
  changes: AliasChanges,
): Promise<
  { readonly kind: 'updated'; readonly alias: Alias } | { readonly kind: 'not-found' } | UnknownFleet
> {
  const unknown = changes.routing && (await unknownFleet(table, changes.routing));
  if (unknown !== undefined) return unknown;
  const write = await sendUpdate(table, changeItem(aliasItemKey(aliasId), changes));
  return write.kind === 'written' && write.attributes
    ? { kind: 'updated', alias: parseAliasItem(write.attributes) }
    : { kind: 'not-found' };
}

async function unknownFleet(table: Table, routing: Routing): Promise<UnknownFleet | undefined> {
  if (routing.type === 'TERMINAL' || (await findFleet(table, routing.fleetId))) return undefined;
  return { kind: 'unknown-fleet', fleetId: routing.fleetId };
}

/** One alias: one read. */
export async function findAlias(table: Table, aliasId: string): Promise<Alias | undefined> {
  const item = await getItem(table, aliasItemKey(aliasId));
  return item && parseAliasItem(item);
}

/** Aliases read at once where a filter may drop many of them. */
const aliasesAtOnce = 100;

/** A page of the aliases of that name and that type of routing, in the order of their ids: one query a stretch. */
export function listAliases(
  table: Table,
  wanted: { readonly name: string | undefined; readonly type: Routing['type'] | undefined },
  limit: number,
  from: Position | undefined,
): Promise<ListPage<Alias, Position>> {
  const isWanted = ({ name, routing }: Alias) =>
    (wanted.name ?? name) === name && (wanted.type ?? routing.type) === routing.type;
  return fillPage(limit, from, async (position, room) => {
    const page = await queryPage(table, allAliases, { limit: Math.max(room, aliasesAtOnce), position });
    const entries = page.items.map((item) => {
      const alias = parseAliasItem(item);
      return { item: isWanted(alias) ? alias : undefined, behind: keyOf(item) };
    });
    return { entries, next: page.next };
  });
}

/** Removes an alias: one conditional write. Who asks for it afterwards is told that there is none. */
export const deleteAlias = (table: Table, aliasId: string, mayBeRetry: boolean): Promise<Deletion> =>
  remove(table, aliasItemKey(aliasId), mayBeRetry);
