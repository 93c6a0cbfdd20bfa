import type { Fleet } from '#lib/table/fleet-items.ts';
import { readBounded, tagValue } from './setting-tags.ts';

/**
 * The tag of a fleet that says for how many seconds the seat of a player whom a game server has removed is kept for the same
 * player. Without it such a seat is open at once.
 */
export const rejoinTag = 'openslot:rejoin-seconds';

/** The bounds of that time, in seconds. */
export const rejoinSeconds = { least: 1, most: 3_600 } as const;

/** The seconds that the tag's value says; undefined where it says none that a seat may be kept for. */
export const readRejoinSeconds = (value: string): number | undefined => readBounded(value, rejoinSeconds);

/** How long seats are kept in the fleet's new sessions, in milliseconds; undefined where they are not. */
export function rejoinTimeOf(fleet: Fleet): number | undefined {
  const value = tagValue(fleet, rejoinTag);
  const seconds = value === undefined ? undefined : readRejoinSeconds(value);
  return seconds === undefined ? undefined : seconds * 1_000;
}
