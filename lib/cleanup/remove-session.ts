import { rosterKeyLength } from '#lib/rosters/ids.ts';
import { someAtOnce } from '#lib/some-at-once.ts';
import { deleteItem } from '#lib/table/change-item.ts';
import { type DeleteRequest, isThrottling, sendDelete, sendPut, type Table } from '#lib/table/client.ts';
import { historyKeyOf, type ItemKey, keyOf } from '#lib/table/keys.ts';
import { type Position, type QueryRequest, queryPage } from '#lib/table/reads.ts';
import { putRemains, type Remains } from '#lib/table/remains-item.ts';
import {
  entriesOfQueue,
  playersBefore,
  removeRosterRecord,
  rosterRecordsBefore,
} from '#lib/table/removal-requests.ts';
import { queueCount } from '#lib/table/rostered-requests.ts';
import { removeData, removePayload } from '#lib/table/session-requests.ts';

/** How many items of a session one call removes where nobody says otherwise: with these it takes about a second. */
export const usualBudget = 500;

/** As with messages that are dropped: what removes them must not throttle those who write. */
const removedAtOnce = 5;

export type Removal = {
  /** `partly` where there may be more: the sweep goes on with it. */
  readonly kind: 'removed' | 'partly';
  /** How many items this call has removed. */
  readonly items: number;
};

/**
 * Removes what belonged to a session whose own item is gone: players, messages, data, payload. Its name can be used again by
 * then, and nothing of the session that has it now is touched. Doing it again does no harm, nor do several at once.
 *
 * Costs a query for each kind of what there may be (a read unit for each 4 KB), and for each item as many write units as it
 * was written for; the data and the payload of a GameLift session are asked for by a write of their own. What is more than
 * the budget is left to the sweep by an item that tells of the remains, and so is the rest when DynamoDB throttles. Where the
 * process dies in between, whoever has called it does so again.
 *
 * @param gone `removedAfter` is the time from which on the session's item was to be removed, epoch milliseconds: whatever
 *   was created later is of another session
 * @param budget how many items it removes at most
 */
export async function removeSession(
  { table, now }: { readonly table: Table; readonly now: number },
  gone: Remains,
  budget: number = usualBudget,
): Promise<Removal> {
  let items = 0;
  let room = budget;
  const remove = async (request: DeleteRequest) => {
    room--;
    const { kind } = await sendDelete(table, request);
    if (kind === 'written') items++;
  };
  const removeFound = async (part: Part) => {
    let position: Position | undefined;
    do {
      const page = await queryPage(table, part.query, { limit: room, position });
      await someAtOnce(removedAtOnce, page.items, (item) => remove(part.remove(keyOf(item))));
      position = page.next;
    } while (position !== undefined && room > 0);
  };

  try {
    for (const part of partsOf(gone)) if (room > 0) await removeFound(part);
    for (const request of singleItemsOf(gone)) if (room > 0) await remove(request);
  } catch (error) {
    if (!isThrottling(error)) throw error;
    room = 0;
  }
  // It may have come to its end with the last item that it could remove: whoever goes on finds nothing more.
  if (room > 0) return { kind: 'removed', items };
  await sendPut(table, putRemains(gone, now));
  return { kind: 'partly', items };
}

type Part = { readonly query: QueryRequest; readonly remove: (key: ItemKey) => DeleteRequest };

/** Keys of the two kinds of sessions differ in their lengths, so that none can be taken for the other. */
const hasRoster = ({ sessionKey }: Remains): boolean => sessionKey.length === rosterKeyLength;

function partsOf(gone: Remains): readonly Part[] {
  const { sessionKey, createdAt, removedAfter } = gone;
  if (!hasRoster(gone)) return [{ query: playersBefore(sessionKey, removedAfter), remove: deleteItem }];
  const historyKey = historyKeyOf(sessionKey, createdAt);
  const queues = Array.from({ length: queueCount }, (_, queueIndex) => ({
    query: entriesOfQueue(historyKey, queueIndex),
    remove: deleteItem,
  }));
  const records: Part = {
    query: rosterRecordsBefore(sessionKey, removedAfter),
    // A player has one record in all sessions of this key.
    remove: (key) => removeRosterRecord(key, removedAfter),
  };
  return [...queues, records];
}

const singleItemsOf = (gone: Remains): readonly DeleteRequest[] =>
  hasRoster(gone)
    ? []
    : [removeData(gone.sessionKey, gone.createdAt), removePayload(gone.sessionKey, gone.createdAt)];
