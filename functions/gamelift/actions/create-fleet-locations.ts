import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { contended, locationsNotCreated, noSuchFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, locationConfigurations } from '#functions/gamelift/shapes.ts';
import { spellLocationState } from '#functions/gamelift/spell.ts';
import { fleetArn, readFleetId } from '#functions/identifiers.ts';
import { addLocations, maximumLocations } from '#lib/fleets/fleet-locations.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Locations: required(locationConfigurations),
});

/** A location that the fleet has already is answered like a new one. */
export const createFleetLocations = operation(input, async ({ FleetId, Locations }, call) => {
  const fleetId = readFleetId(call.deployment, FleetId);
  if (fleetId === undefined) return noSuchFleet(FleetId);

  const added = [...new Set(Locations.map(({ Location }) => Location))];
  const outcome = await addLocations(call.table, fleetId, added);
  switch (outcome.kind) {
    case 'revised':
      return answered({
        FleetId: fleetId,
        FleetArn: fleetArn(call.deployment, fleetId),
        LocationStates: added.map((location) => spellLocationState(location, 'ACTIVE')),
      });
    case 'unknown-location':
      return locationsNotCreated(outcome.locations);
    case 'refused':
      return refused(
        'LimitExceededException',
        `Fleet ${FleetId} would have ${outcome.refusal.locations} locations, more than ${maximumLocations}.`,
      );
    case 'not-found':
      return noSuchFleet(FleetId);
    case 'contended':
      return contended(FleetId);
  }
});
