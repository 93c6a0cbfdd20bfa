import type { Fleet } from '#lib/table/fleet-items.ts';

/** The bounds of the time that a server process has to make its game session ACTIVE, in seconds. */
export const activationSeconds = { least: 1, most: 600 } as const;

/** That time where its fleet does not say, in seconds. */
const usualActivationSeconds = 300;

/** How long a new session of the fleet may be ACTIVATING before it is ended, in seconds. */
export const activationSecondsOf = (fleet: Fleet): number =>
  fleet.activationSeconds ?? usualActivationSeconds;

/** The same in milliseconds. */
export const activationTimeOf = (fleet: Fleet): number => activationSecondsOf(fleet) * 1_000;
