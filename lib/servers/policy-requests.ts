import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { reviseProcess } from './revise-process.ts';

/**
 * Requests remembered for each process: the SDKs send one again for two minutes at most, five times, and games change their
 * policy far more seldom than that.
 */
const mostRequests = 8;

/**
 * Remembers that a request was carried out, by a short name: a heartbeat writes the item anew, with all that is in it. Where too
 * many change the process at once it is not remembered, and sent again it is carried out once more.
 */
export async function rememberPolicyRequest(
  table: Table,
  address: ProcessAddress,
  request: string,
): Promise<void> {
  await reviseProcess(table, address, (process) => ({
    kind: 'become',
    process: {
      ...process,
      policyRequests: [...(process.policyRequests ?? []), request].slice(-mostRequests),
    },
  }));
}
