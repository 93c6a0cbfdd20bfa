import type { Table } from '#lib/table/client.ts';
import { processesIn } from '#lib/table/process-requests.ts';
import { type Position, queryPage } from '#lib/table/reads.ts';
import { hostingOf } from './server-process.ts';

/** How many server processes of a fleet are ready in a location, as of a moment ago: half a read unit for about 30. */
export async function countProcesses(
  table: Table,
  where: { readonly fleetId: string; readonly location: string },
): Promise<number> {
  let count = 0;
  let position: Position | undefined;
  do {
    const page = await queryPage(table, processesIn(hostingOf(where)), { position });
    count += page.items.length;
    position = page.next;
  } while (position !== undefined);
  return count;
}
