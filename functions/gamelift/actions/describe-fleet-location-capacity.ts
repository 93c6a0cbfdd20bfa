import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchFleet, notInFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, locationString } from '#functions/gamelift/shapes.ts';
import { fleetArn } from '#functions/identifiers.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Location: required(locationString),
});

const noInstances = {
  DESIRED: 0,
  MINIMUM: 0,
  MAXIMUM: 0,
  PENDING: 0,
  ACTIVE: 0,
  IDLE: 0,
  TERMINATING: 0,
};

/** Openslot runs no instances anywhere. */
export const describeFleetLocationCapacity = operation(input, async ({ FleetId, Location }, call) => {
  const fleet = await findNamedFleet(call, FleetId);
  if (fleet === undefined) return noSuchFleet(FleetId);
  if (!fleet.locations.includes(Location)) return notInFleet(FleetId, [Location]);
  return answered({
    FleetCapacity: {
      FleetId: fleet.fleetId,
      FleetArn: fleetArn(call.deployment, fleet.fleetId),
      InstanceCounts: noInstances,
      Location,
    },
  });
});
