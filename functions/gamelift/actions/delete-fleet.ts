import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { noSuchFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn } from '#functions/gamelift/shapes.ts';
import { readFleetId } from '#functions/identifiers.ts';
import { deleteFleet as remove } from '#lib/fleets/fleets.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ FleetId: required(fleetIdOrArn) });

export const deleteFleet = operation(input, async ({ FleetId }, call) => {
  const fleetId = readFleetId(call.deployment, FleetId);
  if (fleetId === undefined) return noSuchFleet(FleetId);
  const outcome = await remove(call.table, fleetId, call.mayBeRetry);
  switch (outcome.kind) {
    case 'deleted':
      return answered({});
    case 'not-found':
      return noSuchFleet(FleetId);
    case 'has-sessions':
      return refused(
        'InvalidFleetStatusException',
        `Fleet ${FleetId} has game sessions that have not ended. DescribeGameSessions with the StatusFilter ACTIVE lists them; end them with TerminateGameSession.`,
      );
    case 'has-computes':
      return refused(
        'InvalidFleetStatusException',
        `Fleet ${FleetId} has computes that are registered. ListCompute lists them; take them out with DeregisterCompute.`,
      );
  }
});
