import { accessSteps } from './access-steps.ts';
import { aliasSteps } from './alias-steps.ts';
import { computeSteps } from './compute-steps.ts';
import { deletionSteps } from './deletion-steps.ts';
import { descriptionSteps } from './description-steps.ts';
import { endingSteps } from './ending-steps.ts';
import { fleetSteps } from './fleet-steps.ts';
import { gameSessionSteps } from './game-session-steps.ts';
import { lapseSteps, playerDescriptionSteps } from './lapse-steps.ts';
import { fleetLocationSteps, locationSteps } from './location-steps.ts';
import { connectionSteps, reservationSteps } from './player-steps.ts';
import { searchSteps } from './search-steps.ts';
import type { Step } from './step.ts';
import { tagSteps } from './tag-steps.ts';
import { logSteps, updateSteps } from './update-steps.ts';

/** Every operation that is offered, with answers and refusals of each, from the first location to the last fleet. */
export const script: readonly Step[] = [
  ...locationSteps,
  ...fleetSteps,
  ...fleetLocationSteps,
  ...aliasSteps,
  ...tagSteps,
  ...gameSessionSteps,
  ...descriptionSteps,
  ...updateSteps,
  ...searchSteps,
  ...reservationSteps,
  ...connectionSteps,
  ...lapseSteps,
  ...playerDescriptionSteps,
  ...logSteps,
  ...computeSteps,
  ...accessSteps,
  ...endingSteps,
  ...deletionSteps,
];
