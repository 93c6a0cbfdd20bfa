/** One page of a list. `next` is where the following page begins; undefined at the end. */
export type ListPage<Item, Place> = { readonly items: readonly Item[]; readonly next: Place | undefined };

/** A stretch of the source: each entry with the place right behind it, and what it shows, if it is to be shown. */
export type Stretch<Item, Place> = {
  readonly entries: readonly { readonly item: Item | undefined; readonly behind: Place }[];
  readonly next: Place | undefined;
};

/**
 * Bytes of entries at which a page ends where its reader does not say. Lambda answers 6 MB at most, with the body as a string
 * of JSON within JSON; what is left is room for one more session of the largest kind.
 */
const usualBytes = 3_000_000;

/** Stretches read for one page, so that a filter that matches nearly nothing cannot read a whole fleet in one call. */
const maximumStretches = 20;

/**
 * Fills one page from stretches of a source, until it has `limit` items, grows too large or has read enough. A page can
 * be short, or empty, and still have a next one.
 */
export async function fillPage<Item, Place>(
  limit: number,
  start: Place | undefined,
  read: (from: Place | undefined, room: number) => Promise<Stretch<Item, Place>>,
  maximumBytes: number = usualBytes,
): Promise<ListPage<Item, Place>> {
  const items: Item[] = [];
  let bytes = 0;
  let place = start;
  for (let i = 0; i < maximumStretches; i++) {
    const stretch = await read(place, limit - items.length);
    for (const [index, { item, behind }] of stretch.entries.entries()) {
      if (item === undefined) continue;
      items.push(item);
      bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(item)));
      const isLast = stretch.next === undefined && index === stretch.entries.length - 1;
      if (items.length === limit || bytes > maximumBytes) return { items, next: isLast ? undefined : behind };
    }
    if (stretch.next === undefined) return { items, next: undefined };
    place = stretch.next;
  }
  return { items, next: place };
}
