import type { StoredItem, Table } from '#lib/table/client.ts';
import { dataItemKey, payloadItemKey, playerItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { parsePlayerItem } from '#lib/table/player-item.ts';
import { batchGet, queryPage } from '#lib/table/reads.ts';
import {
  parseDataItem,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { wholeSession } from '#lib/table/session-queries.ts';
import { type GameSession, readGameSession, type StoredSession } from './game-session.ts';
import { isOfEarlierSession, type PlayerSession, readPlayerSession } from './player-session.ts';
import type { SeatAddress } from './release.ts';

/** A session, as stored: one query. */
export async function findSession(table: Table, sessionKey: string): Promise<StoredSession | undefined> {
  const { items } = await queryPage(table, wholeSession(sessionKey));
  const part = (key: { readonly sk: string }) => items.find(({ sk }) => sk === key.sk);
  const described = parseDescribed(part(sessionItemKey(sessionKey)), part(payloadItemKey(sessionKey)));
  if (described === undefined) return undefined;
  const data = part(dataItemKey(sessionKey));
  // A session without data may have the name, and so the item, of one that had some and has been removed.
  return { ...described, data: described.payload.hasData && data ? parseDataItem(data) : undefined };
}

/** A session needs a ledger and a payload: without the ledger, it is still being created. */
export function parseDescribed(
  session: StoredItem | undefined,
  payload: StoredItem | undefined,
): Omit<StoredSession, 'data'> | undefined {
  if (session === undefined || payload === undefined) return undefined;
  return { ledger: parseSessionItem(session), payload: parsePayloadItem(payload) };
}

/** The data of those sessions that have some: asking for an item that is not there costs as much as a small one. */
export async function readData(
  table: Table,
  sessions: readonly { readonly sessionKey: string; readonly payload: SessionPayload }[],
): Promise<ReadonlyMap<string, string>> {
  const withData = sessions.filter(({ payload }) => payload.hasData).map(({ sessionKey }) => sessionKey);
  const items = await batchGet(table, withData.map(dataItemKey));
  return new Map(
    withData.flatMap((sessionKey, i) => {
      const item = items[i];
      return item === undefined ? [] : [[sessionKey, parseDataItem(item)] as const];
    }),
  );
}

/** One game session as it stands now. */
export async function findGameSession(
  table: Table,
  sessionKey: string,
  now: number,
): Promise<GameSession | undefined> {
  const found = await findSession(table, sessionKey);
  return found && readGameSession(sessionKey, found, now);
}

/** One player session as it stands now: its record and its session's ledger, in one call. */
export async function findPlayerSession(
  table: Table,
  { sessionKey, token }: SeatAddress,
  now: number,
): Promise<PlayerSession | undefined> {
  const [session, player] = await batchGet(table, [
    sessionItemKey(sessionKey),
    playerItemKey(sessionKey, token),
  ]);
  if (session === undefined || player === undefined) return undefined;
  const ledger = parseSessionItem(session);
  const record = parsePlayerItem(player);
  return isOfEarlierSession(record, ledger) ? undefined : readPlayerSession(sessionKey, record, ledger, now);
}
