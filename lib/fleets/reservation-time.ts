import type { Fleet } from '#lib/table/fleet-items.ts';
import { readBounded, tagValue } from './setting-tags.ts';

/** The tag of a fleet that says how long a reserved slot waits for its player, in seconds. */
export const reservationTag = 'openslot:reservation-seconds';

/** The bounds of that time, in seconds. */
export const reservationSeconds = { least: 1, most: 3_600 } as const;

/** The seconds that the tag's value says; undefined where it says none that a reservation may have. */
export const readReservationSeconds = (value: string): number | undefined =>
  readBounded(value, reservationSeconds);

/** How long a reserved slot of the fleet's new sessions waits, in milliseconds; undefined for the usual time. */
export function reservationTimeOf(fleet: Fleet): number | undefined {
  const value = tagValue(fleet, reservationTag);
  const seconds = value === undefined ? undefined : readReservationSeconds(value);
  return seconds === undefined ? undefined : seconds * 1_000;
}
