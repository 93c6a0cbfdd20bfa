import type { Fleet } from '#lib/table/fleet-items.ts';
import { readBounded, tagValue } from './setting-tags.ts';

/** The tag of a fleet that says after how many hours a session that nobody is in and nobody touches is ended. */
export const idleTag = 'openslot:idle-hours';

/** What the tag says where such sessions are not ended. */
export const neverIdle = 'never';

/** The bounds of that time, in hours: up to a year. */
export const idleHours = { least: 1, most: 8_760 } as const;

/** The hours that the tag's value says, or never; undefined where it says neither. */
export function readIdleHours(value: string): number | typeof neverIdle | undefined {
  return value === neverIdle ? value : readBounded(value, idleHours);
}

/**
 * How long nobody may hold a slot in a new session of the fleet or touch it before it is ended, milliseconds; undefined for
 * ever.
 *
 * @param usual the same where the fleet does not say
 */
export function idleTimeOf(fleet: Fleet, usual: number | undefined): number | undefined {
  const value = tagValue(fleet, idleTag);
  const hours = value === undefined ? undefined : readIdleHours(value);
  if (hours === undefined) return usual;
  return hours === neverIdle ? undefined : hours * 60 * 60 * 1_000;
}
