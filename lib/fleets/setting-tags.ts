import type { Fleet } from '#lib/table/fleet-items.ts';

/** What a fleet's tag of this key says; undefined where it has none. */
export const tagValue = (fleet: Fleet, tagKey: string): string | undefined =>
  fleet.tags?.find(({ key }) => key === tagKey)?.value;

/** The whole number of up to four digits that a tag's value says; undefined where it says none within the bounds. */
export function readBounded(
  value: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}
