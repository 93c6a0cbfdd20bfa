import { findRoster, ofTitle } from '#lib/rosters/find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from '#lib/rosters/ids.ts';
import { notAllowed, notFound, type Refused } from '#lib/rosters/refusals.ts';
import { isIn, type RosteredSession, readRosteredSession } from '#lib/rosters/rostered-session.ts';
import { shortHash, tokenLength } from '#lib/sessions/ids.ts';
import { sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { parseQueueEntry } from '#lib/table/message-item.ts';
import { type NewMessage, type NumberWanted, putMessage, takeNumber } from '#lib/table/message-requests.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { type Message, type MessageContext, messagesOf, queueOf } from './message.ts';
import { readStretch } from './read-stretch.ts';

/** A message to be appended to a queue. */
export type Posting = {
  readonly queueIndex: number;
  /** The sender's xuid. */
  readonly sender: string;
  readonly data: Uint8Array;
  /** The last number that the sender has seen, 0 for none, where no other message may come before this one. */
  readonly mustFollow: number | undefined;
};

export type PostOutcome =
  | { readonly kind: 'posted'; readonly message: Message }
  /** There is a message behind the one that it must follow, or somebody is writing one. */
  | { readonly kind: 'other-first'; readonly session: RosteredSession }
  /** It must follow a number that the queue has not got to. */
  | { readonly kind: 'not-given-yet'; readonly last: number }
  | Refused<'not-found' | 'not-allowed' | 'ended'>
  | Contended;

export type PostContext = MessageContext & {
  /** Another one for every request. */
  readonly requestId: string;
};

/** Hardly ever more than one: others are in the way only where readers have given up a number of this very request. */
const maximumTries = 20;

/**
 * Appends a message to a queue of its session. Costs two calls: a write of the session, which gives out the number, and a
 * put of the message (1 WCU for each KB). Nothing is read, unless the message must follow another and does not.
 *
 * Whoever dies between the two writes has posted nothing and leaves a number without a message. Readers stop in front of
 * it for a few seconds and then give it up (`readStretch`). A put whose answer is lost may be carried out all the same:
 * the caller is told of the failure, and readers see the message.
 */
export async function post(
  context: PostContext,
  address: SessionAddress,
  posting: Posting,
): Promise<PostOutcome> {
  const { table, clock, requestId } = context;
  let follows = posting.mustFollow;
  let givenUp = 0;
  for (let tries = 0; tries < maximumTries; tries++) {
    const claim = claimOf(requestId, givenUp);
    const wanted = { claim, at: clock(), follows };
    const taking = await takeNext(context, address, posting, wanted);
    switch (taking.kind) {
      case 'taken': {
        const writing = await write(table, taking.stored, posting, claim);
        if (writing.kind !== 'given-up') return writing;
        givenUp++;
        break;
      }
      case 'again':
        follows = taking.follows;
        break;
      default:
        return taking;
    }
  }
  return { kind: 'contended' };
}

/** Names each number that a request is given: the session item pays for every character. */
const claimOf = (requestId: string, givenUp: number): string =>
  shortHash(`${requestId}\n${givenUp}`, tokenLength);

type Taking =
  | { readonly kind: 'taken'; readonly stored: StoredRoster }
  /** Behind a number that comes later, since nothing came of those in between. */
  | { readonly kind: 'again'; readonly follows: number | undefined }
  | Exclude<PostOutcome, Contended | { readonly kind: 'posted' }>;

async function takeNext(
  context: MessageContext,
  address: SessionAddress,
  { queueIndex, sender, mustFollow }: Posting,
  wanted: Pick<NumberWanted, 'claim' | 'at' | 'follows'>,
): Promise<Taking> {
  const sessionKey = rosterKeyOf(address.sessionId);
  const { titleId } = address;
  const token = tokenOf(sender);
  const request = takeNumber({ sessionKey, titleId, queueIndex, token, ...wanted });
  const write = await sendUpdate(context.table, request);
  if (write.kind === 'written') return { kind: 'taken', stored: parseRosteredItem(write.attributes ?? {}) };

  const stored = ofTitle(titleId, write.image);
  if (stored === undefined) return notFound;
  const queue = queueOf(stored, queueIndex);
  // The answer to an earlier try was lost: the number is this one's.
  if (queue.givenTo === wanted.claim) return { kind: 'taken', stored };
  const session = readRosteredSession(stored, wanted.at);
  if (!isIn(session, sender)) return notAllowed('Messages are posted by players who are in the session.');
  if (session.hasEnded) return { kind: 'ended', session };
  if (mustFollow === undefined || wanted.follows === undefined) return { kind: 'again', follows: undefined };

  if (mustFollow > queue.last) return { kind: 'not-given-yet', last: queue.last };
  const { messages, through } = await readStretch(context, stored, {
    queueIndex,
    after: wanted.follows,
    limit: 1,
  });
  const isFollowed = messages.length > 0 || through < queue.last;
  return isFollowed ? { kind: 'other-first', session } : { kind: 'again', follows: through };
}

type Writing =
  | { readonly kind: 'posted'; readonly message: Message }
  /** Readers have given up the number: the message is nowhere. */
  | { readonly kind: 'given-up' }
  /** It cannot be told whether the message was there for a while. */
  | Contended;

/** Writes the message under the number taken. */
async function write(
  table: Table,
  stored: StoredRoster,
  { queueIndex, sender, data }: Posting,
  claim: string,
): Promise<Writing> {
  const { last: number, givenAt: at } = queueOf(stored, queueIndex);
  const message: NewMessage = { number, sender, at, data, claim };
  const put = await sendPut(table, putMessage(messagesOf(stored, queueIndex), message));
  const posted = { kind: 'posted', message: { queueIndex, number, sender, at, data } } as const;
  if (put.kind === 'written') return posted;
  const inTheWay = put.image && parseQueueEntry(put.image);
  if (inTheWay?.kind === 'message' && inTheWay.claim === claim) return posted;

  // The answer to an earlier try was lost. Where the number was dropped since, that try may have been carried out, and what it
  // wrote removed: the message would come twice.
  const latest = put.mayBeDone ? await findRoster(table, stored) : undefined;
  const isDropped = latest !== undefined && queueOf(latest, queueIndex).droppedThrough >= number;
  return { kind: isDropped ? 'contended' : 'given-up' };
}
