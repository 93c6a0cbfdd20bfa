import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { reviseProcess } from './revise-process.ts';

/**
 * Requests remembered for each process: the SDKs send one again for two minutes at most, five times, and games change their
 * policy far more seldom than that.
 */
const mostRequests = 16;

/** Remembers that a request was carried out. */
export async function rememberPolicyRequest(
  table: Table,
  address: ProcessAddress,
  requestId: string,
): Promise<void> {
  await reviseProcess(table, address, (process) => ({
    kind: 'become',
    process: {
      ...process,
      policyRequests: [...(process.policyRequests ?? []), requestId].slice(-mostRequests),
    },
  }));
}
