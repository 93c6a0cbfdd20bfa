import { namedCompute, noSuchCompute, readNamedCompute } from '#functions/gamelift/named-compute.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { deregisterCompute as deregister } from '#lib/fleets/computes.ts';
import { withdrawProcesses } from '#lib/servers/withdraw-processes.ts';

export const deregisterCompute = operation(namedCompute, async (request, call) => {
  const named = readNamedCompute(call.deployment, request);
  if (named === undefined) return noSuchCompute(request);

  const outcome = await deregister(call.table, named.fleetId, named.name, call.mayBeRetry);
  // Also where there was none: somebody who has taken it out may have died before this.
  const asked = await withdrawProcesses(call, { fleetId: named.fleetId, computeName: named.name });
  for (const address of asked) await tellOwed(call, address);
  switch (outcome.kind) {
    case 'deleted':
      return answered({});
    case 'not-found':
      return noSuchCompute(request);
  }
});
