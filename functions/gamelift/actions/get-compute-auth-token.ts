import { namedCompute, noSuchCompute, readNamedCompute } from '#functions/gamelift/named-compute.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { contended } from '#functions/gamelift/refusals.ts';
import { computeArn, fleetArn } from '#functions/identifiers.ts';
import { computeToken } from '#lib/fleets/compute-tokens.ts';

export const getComputeAuthToken = operation(namedCompute, async (request, call) => {
  const named = readNamedCompute(call.deployment, request);
  if (named === undefined) return noSuchCompute(request);
  const { fleetId, name } = named;

  const outcome = await computeToken(call, fleetId, name);
  switch (outcome.kind) {
    case 'token':
      return answered({
        FleetId: fleetId,
        FleetArn: fleetArn(call.deployment, fleetId),
        ComputeName: name,
        ComputeArn: computeArn(call.deployment, name),
        AuthToken: outcome.value,
        ExpirationTimestamp: new Date(outcome.expiresAt),
      });
    case 'not-found':
      return noSuchCompute(request);
    case 'contended':
      return contended(request.ComputeName);
  }
});
