import { itemInTheWay, sendPut, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import {
  type Host,
  type Property,
  type ProtectionPolicy,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import {
  type NewPayload,
  putData,
  putPayload,
  putSession,
  replacePayload,
} from '#lib/table/session-requests.ts';
import { type CreationLimitRefusal, type CreationRate, countCreation } from './creation-limit.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import { fleetHash, requestHash } from './ids.ts';
import { usualIdleTime } from './retention.ts';

/** The most slots that one session may have: GameLift's own limit, and what the ledger is measured for. */
export const maximumCapacity = 200;

/**
 * The most bytes that a session's data may take in UTF-8. DynamoDB's items end at 400 KB, names of attributes included.
 * GameLift's 262,144 characters of game session data fit unless most of them take two bytes or more.
 */
export const maximumDataBytes = 390_000;

/** How long, in milliseconds, a creation may take: more than twice any function's time limit. */
export const creationTime = 60_000;

/** What a session is opened with. */
export type Wanted = {
  readonly fleetId: string;
  readonly location: string | undefined;
  readonly id: string;
  readonly capacity: number;
  readonly name?: string | undefined;
  readonly creatorId?: string | undefined;
  readonly properties?: readonly Property[] | undefined;
  readonly data?: string | undefined;
};

/** What a session takes over from its fleet. */
export type FleetSettings = {
  readonly protection?: ProtectionPolicy | undefined;
  /** How long a reservation holds, milliseconds. */
  readonly reservationTime?: number | undefined;
  /** How many sessions one creator may create in it; any number where undefined. */
  readonly creationRate?: CreationRate | undefined;
  /** How long nobody may hold a slot in it or touch it before it is ended, milliseconds; undefined for ever. */
  readonly idleTime?: number | undefined;
  /** How long it may take to become ACTIVE, milliseconds; where undefined, it is so at once. */
  readonly activationTime?: number | undefined;
  /** The server process that hosts it, and that makes it ACTIVE; undefined where none does. */
  readonly host?: Host | undefined;
};

export type OpenOutcome =
  | { readonly kind: 'opened'; readonly session: GameSession }
  /** The name is taken by a session that was asked for with other words. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | CreationLimitRefusal;

type OpenContext = { readonly table: Table; readonly now: number };

/**
 * Opens a session that is ACTIVE at once, unless somebody has to activate it first, or returns the one that was opened before
 * under the same name.
 *
 * Where the fleet limits its creators, the creation is counted first (`countCreation`). Then come two conditional puts,
 * 1 WCU each while the payload is small, 1 for the session's index and 2 for those of the payload; data is a third put.
 *
 * The payload comes first and claims the name; then the data; the session comes last and is what everyone else sees. When
 * the process dies in between, there is no session yet: a retry under the same name adopts the payload and completes it, and
 * after a minute the name is free. What nobody retries stays until the sweep first looks at it, and costs each search of the
 * fleet that meets it half a read unit. Another order could show a session whose name, properties or data are still missing.
 */
export async function openSession(
  { table, now }: OpenContext,
  sessionKey: string,
  wanted: Wanted,
  settings: FleetSettings = {},
): Promise<OpenOutcome> {
  const bytes = Buffer.byteLength(wanted.data ?? '');
  if (bytes > maximumDataBytes) return { kind: 'too-large', bytes };

  const { fleetId, creatorId } = wanted;
  const { creationRate: rate } = settings;
  if (creatorId !== undefined && rate !== undefined) {
    const counted = await countCreation(table, { fleetId, creatorId, sessionKey, rate, now });
    if (counted.kind !== 'counted') return counted;
  }

  const asked = newPayload(wanted, settings, now);
  const payload = await claimName(table, sessionKey, asked);
  if (payload.asked !== asked.asked) return { kind: 'differs' };

  const existing = payload === asked ? undefined : await getItem(table, sessionItemKey(sessionKey));
  const item = existing ?? (await complete(table, sessionKey, wanted, settings, payload));
  const stored = { ledger: parseSessionItem(item), payload, data: wanted.data };
  return { kind: 'opened', session: readGameSession(sessionKey, stored, now) };
}

function newPayload(wanted: Wanted, settings: FleetSettings, now: number): NewPayload {
  const { protection = 'NoProtection', idleTime, activationTime } = settings;
  const { fleetId, location, id, capacity, name, creatorId, properties, data } = wanted;
  return {
    fleetId,
    fleetHash: fleetHash(fleetId),
    location,
    id,
    createdAt: now,
    asked: requestHash([fleetId, location, id, capacity, name, creatorId, properties, data]),
    name,
    creatorId,
    properties: properties && [...properties],
    protection,
    hasData: data !== undefined,
    rev: 0,
    idle: idleTime,
    activateBy: activationTime === undefined ? undefined : now + activationTime,
    // A session that is never idle is looked at once too: its creator may have died before there was one.
    lookAt: now + Math.min(idleTime ?? usualIdleTime, activationTime ?? usualIdleTime),
  };
}

/** Writes what comes behind the payload. Of two that do it at once, the first makes the session. */
async function complete(
  table: Table,
  sessionKey: string,
  { fleetId, capacity, data }: Wanted,
  { reservationTime, host }: FleetSettings,
  { createdAt, activateBy }: SessionPayload,
) {
  if (data !== undefined) await sendPut(table, putData(sessionKey, data, createdAt));
  const request = putSession({
    sessionKey,
    fleetHash: fleetHash(fleetId),
    status: activateBy === undefined && host === undefined ? 'ACTIVE' : 'ACTIVATING',
    capacity,
    createdAt,
    reservationTime,
    host,
  });
  return itemInTheWay(await sendPut(table, request)) ?? request.Item;
}

/** Writes the payload, or finds the one that holds the name already. */
async function claimName(table: Table, sessionKey: string, payload: NewPayload): Promise<SessionPayload> {
  const claimed = itemInTheWay(await sendPut(table, putPayload(sessionKey, payload)));
  if (claimed === undefined) return payload;
  const holder = parsePayloadItem(claimed);
  // Without a session, a payload holds the name for whoever may still be between the writes. Afterwards its creator has
  // died there, or the session has ended and been removed. Whoever adopts a payload late claims the name anew, since the
  // adopter too may be between the writes when the time is over.
  const held = holder.asked === payload.asked ? creationTime / 2 : creationTime;
  const isForgotten =
    payload.createdAt - holder.createdAt >= held &&
    (await getItem(table, sessionItemKey(sessionKey))) === undefined;
  if (!isForgotten) return holder;
  const taken = itemInTheWay(await sendPut(table, replacePayload(sessionKey, payload, holder)));
  return taken ? parsePayloadItem(taken) : payload;
}
