import { namedCompute, noSuchCompute, readNamedCompute } from '#functions/gamelift/named-compute.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { spellCompute } from '#functions/gamelift/spell.ts';
import { findCompute } from '#lib/fleets/computes.ts';

export const describeCompute = operation(namedCompute, async (request, call) => {
  const named = readNamedCompute(call.deployment, request);
  const compute = named && (await findCompute(call.table, named.fleetId, named.name));
  return compute ? answered({ Compute: spellCompute(call, compute) }) : noSuchCompute(request);
});
