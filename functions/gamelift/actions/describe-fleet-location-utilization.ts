import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchFleet, notInFleet, tooManySessions } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn, locationString } from '#functions/gamelift/shapes.ts';
import { fleetArn } from '#functions/identifiers.ts';
import { countProcesses } from '#lib/servers/count-processes.ts';
import { countUtilization } from '#lib/sessions/utilization.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Location: required(locationString),
});

/** Counts what the sessions hold, and the server processes that are ready, with a session or without. */
export const describeFleetLocationUtilization = operation(input, async ({ FleetId, Location }, call) => {
  const fleet = await findNamedFleet(call, FleetId);
  if (fleet === undefined) return noSuchFleet(FleetId);
  if (!fleet.locations.includes(Location)) return notInFleet(FleetId, [Location]);
  const { fleetId } = fleet;
  const utilization = await countUtilization(call, { fleetId, location: Location });
  if (utilization.kind === 'too-many') return tooManySessions(fleetId, 'be counted in one request');
  return answered({
    FleetUtilization: {
      FleetId: fleetId,
      FleetArn: fleetArn(call.deployment, fleetId),
      ActiveServerProcessCount: await countProcesses(call.table, { fleetId, location: Location }),
      ActiveGameSessionCount: utilization.sessions,
      CurrentPlayerSessionCount: utilization.heldSlots,
      MaximumPlayerSessionCount: utilization.slots,
      Location,
    },
  });
});
