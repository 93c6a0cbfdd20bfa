import { partitionPrefixes } from '#lib/table/keys.ts';
import { anyOf, type TableUse } from './session-table.ts';

const { session, players, roster, messages, remains } = partitionPrefixes;

/**
 * What it takes to remove all that belonged to a session that is gone, to leave what is too much for one call, and to change
 * sessions that are still there.
 *
 * A session's payload and its data are deleted, and never its session item: time to live alone does that. IAM cannot tell
 * them apart, since it sees partition keys and no sort keys.
 */
export const removal: Pick<TableUse, 'puts' | 'updates' | 'deletes'> = {
  puts: [anyOf(remains)],
  updates: [anyOf(session)],
  deletes: [session, players, roster, messages].map(anyOf),
};
