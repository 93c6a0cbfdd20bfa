import * as v from 'valibot';
import { revision } from './change-item.ts';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber } from './parse.ts';

const Tag = v.object({ key: v.string(), value: v.string() });

/** A label that somebody gave to a fleet, a location or an alias. */
export type Tag = Readonly<v.InferOutput<typeof Tag>>;

/** The attributes of every item that can be tagged. */
export const tagged = {
  createdAt: wholeNumber,
  tags: v.optional(v.pipe(v.array(Tag), v.readonly())),
  rev: revision,
};

const TaggedItem = v.object(tagged);

/** What a fleet, a location and an alias have in common. */
export type Tagged = Readonly<v.InferOutput<typeof TaggedItem>>;

/** Parses the tags of an item of any kind that has some. Throws when they are something else. */
export const parseTagged = (item: StoredItem): Tagged => parseItem(TaggedItem, item);
