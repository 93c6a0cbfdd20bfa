import { findFleetOf } from '#functions/gamelift/find-fleet.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { aliasIdOrArn } from '#functions/gamelift/shapes.ts';
import { fleetArn } from '#functions/identifiers.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ AliasId: required(aliasIdOrArn) });

export const resolveAlias = operation(input, async (request, call) => {
  const found = await findFleetOf(call, request);
  if (found.kind === 'refused') return found;
  const { fleetId } = found.fleet;
  return answered({ FleetId: fleetId, FleetArn: fleetArn(call.deployment, fleetId) });
});
