import type { Table } from '#lib/table/client.ts';
import { type ProcessAddress, processItemKey } from '#lib/table/keys.ts';
import { parseProcessItem, type ServerProcess } from '#lib/table/process-item.ts';
import { getItem } from '#lib/table/reads.ts';

/** A server process as it is: one read. */
export async function findProcess(table: Table, address: ProcessAddress): Promise<ServerProcess | undefined> {
  const item = await getItem(table, processItemKey(address));
  return item && parseProcessItem(item);
}
