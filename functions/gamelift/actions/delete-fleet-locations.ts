import { answered, operation } from '#functions/gamelift/operation.ts';
import { contended, noSuchFleet, notInFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, locationNames } from '#functions/gamelift/shapes.ts';
import { spellLocationState } from '#functions/gamelift/spell.ts';
import { fleetArn, readFleetId } from '#functions/identifiers.ts';
import { removeLocations } from '#lib/fleets/fleet-locations.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Locations: required(locationNames),
});

export const deleteFleetLocations = operation(input, async ({ FleetId, Locations }, call) => {
  const fleetId = readFleetId(call.deployment, FleetId);
  if (fleetId === undefined) return noSuchFleet(FleetId);

  const removed = [...new Set(Locations)];
  const outcome = await removeLocations(call.table, fleetId, removed, call.mayBeRetry);
  switch (outcome.kind) {
    case 'revised':
      return answered({
        FleetId: fleetId,
        FleetArn: fleetArn(call.deployment, fleetId),
        LocationStates: removed.map((location) => spellLocationState(location, 'TERMINATED')),
      });
    case 'refused':
      return notInFleet(FleetId, outcome.refusal.locations);
    case 'not-found':
      return noSuchFleet(FleetId);
    case 'contended':
      return contended(FleetId);
  }
});
