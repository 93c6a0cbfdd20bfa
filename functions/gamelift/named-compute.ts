import { type Deployment, readComputeName, readFleetId } from '#functions/identifiers.ts';
import { required, structure } from '#lib/wire/shapes.ts';
import { type Refused, refused } from './operation.ts';
import { computeNameOrArn, fleetIdOrArn } from './shapes.ts';

/** The input of what is asked about one compute. */
export const namedCompute = structure({
  FleetId: required(fleetIdOrArn),
  ComputeName: required(computeNameOrArn),
});

type Named = { readonly FleetId: string; readonly ComputeName: string };

/** Where a compute would be kept, named by ids or ARNs; undefined where this deployment can have none of that name. */
export function readNamedCompute(
  deployment: Deployment,
  { FleetId, ComputeName }: Named,
): { readonly fleetId: string; readonly name: string } | undefined {
  const fleetId = readFleetId(deployment, FleetId);
  const name = readComputeName(deployment, ComputeName);
  return fleetId === undefined || name === undefined ? undefined : { fleetId, name };
}

export const noSuchCompute = ({ FleetId, ComputeName }: Named): Refused =>
  refused('NotFoundException', `Compute ${ComputeName} was not found in fleet ${FleetId}.`);
