import type { UpdateRequest } from './client.ts';
import { dueShard, payloadItemKey, sessionItemKey } from './keys.ts';
import { type LedgerExpression, ledgerExpression } from './ledger-expression.ts';
import type { QueryRequest } from './reads.ts';
import { indexes } from './schema.ts';
import type { SeenSeat } from './seat-requests.ts';
import { isKeptSeat } from './session-item.ts';

const due = indexes.sessionsDue;

/** The keys of one shard of what the sweep has to look at by now, epoch milliseconds, the longest overdue first. */
export const dueInShard = (shard: number, now: number): QueryRequest => ({
  IndexName: due.name,
  KeyConditionExpression: '#l = :shard AND #dt <= :now',
  ExpressionAttributeNames: { '#l': due.partitionKey, '#dt': due.sortKey },
  ExpressionAttributeValues: { ':shard': String(shard), ':now': String(now) },
});

/** What the sweep does to a session at which it has looked. */
export type Freeing = {
  /** How many events the session had when it was read. */
  readonly version: number;
  /** Seats that had lapsed by then, at most as many as one write can be conditional on (`maximumReclaimed`). */
  readonly lapsed: readonly SeenSeat[];
  /** When to look at it again, epoch milliseconds; undefined where nothing in it can lapse. */
  readonly lookAt: number | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
};

/**
 * Frees the slots of lapsed seats in a session that is as it was read, and says when the sweep is to look at it again. The
 * write gives back the whole item.
 */
export function freeLapsed(sessionKey: string, { version, lapsed, lookAt, now }: Freeing): UpdateRequest {
  const e = ledgerExpression();
  // Whoever has reserved since may hold a seat that lapses before `lookAt`, and has left the entry as it was.
  e.when(`attribute_not_exists(${e.name('end')})`, `v = ${e.value('version', version)}`);
  e.when(...lapsed.map(({ token, value }, i) => `${e.seat(token)} = ${e.value(`seen${i}`, value)}`));
  if (lapsed.length > 0) {
    const open = e.name('open');
    e.count(lapsed.filter(({ token }) => !isKeptSeat(token)).length, now);
    e.set(`${open} = ${open} + ${e.value('freed', lapsed.length)}`);
    e.remove(...lapsed.map(({ token }) => e.seat(token)));
  }
  setLook(e, sessionKey, lookAt);
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** Takes a session that has ended out of what the sweep looks at. */
export function forgetEnded(sessionKey: string): UpdateRequest {
  const e = ledgerExpression();
  e.when(`attribute_exists(${e.name('end')})`);
  setLook(e, sessionKey, undefined);
  return { Key: sessionItemKey(sessionKey), ...e.finish() };
}

/** Says when the sweep is to look at a session as a whole again, where nobody has said so since it was read. */
export function moveLook(
  sessionKey: string,
  move: {
    /** When the payload was created, epoch milliseconds: there may be another one of that name by now. */
    readonly createdAt: number;
    readonly seenLookAt: number;
    /** Epoch milliseconds; undefined for never. */
    readonly lookAt: number | undefined;
  },
): UpdateRequest {
  const e = ledgerExpression();
  e.when(
    `createdAt = ${e.value('createdAt', move.createdAt)}`,
    `${e.name(due.sortKey)} = ${e.value('seen', String(move.seenLookAt))}`,
  );
  setLook(e, sessionKey, move.lookAt);
  return { Key: payloadItemKey(sessionKey), ...e.finish() };
}

function setLook(e: LedgerExpression, sessionKey: string, lookAt: number | undefined): void {
  const [shard, at] = [e.name(due.partitionKey), e.name(due.sortKey)];
  if (lookAt === undefined) e.remove(shard, at);
  else
    e.set(
      `${shard} = ${e.value('shard', dueShard(sessionKey))}`,
      `${at} = ${e.value('lookAt', String(lookAt))}`,
    );
}
