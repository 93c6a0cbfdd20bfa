import { findRoster } from '#lib/rosters/find.ts';
import { sendPut } from '#lib/table/client.ts';
import { parseQueueEntry, type QueueEntry } from '#lib/table/message-item.ts';
import { type Messages, messagesAfter, putVoid } from '#lib/table/message-requests.ts';
import { queryPage } from '#lib/table/reads.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { type Message, type MessageContext, messagesOf, type QueueSeen, queueOf } from './message.ts';

/**
 * How long a number may wait for its message before readers give it up, milliseconds: some hundred times what a writer
 * takes. Nothing goes wrong with one that takes longer, who gets another number.
 */
export const graceTime = 5_000;

/** Numbers that are given up at a time. */
const givenUpAtOnce = 25;

/** What readers may be shown of a queue. */
export type Stretch = {
  readonly messages: readonly Message[];
  /** Whatever there will ever be up to this number is among the messages, or came before them. */
  readonly through: number;
};

/**
 * Reads a queue on, from a number that the reader has got to. Each message is shown after all that have smaller numbers,
 * also where those are written later: a reader who goes on from the last number seen misses none.
 *
 * A number without an item is a hole. Its message may be on its way, so the stretch ends there; or its writer has died, or
 * been refused the second write. Once the grace time is over the reader gives such a number up, by an item that is in
 * the way of a writer who comes too late after all. Of the two writes one wins, and all readers see the same one.
 *
 * Costs one query for up to 1 MB of messages; none where the session shows that there are no more. A number that is
 * given up costs a read of the session, a put (1 WCU) and a query more.
 *
 * @param stored the session as the caller has just read it
 * @param limit of messages
 */
export async function readStretch(
  context: MessageContext,
  stored: StoredRoster,
  {
    queueIndex,
    after,
    limit,
  }: { readonly queueIndex: number; readonly after: number; readonly limit: number },
): Promise<Stretch> {
  const source = messagesOf(stored, queueIndex);
  let queue = queueOf(stored, queueIndex);
  let through = Math.max(after, queue.droppedThrough);
  let messages: readonly Message[] = [];
  const isEnough = () => through >= queue.last || messages.length >= limit;
  while (!isEnough()) {
    const rest = messagesAfter(source, through);
    const page = await queryPage(context.table, rest, { limit: limit - messages.length });
    const entries = page.items.map(parseQueueEntry);
    const unbroken = entries.slice(0, lengthWithoutHole(entries, through));
    messages = [...messages, ...unbroken.flatMap((entry) => toMessage(queueIndex, entry))];
    through += unbroken.length;
    const behind = entries[unbroken.length];
    const goesOn = behind === undefined && page.next !== undefined;
    if (goesOn || isEnough()) continue;

    const latest = await fillHole(context, stored, queue, { queueIndex, first: through + 1, behind });
    // Somebody may be writing: what is in front of the hole is all that can be shown.
    if (latest === undefined) break;
    queue = latest;
    through = Math.max(through, latest.droppedThrough);
    messages = messages.filter(({ number }) => number > latest.droppedThrough);
  }
  return { messages, through };
}

/** A number without an item, and what comes behind it. */
type Hole = {
  readonly queueIndex: number;
  readonly first: number;
  readonly behind: QueueEntry | undefined;
};

/** Closes a hole whose writers have had their time: the queue as it is by then, or undefined where they have not. */
async function fillHole(
  context: MessageContext,
  stored: StoredRoster,
  seen: QueueSeen,
  { queueIndex, first, behind }: Hole,
): Promise<QueueSeen | undefined> {
  const { table, clock } = context;
  if (!isGraceOver(behind, seen.givenAt, clock())) return undefined;
  // It may be a hole because messages were dropped, and removed: then the session shows that by now.
  const latest = await findRoster(table, stored);
  if (latest === undefined) return undefined;
  const queue = queueOf(latest, queueIndex);
  if (queue.droppedThrough < first && isGraceOver(behind, queue.givenAt, clock())) {
    await giveUp(context, messagesOf(stored, queueIndex), first, (behind?.number ?? queue.last + 1) - 1);
  }
  return queue;
}

/** How many of the entries follow a number without a hole. */
function lengthWithoutHole(entries: readonly QueueEntry[], through: number): number {
  const hole = entries.findIndex(({ number }, i) => number !== through + 1 + i);
  return hole === -1 ? entries.length : hole;
}

/**
 * Whether the writers of a hole have had their time. Their numbers were given out before that of the entry behind it, and not
 * later than the queue's last one.
 */
const isGraceOver = (behind: QueueEntry | undefined, lastGivenAt: number, now: number): boolean =>
  now - (behind?.at ?? lastGivenAt) > graceTime;

/** Whichever number has got its message by now keeps it. */
async function giveUp(
  { table, clock }: MessageContext,
  source: Messages,
  first: number,
  last: number,
): Promise<void> {
  const count = Math.min(last - first + 1, givenUpAtOnce);
  await Promise.all(
    Array.from({ length: count }, (_, i) => sendPut(table, putVoid(source, first + i, clock()))),
  );
}

function toMessage(queueIndex: number, entry: QueueEntry): readonly Message[] {
  if (entry.kind === 'void') return [];
  const { number, sender, at, data } = entry;
  return [{ queueIndex, number, sender, at, data }];
}
