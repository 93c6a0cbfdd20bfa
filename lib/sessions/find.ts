import type { StoredItem, Table } from '#lib/table/client.ts';
import { payloadItemKey, playerItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { parsePlayerItem } from '#lib/table/player-item.ts';
import { batchGet, queryPage } from '#lib/table/reads.ts';
import {
  type Ledger,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { wholeSession } from '#lib/table/session-queries.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import { isOfEarlierSession, type PlayerSession, readPlayerSession } from './player-session.ts';
import type { SeatAddress } from './release.ts';

/** Both halves of a session, as stored: one query. */
export async function findSession(
  table: Table,
  sessionKey: string,
): Promise<{ readonly ledger: Ledger; readonly payload: SessionPayload } | undefined> {
  const { items } = await queryPage(table, wholeSession(sessionKey));
  const half = (key: { readonly sk: string }) => items.find(({ sk }) => sk === key.sk);
  return parseHalves(half(sessionItemKey(sessionKey)), half(payloadItemKey(sessionKey)));
}

/** A session needs both halves: a payload alone belongs to one that is being created. */
export function parseHalves(session: StoredItem | undefined, payload: StoredItem | undefined) {
  if (session === undefined || payload === undefined) return undefined;
  return { ledger: parseSessionItem(session), payload: parsePayloadItem(payload) };
}

/** One game session as it stands now. */
export async function findGameSession(
  table: Table,
  sessionKey: string,
  now: number,
): Promise<GameSession | undefined> {
  const found = await findSession(table, sessionKey);
  return found && readGameSession(sessionKey, found.ledger, found.payload, now);
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
