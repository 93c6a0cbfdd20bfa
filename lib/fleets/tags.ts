import { isDeepStrictEqual } from 'node:util';
import type { Table } from '#lib/table/client.ts';
import { aliasItemKey, fleetItemKey, type ItemKey, locationItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parseTagged, type Tag, type Tagged } from '#lib/table/tagged-item.ts';
import { type Revision, revise } from './revise.ts';

/** What can be tagged: a fleet or an alias by its id, a location by its name. */
export type Resource = { readonly kind: 'fleet' | 'location' | 'alias'; readonly id: string };

/** The most tags that one resource may have: GameLift's own limit of one request. */
export const maximumTags = 200;

/** The tags of a resource, in the order in which they were given; undefined where there is no such resource. */
export async function tagsOf(table: Table, resource: Resource): Promise<readonly Tag[] | undefined> {
  const item = await getItem(table, keyOfResource(resource));
  return item && (parseTagged(item).tags ?? []);
}

export type TagOutcome = Revision<Tagged, { readonly kind: 'too-many'; readonly tags: number }>;

/** Gives tags to a resource. A tag of a key that it has gets the new value. */
export function tag(table: Table, resource: Resource, given: readonly Tag[]): Promise<TagOutcome> {
  return changeTags(table, resource, (tags) => [
    ...new Map([...tags, ...given].map((each) => [each.key, each])).values(),
  ]);
}

/** Takes tags from a resource; those that it does not have are passed over. */
export function untag(table: Table, resource: Resource, keys: readonly string[]): Promise<TagOutcome> {
  const isTaken = new Set(keys);
  return changeTags(table, resource, (tags) => tags.filter(({ key }) => !isTaken.has(key)));
}

function changeTags(
  table: Table,
  resource: Resource,
  change: (tags: readonly Tag[]) => readonly Tag[],
): Promise<TagOutcome> {
  // What is asked for is the same however often it is carried out.
  const mayBeRetry = false;
  return revise(table, keyOfResource(resource), parseTagged, mayBeRetry, ({ tags: before = [] }) => {
    const tags = change(before);
    if (tags.length > maximumTags)
      return { kind: 'refuse', refusal: { kind: 'too-many', tags: tags.length } };
    return isDeepStrictEqual(tags, before) ? { kind: 'keep' } : { kind: 'change', changes: { tags } };
  });
}

function keyOfResource({ kind, id }: Resource): ItemKey {
  switch (kind) {
    case 'fleet':
      return fleetItemKey(id);
    case 'location':
      return locationItemKey(id);
    case 'alias':
      return aliasItemKey(id);
  }
}
