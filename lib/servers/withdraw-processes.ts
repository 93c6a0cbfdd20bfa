import type { EndContext } from '#lib/sessions/end.ts';
import { keyOf, type ProcessAddress, processAddressIn } from '#lib/table/keys.ts';
import { parseProcessItem } from '#lib/table/process-item.ts';
import { processesOfCompute } from '#lib/table/process-requests.ts';
import { type Position, queryPage } from '#lib/table/reads.ts';
import { askToEnd } from './owed.ts';
import { computeKeyOf } from './process-address.ts';

/**
 * Asks the processes of a compute that host no session to end: nobody gets them any more. Those that host one go on until it
 * is over.
 *
 * Costs a query, and a read and a write for each process. Done again it asks nobody twice, so that what somebody has left
 * undone who died is done by the next call.
 *
 * @returns the processes that are to be told
 */
export async function withdrawProcesses(
  { table, now }: EndContext,
  { fleetId, computeName }: { readonly fleetId: string; readonly computeName: string },
): Promise<readonly ProcessAddress[]> {
  const asked: ProcessAddress[] = [];
  let position: Position | undefined;
  do {
    const page = await queryPage(table, processesOfCompute(computeKeyOf(fleetId, computeName)), { position });
    for (const item of page.items) {
      const { status, sessionKey } = parseProcessItem(item);
      const address = processAddressIn(keyOf(item));
      const isIdle = status !== 'ENDED' && sessionKey === undefined;
      if (isIdle && (await askToEnd({ table, now }, address, undefined))) asked.push(address);
    }
    position = page.next;
  } while (position !== undefined);
  return asked;
}
