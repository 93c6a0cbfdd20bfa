import { refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { findCompute } from '#lib/fleets/computes.ts';
import { structure } from '#lib/wire/shapes.ts';

/** Where the process finds the certificate of its compute, as that was registered. */
export const getComputeCertificate = action(structure({}), async (_, call) => {
  const { fleetId, computeName } = call.process;
  const compute = await findCompute(call.table, fleetId, computeName);
  return compute === undefined
    ? refuse('noCompute', `Compute ${computeName} is not registered any more.`)
    : answered({ CertificatePath: compute.certificatePath, ComputeName: compute.name });
});
