import type { Fleet } from '#lib/table/fleet-items.ts';

/** The tag of a fleet that says how long a reserved slot waits for its player, in seconds. */
export const reservationTag = 'openslot:reservation-seconds';

/** The bounds of that time, in seconds. */
export const reservationSeconds = { least: 1, most: 3_600 } as const;

/** The seconds that the tag's value says; undefined where it says none that a reservation may have. */
export function readReservationSeconds(value: string): number | undefined {
  const seconds = /^\d{1,4}$/.test(value) ? Number(value) : 0;
  return seconds >= reservationSeconds.least && seconds <= reservationSeconds.most ? seconds : undefined;
}

/** How long a reserved slot of the fleet's new sessions waits, in milliseconds; undefined for the usual time. */
export function reservationTimeOf(fleet: Fleet): number | undefined {
  const tag = fleet.tags?.find(({ key }) => key === reservationTag);
  const seconds = tag && readReservationSeconds(tag.value);
  return seconds === undefined ? undefined : seconds * 1_000;
}
