import { findCompute } from '#lib/fleets/computes.ts';
import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { reviseProcess } from './revise-process.ts';

/** What a process says of itself when it is ready. */
export type Readiness = {
  /** Where it listens for players; undefined where it does not say. */
  readonly port: number | undefined;
  /** Names the request over its retries; undefined where it has no name. */
  readonly activatedBy: string | undefined;
};

export type ActivateProcessOutcome =
  | { readonly kind: 'activated' }
  | { readonly kind: 'ended' }
  /** It has been ready for long, and was heard on another connection: another run uses its name. */
  | { readonly kind: 'in-use' }
  /** Its compute is not registered any more. */
  | { readonly kind: 'no-compute' }
  | { readonly kind: 'not-found' }
  | Contended;

/**
 * A process is ready for a session. It gets none before its first heartbeat: what is sent right behind the answer to this is
 * lost in the server SDKs. Said again it changes nothing but what it says. A process that has sent a heartbeat has heard that it
 * is ready and does not say so again on another connection: whoever does is another run under the same name, which knows nothing
 * of the session that the process may have.
 *
 * Costs two reads and one write. The compute is read anew, so that the sessions of the process show where it stands now, and
 * so that no process of a compute gets ready that was taken out of its fleet since the process connected.
 */
export async function activateProcess(
  { table, now }: { readonly table: Table; readonly now: number },
  address: ProcessAddress,
  { fleetId, computeName }: Pick<ServerProcess, 'fleetId' | 'computeName'>,
  connectionId: string,
  readiness: Readiness,
): Promise<ActivateProcessOutcome> {
  const compute = await findCompute(table, fleetId, computeName);
  if (compute === undefined) return { kind: 'no-compute' };
  const { ipAddress, dnsName } = compute;
  const outcome = await reviseProcess<'ended' | 'in-use'>(table, address, (process) => {
    if (process.status === 'ENDED') return { kind: 'refuse', refusal: 'ended' };
    const isRetry = readiness.activatedBy !== undefined && readiness.activatedBy === process.activatedBy;
    const isOwn = isRetry || process.beatOn === connectionId;
    if (process.status === 'READY' && !isOwn) return { kind: 'refuse', refusal: 'in-use' };
    const status = process.status === 'INITIALIZED' ? 'ACTIVATED' : process.status;
    return { kind: 'become', process: { ...process, ...readiness, ipAddress, dnsName, status, beatAt: now } };
  });
  if (outcome.kind === 'revised') return { kind: 'activated' };
  return outcome.kind === 'refused' ? { kind: outcome.refusal } : outcome;
}
