import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { noSuchLocation } from '#functions/gamelift/refusals.ts';
import { readLocationName } from '#functions/identifiers.ts';
import { deleteLocation as remove } from '#lib/fleets/locations.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  LocationName: required(
    string({ min: 1, max: 128, pattern: '^(custom-[A-Za-z0-9\\-]+|arn:.*:location\\/custom-\\S+)$' }),
  ),
});

/** Fleets that a message names: enough to begin with. */
const mostNamed = 10;

export const deleteLocation = operation(input, async ({ LocationName }, call) => {
  const name = readLocationName(call.deployment, LocationName);
  if (name === undefined) return noSuchLocation(LocationName);
  const outcome = await remove(call.table, name, call.mayBeRetry);
  switch (outcome.kind) {
    case 'deleted':
      return answered({});
    case 'not-found':
      return noSuchLocation(LocationName);
    case 'in-use': {
      const named = outcome.fleetIds.slice(0, mostNamed).join(', ');
      const more =
        outcome.fleetIds.length > mostNamed ? ` and ${outcome.fleetIds.length - mostNamed} more` : '';
      return refused(
        'InvalidRequestException',
        `Location ${LocationName} is a location of ${named}${more}. DeleteFleetLocations takes it out of a fleet.`,
      );
    }
  }
});
