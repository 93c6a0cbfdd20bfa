import { itemBehind, sendUpdate, type Table } from '#lib/table/client.ts';
import { type Host, parseSessionItem } from '#lib/table/session-item.ts';
import { activateSession } from '#lib/table/session-requests.ts';
import { findSession } from './find.ts';
import { activationEndedAt, type GameSession, isHostedBy, readGameSession } from './game-session.ts';

export type ActivateOutcome =
  /** It takes players, from now on or since before. */
  | { readonly kind: 'active'; readonly session: GameSession }
  /** Its time for that is over, or somebody has ended it, or has asked for its end. */
  | { readonly kind: 'too-late' }
  /** There is no such session, or another process hosts it. */
  | { readonly kind: 'not-found' };

/**
 * The server process has made a session ready: it takes players from now on. Done again it changes nothing.
 *
 * Costs one query and one conditional update (1 WCU, and 2 for the session's index).
 */
export async function activate(
  { table, now }: { readonly table: Table; readonly now: number },
  sessionKey: string,
  process: Pick<Host, 'processHash' | 'computeName'>,
): Promise<ActivateOutcome> {
  const found = await findSession(table, sessionKey);
  if (found === undefined || !isHostedBy(found.ledger, process)) return { kind: 'not-found' };
  if (activationEndedAt(found, now) !== undefined) return { kind: 'too-late' };

  const { createdAt } = found.ledger;
  const write = await sendUpdate(table, activateSession(sessionKey, { createdAt, host: process, now }));
  const item = itemBehind(write);
  const ledger = item && parseSessionItem(item);
  if (ledger === undefined) return { kind: 'not-found' };
  return ledger.status === 'ACTIVE'
    ? { kind: 'active', session: readGameSession(sessionKey, { ...found, ledger }, now) }
    : { kind: 'too-late' };
}
