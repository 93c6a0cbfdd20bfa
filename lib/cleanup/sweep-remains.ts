import { sendDelete } from '#lib/table/client.ts';
import { remainsItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parseRemainsItem, removeRemains } from '#lib/table/remains-item.ts';
import { removeSession } from './remove-session.ts';
import { type EntryContext, nothingSwept, type Swept } from './swept.ts';

/**
 * Goes on removing what belonged to a session that is gone. What is too much for this run too is moved to the end of what
 * is due; nothing is lost where the process dies, since the entry goes last.
 */
export async function sweepRemains(
  { table, now, removals }: EntryContext,
  sessionKey: string,
  createdAt: number,
): Promise<Swept> {
  const item = await getItem(table, remainsItemKey(sessionKey, createdAt));
  if (item === undefined) return nothingSwept;
  const remains = parseRemainsItem(item);
  const { kind, items } = await removeSession({ table, now }, remains, removals);
  if (kind === 'partly') return { ...nothingSwept, itemsRemoved: items, isLeft: true };
  await sendDelete(table, removeRemains(remains));
  return { ...nothingSwept, itemsRemoved: items };
}
