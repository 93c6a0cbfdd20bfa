import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { ofTitle } from '#lib/rosters/find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from '#lib/rosters/ids.ts';
import { notAllowed, notFound, type Refused } from '#lib/rosters/refusals.ts';
import { isIn, readRosteredSession } from '#lib/rosters/rostered-session.ts';
import { someAtOnce } from '#lib/some-at-once.ts';
import { isThrottling, type StoredItem, sendDelete } from '#lib/table/client.ts';
import { keyOf } from '#lib/table/keys.ts';
import { dropThrough, removableThrough, removeMessage } from '#lib/table/message-requests.ts';
import { type Position, queryPage } from '#lib/table/reads.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { type MessageContext, messagesOf, queueOf } from './message.ts';

export type DropOutcome =
  | { readonly kind: 'dropped' }
  | Refused<'not-found' | 'not-allowed' | 'ended'>
  | Contended;

/** Players come and go, and others drop messages, while a drop is on its way; hardly more often than this. */
const maximumTries = 20;

/**
 * Messages that one drop removes at most. With 16 KiB each they cost 1,700 WCU, in the partition that posts go to, which takes
 * 1,000 a second: a post that is throttled there leaves a hole, and readers wait at it.
 */
export const maximumRemovals = 100;

const removedAtOnce = 5;

/**
 * How long a number that was given up stays so, milliseconds: longer than any function runs. The writer of the number, who
 * may only be slow, would else find it free, and take its message for posted.
 */
export const voidRetention = 60 * 60 * 1_000;

/**
 * Drops the messages of a queue up to a number, as far as there are any. Doing it again does no harm.
 *
 * One write of the session takes them all out of sight at once. After it up to 100 are removed, the oldest first, each for
 * as many WCU as it was written for; a drop of nothing costs that write and a query. When the process dies in between, or
 * there are more, the next drop of the queue goes on with the oldest; until then they are there and nobody sees them.
 *
 * @param wanted `through` is the last number to be dropped
 */
export async function drop(
  context: MessageContext,
  address: SessionAddress,
  caller: Caller,
  { queueIndex, through }: { readonly queueIndex: number; readonly through: number },
): Promise<DropOutcome> {
  const queue = { sessionKey: rosterKeyOf(address.sessionId), titleId: address.titleId, queueIndex };
  const dropper = caller.kind === 'player' ? tokenOf(caller.xuid) : undefined;
  const stepTo = (number: number): Step<Marking> => ({
    kind: 'write',
    request: dropThrough(queue, number, dropper, context.clock()),
    written: (item) => settled({ kind: 'marked', stored: parseRosteredItem(item) }),
  });
  const next = (item: StoredItem | undefined, mayBeDone: boolean): Step<Marking> => {
    const stored = ofTitle(address.titleId, item);
    if (stored === undefined) return settled(notFound);
    const { last, droppedThrough } = queueOf(stored, queueIndex);
    const number = Math.min(through, last);
    // By a try of this very request, whose answer was lost: the session may have ended since.
    if (mayBeDone && droppedThrough >= number) return settled({ kind: 'marked', stored });
    const session = readRosteredSession(stored, context.clock());
    if (caller.kind === 'player' && !isIn(session, caller.xuid)) {
      return settled(notAllowed('Messages are dropped by players who are in the session.'));
    }
    if (session.hasEnded) return settled({ kind: 'ended', session });
    return number > droppedThrough ? stepTo(number) : settled({ kind: 'marked', stored });
  };
  const marking = await writeInTurns(context.table, stepTo(through), next, maximumTries);
  if (marking.kind !== 'marked') return marking;
  await removeDropped(context, marking.stored, queueIndex);
  return { kind: 'dropped' };
}

type Marking =
  | { readonly kind: 'marked'; readonly stored: StoredRoster }
  | Exclude<DropOutcome, Contended | { readonly kind: 'dropped' }>;

async function removeDropped(
  { table, clock }: MessageContext,
  stored: StoredRoster,
  queueIndex: number,
): Promise<void> {
  const { droppedThrough } = queueOf(stored, queueIndex);
  const removable = removableThrough(messagesOf(stored, queueIndex), droppedThrough, clock() - voidRetention);
  let room = maximumRemovals;
  let position: Position | undefined;
  try {
    do {
      const page = await queryPage(table, removable, { limit: room, position });
      await someAtOnce(removedAtOnce, page.items, async (item) => {
        await sendDelete(table, removeMessage(keyOf(item)));
      });
      room -= page.items.length;
      position = page.next;
    } while (position !== undefined && room > 0);
  } catch (error) {
    // They are out of sight, and that is what was asked for: the next drop goes on.
    if (!isThrottling(error)) throw error;
  }
}
