import { creationLimitPolicy, readCreationLimit } from '#functions/gamelift/creation-limit.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchFleet } from '#functions/gamelift/refusals.ts';
import {
  anywhereConfiguration,
  fleetIdOrArn,
  metricGroups,
  nonEmptyString,
  protectionPolicy,
} from '#functions/gamelift/shapes.ts';
import { fleetArn, readFleetId } from '#functions/identifiers.ts';
import { updateFleet } from '#lib/fleets/fleets.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  Name: nonEmptyString,
  Description: nonEmptyString,
  NewGameSessionProtectionPolicy: protectionPolicy,
  ResourceCreationLimitPolicy: creationLimitPolicy,
  MetricGroups: metricGroups,
  AnywhereConfiguration: anywhereConfiguration,
});

/** Members that are left out stay as they are. An empty creation limit takes away the one that was there. */
export const updateFleetAttributes = operation(input, async (request, call) => {
  const policy =
    request.ResourceCreationLimitPolicy && readCreationLimit(request.ResourceCreationLimitPolicy);
  if (policy?.kind === 'refused') return policy;
  const fleetId = readFleetId(call.deployment, request.FleetId);
  if (fleetId === undefined) return noSuchFleet(request.FleetId);

  const outcome = await updateFleet(call.table, fleetId, {
    name: request.Name,
    description: request.Description,
    protectionPolicy: request.NewGameSessionProtectionPolicy,
    creationLimit: policy && (policy.limit ?? null),
    metricGroups: request.MetricGroups,
    cost: request.AnywhereConfiguration?.Cost,
  });
  switch (outcome.kind) {
    case 'updated':
      return answered({ FleetId: fleetId, FleetArn: fleetArn(call.deployment, fleetId) });
    case 'not-found':
      return noSuchFleet(request.FleetId);
  }
});
