import { rosterKeyOf } from '#lib/rosters/ids.ts';
import type { Table } from '#lib/table/client.ts';
import { historyKeyOf } from '#lib/table/keys.ts';
import type { Messages } from '#lib/table/message-requests.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';

/** A message as readers get it. */
export type Message = {
  readonly queueIndex: number;
  /** From 1. Greater than that of each message before it in the same queue; there can be gaps. */
  readonly number: number;
  /** The sender's xuid. */
  readonly sender: string;
  /** Epoch milliseconds, by the clock of the service. */
  readonly at: number;
  readonly data: Uint8Array;
};

export type MessageContext = {
  readonly table: Table;
  /** Epoch milliseconds. Asked anew for each step, since a reader may wait for seconds. */
  readonly clock: () => number;
};

/** A queue of a session as it was read. */
export type QueueSeen = StoredRoster['queues'][number];

export function queueOf({ queues }: StoredRoster, queueIndex: number): QueueSeen {
  const queue = queues[queueIndex];
  if (queue === undefined) throw new Error(`A session has no queue ${queueIndex}`);
  return queue;
}

/**
 * Where the messages of a session are. Its id can come again: an idempotency key that is used once more after the session
 * is gone makes another one of the same id, and nobody there is shown what was said before. Hence the time.
 */
export const messagesOf = ({ sessionId, ledger }: StoredRoster, queueIndex: number): Messages => ({
  historyKey: historyKeyOf(rosterKeyOf(sessionId), ledger.createdAt),
  queueIndex,
});
