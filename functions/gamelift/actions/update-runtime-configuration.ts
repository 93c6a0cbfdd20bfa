import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchFleet } from '#functions/gamelift/refusals.ts';
import { readActivationSeconds, runtimeConfiguration } from '#functions/gamelift/runtime-configuration.ts';
import { fleetIdOrArn } from '#functions/gamelift/shapes.ts';
import { spellRuntimeConfiguration } from '#functions/gamelift/spell.ts';
import { readFleetId } from '#functions/identifiers.ts';
import { updateFleet } from '#lib/fleets/fleets.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  FleetId: required(fleetIdOrArn),
  RuntimeConfiguration: required(runtimeConfiguration),
});

/** Sessions that are ACTIVATING keep the time that they began with. An empty configuration changes nothing. */
export const updateRuntimeConfiguration = operation(input, async (request, call) => {
  const activation = readActivationSeconds(request.RuntimeConfiguration);
  if (activation.kind === 'refused') return activation;
  const fleetId = readFleetId(call.deployment, request.FleetId);
  if (fleetId === undefined) return noSuchFleet(request.FleetId);

  const outcome = await updateFleet(call.table, fleetId, { activationSeconds: activation.seconds });
  switch (outcome.kind) {
    case 'updated':
      return answered({ RuntimeConfiguration: spellRuntimeConfiguration(outcome.fleet) });
    case 'not-found':
      return noSuchFleet(request.FleetId);
  }
});
