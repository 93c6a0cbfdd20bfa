import type { UpdateRequest } from './client.ts';
import { sessionItemKey } from './keys.ts';
import { ledgerExpression, setOrRemove } from './ledger-expression.ts';
import { type Facts, isListed, titleShard } from './rostered-requests.ts';
import { indexes } from './schema.ts';
import { endLedger } from './session-requests.ts';

const byFleet = indexes.sessionsByFleet;

/** What a change makes of a session. */
export type RosteredChange = {
  readonly sessionKey: string;
  readonly titleHash: string;
  readonly createdAt: number;
  /** How many events it had when it was read. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The request that makes it. */
  readonly writer: string;
  readonly facts: Facts;
  readonly seats: {
    readonly capacity: number;
    /** Slots that nobody holds, once the lapsed seats have left the ledger. */
    readonly open: number;
    readonly lapsed: readonly string[];
  };
  /** The epoch seconds after which the item may be removed, where it ends; undefined while it goes on. */
  readonly end: { readonly removeAfter: number } | undefined;
};

/** Changes a session that is as it was read; refused once anything of it but its messages has changed. */
export function changeRosteredSession(change: RosteredChange): UpdateRequest {
  const { sessionKey, facts, seats, end } = change;
  const e = ledgerExpression();
  e.when(`v = ${e.value('version', change.version)}`);
  const { now } = e.count(1 + seats.lapsed.length, change.now);
  e.set(
    `w = ${e.value('writer', change.writer)}`,
    `va = ${e.value('variant', facts.variant)}`,
    `dn = ${e.value('displayName', facts.displayName)}`,
    `vis = ${e.value('visibility', facts.visibility)}`,
    `cap = ${e.value('capacity', seats.capacity)}`,
    `${e.name('open')} = ${e.value('open', seats.open)}`,
  );
  e.remove(...seats.lapsed.map(e.seat));
  setOrRemove(e, 'cd', facts.customData);
  setOrRemove(e, 'deny', facts.isClosed || undefined);
  const isStillListed = end === undefined && isListed(facts);
  setOrRemove(e, byFleet.partitionKey, isStillListed ? titleShard(change.titleHash, sessionKey) : undefined);
  if (end !== undefined) endLedger(e, { createdAt: change.createdAt, removeAfter: end.removeAfter, now });
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

/** Ends a session that is as it was read and that nobody is in. Seats that have lapsed leave it. */
export function endIdleRoster(end: {
  readonly sessionKey: string;
  readonly createdAt: number;
  /** How many events it had when it was read. */
  readonly version: number;
  /** When somebody had written it last by then, epoch milliseconds: messages are no events. */
  readonly touchedAt: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly lapsed: readonly string[];
  /** Epoch seconds. */
  readonly removeAfter: number;
}): UpdateRequest {
  const e = ledgerExpression();
  const open = e.name('open');
  e.when(`v = ${e.value('version', end.version)}`, e.isLive(), `NOT t > ${e.value('seen', end.touchedAt)}`);
  const { now } = e.count(1 + end.lapsed.length, end.now);
  e.set(`${open} = ${open} + ${e.value('freed', end.lapsed.length)}`);
  e.remove(...end.lapsed.map(e.seat), e.name(byFleet.partitionKey));
  endLedger(e, { createdAt: end.createdAt, removeAfter: end.removeAfter, now });
  return { Key: sessionItemKey(end.sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}
