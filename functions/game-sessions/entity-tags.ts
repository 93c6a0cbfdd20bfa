import * as v from 'valibot';

type EntityTag = { readonly tag: string; readonly isWeak: boolean };

/** What If-Match and If-None-Match hold: `*`, or entity tags without their quotes. */
export type EntityTags = '*' | readonly EntityTag[];

/** A header with a list of entity tags (RFC 9110, section 8.8.3), or `*`. */
export const entityTags = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): EntityTags => {
    const tags = readEntityTags(dataset.value);
    if (tags !== undefined) return tags;
    addIssue({ message: 'must be * or a list of entity tags in their quotes, such as "3-0"' });
    return NEVER;
  }),
);

function readEntityTags(header: string): EntityTags | undefined {
  if (header.trim() === '*') return '*';
  /** One tag, or none, which RFC 9110 (section 5.6.1) has a list hold too, and what separates it from the next. */
  const pattern = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(,|$)/y;
  const tags: EntityTag[] = [];
  for (;;) {
    const [, weak, tag, separator] = pattern.exec(header) ?? [];
    if (separator === undefined) return undefined;
    if (tag !== undefined) tags.push({ tag, isWeak: weak !== undefined });
    if (separator === '') return tags.length > 0 ? tags : undefined;
  }
}

/** The tags of which one must be that of the session, as If-Match compares them; undefined where any will do. */
export const strongTags = (tags: EntityTags | undefined): readonly string[] | undefined =>
  tags === undefined || tags === '*' ? undefined : tags.flatMap(({ tag, isWeak }) => (isWeak ? [] : [tag]));

/** Whether the tag is among them, as If-None-Match compares them. */
export const includesTag = (tags: EntityTags | undefined, etag: string): boolean =>
  tags === '*' || tags?.some(({ tag }) => tag === etag) === true;
