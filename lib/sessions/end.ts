import { itemBehind, sendUpdate, type Table } from '#lib/table/client.ts';
import { type Host, parseSessionItem } from '#lib/table/session-item.ts';
import { endSession, unlist } from '#lib/table/session-requests.ts';
import { findSession } from './find.ts';
import { type GameSession, isHostedBy, readGameSession } from './game-session.ts';
import { hasEnded } from './ledger.ts';
import type { RecentlyFull } from './recently-full.ts';
import { removableAfter } from './retention.ts';

export type EndOutcome =
  | { readonly kind: 'ended'; readonly session: GameSession }
  | { readonly kind: 'ended-before' }
  | { readonly kind: 'not-found' };

export type EndContext = {
  readonly table: Table;
  /** Undefined for those who reserve nothing, and so remember nothing. */
  readonly recentlyFull?: RecentlyFull | undefined;
  readonly now: number;
  /** How long the session can be read once it has ended, milliseconds. */
  readonly retention: number;
};

/** Something has happened in the session since it was seen. */
export type Changed = { readonly kind: 'changed' };

/** The count of events that a session must still have. */
type AsSeen = { readonly version: number };

/** Who ends a session, and how. */
export type EndRequest = {
  /** What it shows; undefined where it shows nothing, or what it was asked to end with before. */
  readonly reason: string | undefined;
  /** The same over the retries of one request. */
  readonly requestToken: string;
  /** The server process with which it ends: a session that another one hosts is left alone. */
  readonly with?: Pick<Host, 'processHash' | 'computeName'>;
};

/**
 * Ends a session at once, and with it the stay of everyone in it: one read and one conditional write, however many
 * players there are. The first end wins; its own retry finds its mark and is answered alike.
 *
 * A second write takes the session out of the search. When the process dies between the two, whoever is told of the end by
 * the table's stream takes it out; a search that meets it before sees in the ledger that the session is over.
 */
export function end(
  context: EndContext,
  sessionKey: string,
  how: EndRequest & AsSeen,
): Promise<EndOutcome | Changed>;
export function end(context: EndContext, sessionKey: string, how: EndRequest): Promise<EndOutcome>;
export async function end(
  { table, recentlyFull, now, retention }: EndContext,
  sessionKey: string,
  how: EndRequest & Partial<AsSeen>,
): Promise<EndOutcome | Changed> {
  const found = await findSession(table, sessionKey);
  if (found === undefined) return { kind: 'not-found' };
  if (how.with !== undefined && !isHostedBy(found.ledger, how.with)) return { kind: 'not-found' };
  // Whoever has asked its server process to end it is answered for that, also when asking again.
  const isAskedFor = found.ledger.status === 'TERMINATING' && how.with !== undefined;
  const endedBy = isAskedFor ? (found.ledger.endedBy ?? how.requestToken) : how.requestToken;

  const write = await sendUpdate(
    table,
    endSession({
      sessionKey,
      createdAt: found.payload.createdAt,
      endedAt: now,
      reason: how.reason,
      endedBy,
      removeAfter: removableAfter(now, retention),
      ...(how.version !== undefined && { version: how.version }),
    }),
  );
  recentlyFull?.forget(sessionKey);
  const item = itemBehind(write);
  if (item === undefined) return { kind: 'not-found' };

  const ledger = parseSessionItem(item);
  if (!hasEnded(ledger)) return { kind: 'changed' };
  await sendUpdate(table, unlist(sessionKey, ledger.createdAt));
  if (ledger.endedBy !== endedBy) return { kind: 'ended-before' };
  return { kind: 'ended', session: readGameSession(sessionKey, { ...found, ledger }, now) };
}
