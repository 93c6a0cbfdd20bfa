import { isDeepStrictEqual } from 'node:util';
import { itemInTheWay, sendPut, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parsePayloadItem, parseSessionItem, type SessionPayload } from '#lib/table/session-item.ts';
import { putPayload, putSession, replacePayload } from '#lib/table/session-requests.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import { fleetHash } from './ids.ts';

/** The most slots that one session may have: GameLift's own limit, and what the ledger is measured for. */
export const maximumCapacity = 200;

/**
 * The most bytes that a session's texts may take in UTF-8. DynamoDB's items end at 400 KB, names of attributes included.
 * GameLift's 262,144 characters of game session data fit unless most of them take two bytes or more.
 */
export const maximumPayloadBytes = 390_000;

/** How long, in milliseconds, a creation may take: more than twice any function's time limit. */
export const creationTime = 60_000;

/** What a session is opened with. */
export type Wanted = Omit<SessionPayload, 'createdAt'>;

export type OpenOutcome =
  | { readonly kind: 'opened'; readonly session: GameSession }
  /** The name is taken by a session that was asked for with other words. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'too-large'; readonly bytes: number };

/**
 * Opens a session that is ACTIVE at once, or returns the one that was opened before under the same name.
 *
 * Two conditional puts, 1 WCU each while the payload is small, and 1 for the index. The payload comes first and claims
 * the name; the session comes second and is what everyone else sees. When the process dies between the two, there is no
 * session yet: a retry under the same name adopts the payload and completes it, and after a minute the name is free. A
 * payload that nobody retries is never read again. The other order could show a session whose name and properties are
 * still missing.
 */
export async function openSession(
  { table, now }: { readonly table: Table; readonly now: number },
  sessionKey: string,
  wanted: Wanted,
): Promise<OpenOutcome> {
  const bytes = payloadBytes(wanted);
  if (bytes > maximumPayloadBytes) return { kind: 'too-large', bytes };

  const payload = await claimName(table, sessionKey, { ...wanted, createdAt: now });
  if (!sameRequest(payload, wanted)) return { kind: 'differs' };

  const session = {
    sessionKey,
    fleetHash: fleetHash(wanted.fleetId),
    status: 'ACTIVE',
    capacity: payload.capacity,
    createdAt: payload.createdAt,
  } as const;
  const request = putSession(session);
  const item = itemInTheWay(await sendPut(table, request)) ?? request.Item;
  return { kind: 'opened', session: readGameSession(sessionKey, parseSessionItem(item), payload, now) };
}

/** Writes the payload, or finds the one that holds the name already. */
async function claimName(table: Table, sessionKey: string, payload: SessionPayload): Promise<SessionPayload> {
  const claimed = itemInTheWay(await sendPut(table, putPayload(sessionKey, payload)));
  if (claimed === undefined) return payload;
  const holder = parsePayloadItem(claimed);
  // Without a session, a payload holds the name for whoever may still be between the two writes. Afterwards its creator
  // has died there, or the session has ended and been removed. Whoever adopts a payload late claims the name anew, since
  // the adopter too may be between the writes when the time is over.
  const held = sameRequest(holder, payload) ? creationTime / 2 : creationTime;
  const isForgotten =
    payload.createdAt - holder.createdAt >= held &&
    (await getItem(table, sessionItemKey(sessionKey))) === undefined;
  if (!isForgotten) return holder;
  const taken = itemInTheWay(await sendPut(table, replacePayload(sessionKey, payload, holder)));
  return taken ? parsePayloadItem(taken) : payload;
}

function payloadBytes({ name = '', creatorId = '', properties = [], data = '' }: Wanted): number {
  const texts = [name, creatorId, data, ...properties.flatMap(({ key, value }) => [key, value])];
  return texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

/** Whether both ask for the same session, whenever they asked. */
function sameRequest(payload: SessionPayload, wanted: Wanted): boolean {
  const comparable = (asked: Wanted): unknown =>
    JSON.parse(JSON.stringify({ ...asked, createdAt: undefined }));
  return isDeepStrictEqual(comparable(payload), comparable(wanted));
}
