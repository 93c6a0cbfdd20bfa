import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { fillPage, type ListPage, type Stretch } from '#lib/page.ts';

type Entry = string | undefined;

/**
 * A source of entries, some of which are not to be shown, in stretches of at most `size`. The place behind an entry is its
 * number, counted from 1. A source may not know that it is at its end until it is asked once more.
 */
const source = (entries: readonly Entry[], size: number, knowsItsEnd = true) =>
  vi.fn(async (from: number | undefined, room: number): Promise<Stretch<string, number>> => {
    const start = from ?? 0;
    const end = Math.min(start + Math.min(size, room), entries.length);
    return {
      entries: entries.slice(start, end).map((item, i) => ({ item, behind: start + i + 1 })),
      next: end < entries.length || (!knowsItsEnd && end > start) ? end : undefined,
    };
  });

describe('a page', () => {
  test.each<
    [what: string, entries: readonly Entry[], size: number, limit: number, page: ListPage<string, number>]
  >([
    ['of an empty list is empty, and the last', [], 5, 3, { items: [], next: undefined }],
    ['that holds everything is the last', ['a', 'b'], 5, 3, { items: ['a', 'b'], next: undefined }],
    [
      'that is filled by the last entry is the last',
      ['a', 'b', 'c'],
      5,
      3,
      { items: ['a', 'b', 'c'], next: undefined },
    ],
    ['goes on behind its last entry', ['a', 'b', 'c', 'd'], 5, 3, { items: ['a', 'b', 'c'], next: 3 }],
    ['is filled from several stretches', ['a', 'b', 'c', 'd'], 1, 3, { items: ['a', 'b', 'c'], next: 3 }],
    [
      'leaves out what is not to be shown',
      ['a', undefined, 'b', undefined, 'c', 'd'],
      2,
      3,
      { items: ['a', 'b', 'c'], next: 5 },
    ],
    [
      'of entries none of which is to be shown is empty, and the last',
      [undefined, undefined],
      1,
      3,
      { items: [], next: undefined },
    ],
    [
      'ends before entries that are not to be shown, if it is full',
      ['a', undefined],
      2,
      1,
      { items: ['a'], next: 1 },
    ],
  ])('%s', async (_, entries, size, limit, page) => {
    expect(await fillPage(limit, undefined, source(entries, size))).toEqual(page);
  });

  test('begins at the place where the one before it ended', async () => {
    expect(await fillPage(2, 2, source(['a', 'b', 'c', 'd', 'e'], 5))).toEqual({
      items: ['c', 'd'],
      next: 4,
    });
  });

  test('asks for no more than it has room for', async () => {
    const read = source(['a', undefined, 'b', 'c', 'd'], 2);
    await fillPage(3, undefined, read);
    expect(read.mock.calls).toEqual([
      [undefined, 3],
      [2, 2],
    ]);
  });

  test('can be empty and still have a next one: it reads 20 stretches at most', async () => {
    const entries = [...Array.from({ length: 20 }, () => undefined), 'a'];
    const read = source(entries, 1);
    expect(await fillPage(5, undefined, read)).toEqual({ items: [], next: 20 });
    expect(read).toHaveBeenCalledTimes(20);
    expect(await fillPage(5, 20, read)).toEqual({ items: ['a'], next: undefined });
  });

  test.each<[what: string, entry: string, entries: number]>([
    ['ends with the entry that makes it larger than 3 MB', 'x'.repeat(1_100_000), 3],
    ['measures bytes and not characters', 'é'.repeat(1_100_000), 2],
    ['measures a text as JSON within JSON, as a Lambda answers it', '"'.repeat(400_000), 2],
  ])('%s', async (_, entry, entries) => {
    const page = await fillPage(10, undefined, source([entry, entry, entry, entry], 10));
    expect({ items: page.items.length, next: page.next }).toEqual({ items: entries, next: entries });
  });

  test('that grows too large with the very last entry is the last', async () => {
    const large = 'x'.repeat(3_000_001);
    expect(await fillPage(10, undefined, source([large], 10))).toEqual({ items: [large], next: undefined });
  });
});

test('page after page, each entry that is to be shown comes once, in order, and no page is too long', async () => {
  const anyEntries = fc.array(fc.option(fc.constant('entry'), { nil: undefined }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      anyEntries,
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      async (shown, size, limit, knowsItsEnd) => {
        const entries = shown.map((entry, i) => entry && `${entry} ${i}`);
        const read = source(entries, size, knowsItsEnd);
        const seen: string[] = [];
        let place: number | undefined;
        do {
          const page: ListPage<string, number> = await fillPage(limit, place, read);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...page.items);
          place = page.next;
        } while (place !== undefined);
        expect(seen).toEqual(entries.filter((entry) => entry !== undefined));
      },
    ),
    { numRuns: 500 },
  );
});
