import { findNamedFleet } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchFleet } from '#functions/gamelift/refusals.ts';
import { fleetIdOrArn } from '#functions/gamelift/shapes.ts';
import { spellRuntimeConfiguration } from '#functions/gamelift/spell.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ FleetId: required(fleetIdOrArn) });

export const describeRuntimeConfiguration = operation(input, async ({ FleetId }, call) => {
  const fleet = await findNamedFleet(call, FleetId);
  return fleet ? answered({ RuntimeConfiguration: spellRuntimeConfiguration(fleet) }) : noSuchFleet(FleetId);
});
