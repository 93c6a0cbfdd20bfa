import type { PutRequest, StoredItem, UpdateRequest } from './client.ts';
import { dueShard, fleetShard, sessionItemKey, shardOf } from './keys.ts';
import { type LedgerExpression, ledgerExpression, setOrRemove } from './ledger-expression.ts';
import type { RemovalRule, Visibility } from './rostered-item.ts';
import { indexes } from './schema.ts';
import { changeSeats, type SeatChange, type SeenSeat } from './seat-requests.ts';
import { stayFrom } from './session-item.ts';
import { statusAndTime } from './session-requests.ts';

const byFleet = indexes.sessionsByFleet;
const due = indexes.sessionsDue;

/** What a session with a roster is written with at its creation. */
export type NewRosteredSession = {
  readonly sessionKey: string;
  readonly sessionId: string;
  readonly titleId: number;
  readonly titleHash: string;
  readonly creator: string | undefined;
  /** Stands for all that was asked for. */
  readonly asked: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly capacity: number;
  readonly playersCanBeRemovedBy: RemovalRule;
  /** How long nobody may hold a slot in it or touch it before it is ended, milliseconds; undefined for ever. */
  readonly idleTime: number | undefined;
  readonly facts: Facts;
};

/** What can be changed of a session beside its seats. */
export type Facts = {
  readonly variant: number;
  readonly displayName: string;
  readonly customData: Uint8Array | undefined;
  readonly visibility: Visibility;
  readonly isClosed: boolean;
};

/** How many message queues a session has. */
export const queueCount = 4;

/** The whole session, in one item: all slots open, nobody in. */
export function putRosteredSession(session: NewRosteredSession): PutRequest & { readonly Item: StoredItem } {
  const { sessionKey, titleHash, createdAt, capacity, idleTime, facts } = session;
  return {
    Item: {
      ...sessionItemKey(sessionKey),
      st: 'ACTIVE',
      cap: capacity,
      open: capacity,
      s: {},
      v: 0,
      t: createdAt,
      idl: idleTime,
      ...(idleTime !== undefined && {
        [due.partitionKey]: dueShard(sessionKey),
        [due.sortKey]: String(createdAt + idleTime),
      }),
      [byFleet.sortKey]: statusAndTime('ACTIVE', createdAt),
      [byFleet.partitionKey]: isListed(facts) ? titleShard(titleHash, sessionKey) : undefined,
      id: session.sessionId,
      title: session.titleId,
      cr: session.creator,
      ask: session.asked,
      acl: session.playersCanBeRemovedBy,
      va: facts.variant,
      dn: facts.displayName,
      cd: facts.customData,
      vis: facts.visibility,
      deny: facts.isClosed || undefined,
      r: {},
      o: [],
      q: Array.from({ length: queueCount }, () => ({ n: 0, t: 0, d: 0 })),
    },
    // A retry must not wipe what came after the first try.
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** Sessions that strangers may find and join are in the index by which they are listed; the others cost nothing there. */
export const isListed = ({ visibility, isClosed }: Pick<Facts, 'visibility' | 'isClosed'>) =>
  visibility === 'Everyone' && !isClosed;

/** A title's open sessions are listed as a fleet's sessions are, by the same index. */
export const titleShard = (titleHash: string, sessionKey: string) =>
  fleetShard(titleHash, shardOf(sessionKey));

/** A player who comes in, with what the roster is to show. */
export type Arrival = {
  readonly token: string;
  readonly xuid: string;
  readonly gamertag: string;
  /** Undefined leaves a returning player's as it was, null removes it. */
  readonly customData: Uint8Array | null | undefined;
  /** Whether the player has a place in the roster from before. */
  readonly isReturning: boolean;
};

/**
 * The most players who can ever have been in one session: with all their custom data they make an item of 331 KB, of the
 * 400 KB that DynamoDB takes.
 */
export const maximumRoster = 300;

/**
 * Gives all of a group's players seats and places in the roster, or none of them. The write gives back the whole item.
 *
 * Newcomers go to the end of the roster, where a list grows without anybody knowing how long it is: two who come in at
 * the same moment do not get in each other's way.
 *
 * @param now epoch milliseconds
 */
export function admitPlayers(
  sessionKey: string,
  change: SeatChange,
  arrivals: readonly Arrival[],
  now: number,
): UpdateRequest {
  const e = ledgerExpression();
  changeSeats(e, change, e.value('stay', stayFrom(now)), now);
  for (const [i, arrival] of arrivals.entries()) setPlace(e, arrival, i);
  const newcomers = arrivals.filter(({ isReturning }) => !isReturning).map(({ token }) => token);
  if (newcomers.length > 0) {
    e.set(`o = list_append(o, ${e.value('newcomers', newcomers)})`);
    // Others may have come in since the roster was read.
    e.when(`size(o) <= ${e.value('room', maximumRoster - newcomers.length)}`);
  }
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}

function setPlace(e: LedgerExpression, arrival: Arrival, i: number): void {
  const { token, xuid, gamertag, customData, isReturning } = arrival;
  const place = `r.${e.name(token)}`;
  if (!isReturning) {
    // Nobody has two places, also where the same player comes in twice at once.
    e.when(`attribute_not_exists(${place})`);
    e.set(`${place} = ${e.value(`place${i}`, { x: xuid, g: gamertag, d: customData ?? undefined })}`);
    return;
  }
  e.set(`${place}.g = ${e.value(`gamertag${i}`, gamertag)}`);
  if (customData === null) e.remove(`${place}.d`);
  else if (customData !== undefined) e.set(`${place}.d = ${e.value(`data${i}`, customData)}`);
}

/** Who takes a player out. */
export type Remover = {
  /** Undefined for a title. */
  readonly xuid: string | undefined;
  /** The own seat, where only somebody who is in may do it: the write is then refused to one who has left. */
  readonly token: string | undefined;
};

/** Takes a player's seat away. The place in the roster stays, and so does a note of who did it last. */
export function removeSeat(sessionKey: string, seat: SeenSeat, remover: Remover, now: number): UpdateRequest {
  const e = ledgerExpression();
  const open = e.name('open');
  e.when(`${e.seat(seat.token)} = ${e.value('seen', seat.value)}`, e.isLive());
  if (remover.token !== undefined) e.when(e.isIn(remover.token));
  const { events: one } = e.count(1, now);
  e.set(`${open} = ${open} + ${one}`);
  setOrRemove(e, 'out', remover.xuid);
  e.remove(e.seat(seat.token));
  return { Key: sessionItemKey(sessionKey), ...e.finish() };
}

/** Changes what a player who is in shows of himself. The write gives back the whole item. */
export function describePlace(
  sessionKey: string,
  token: string,
  customData: Uint8Array | undefined,
  now: number,
): UpdateRequest {
  const e = ledgerExpression();
  const data = `r.${e.name(token)}.d`;
  e.when(e.isIn(token), e.isLive());
  e.count(1, now);
  if (customData === undefined) e.remove(data);
  else e.set(`${data} = ${e.value('data', customData)}`);
  return { Key: sessionItemKey(sessionKey), ...e.finish(), ReturnValues: 'ALL_NEW' };
}
