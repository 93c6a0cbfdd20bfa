import { maximumCreationLimit } from '#lib/fleets/fleets.ts';
import type { CreationLimit } from '#lib/table/fleet-items.ts';
import { type InputOf, structure } from '#lib/wire/shapes.ts';
import { type Refused, refused } from './operation.ts';
import { wholeNumber } from './shapes.ts';

export const creationLimitPolicy = structure({
  NewGameSessionsPerCreator: wholeNumber,
  PolicyPeriodInMinutes: wholeNumber,
});

type Read = { readonly kind: 'limit'; readonly limit: CreationLimit | undefined };

/** The limit that a policy sets, undefined where it is empty or all zero: nobody means to forbid every creation. */
export function readCreationLimit(policy: InputOf<typeof creationLimitPolicy>): Read | Refused {
  const { NewGameSessionsPerCreator: sessions = 0, PolicyPeriodInMinutes: minutes = 0 } = policy;
  if (sessions === 0 && minutes === 0) return { kind: 'limit', limit: undefined };
  if (sessions === 0 || minutes === 0) {
    return refused(
      'InvalidRequestException',
      'ResourceCreationLimitPolicy must have NewGameSessionsPerCreator and PolicyPeriodInMinutes of at least 1, or neither for no limit.',
    );
  }
  if (sessions > maximumCreationLimit) {
    return refused(
      'InvalidRequestException',
      `NewGameSessionsPerCreator must be at most ${maximumCreationLimit}, not ${sessions}.`,
    );
  }
  return { kind: 'limit', limit: { sessions, minutes } };
}
