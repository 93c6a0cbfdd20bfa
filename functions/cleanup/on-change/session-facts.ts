import type { Table } from '#lib/table/client.ts';
import { historyKeyOf, payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parseRosteredItem, type StoredRoster } from '#lib/table/rostered-item.ts';
import { isRostered, parsePayloadItem, type SessionPayload } from '#lib/table/session-item.ts';

/** What the ledger of a game session does not say. */
export type GameSessionFacts = Pick<SessionPayload, 'fleetId' | 'location' | 'id'>;

/** What a message does not say of its session. */
export type RosterFacts = { readonly sessionId: string; readonly titleId: number };

/** Sessions of each kind that are remembered at once, some 2 MB of them. The oldest is forgotten first. */
const memorySize = 10_000;

/**
 * What stays the same as long as a session is there, read once by each function instance where it has not come by: a read
 * unit for each 4 KB. A session that has got the name of one that is gone is another one, and so is asked for with the time
 * of its creation.
 */
export class SessionFacts {
  readonly #table: Table;
  readonly #gameSessions = new Map<string, GameSessionFacts>();
  readonly #rosters = new Map<string, RosterFacts>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Undefined for a session that is gone. */
  async ofGameSession(sessionKey: string, createdAt: number): Promise<GameSessionFacts | undefined> {
    return this.#gameSessions.get(historyKeyOf(sessionKey, createdAt)) ?? this.payload(sessionKey, createdAt);
  }

  /** The payload of a game session as it is now; undefined for one that is gone. */
  async payload(sessionKey: string, createdAt: number): Promise<SessionPayload | undefined> {
    const item = await getItem(this.#table, payloadItemKey(sessionKey));
    const payload = item && parsePayloadItem(item);
    if (payload?.createdAt !== createdAt) return undefined;
    const { fleetId, location, id } = payload;
    remember(this.#gameSessions, historyKeyOf(sessionKey, createdAt), { fleetId, location, id });
    return payload;
  }

  /** Remembers a session that has come by, whole as those with a roster do. */
  sawRoster(sessionKey: string, { sessionId, titleId, ledger }: StoredRoster): RosterFacts {
    const facts = { sessionId, titleId };
    remember(this.#rosters, historyKeyOf(sessionKey, ledger.createdAt), facts);
    return facts;
  }

  /** Undefined for a session that is gone. */
  async ofRoster(sessionKey: string, createdAt: number): Promise<RosterFacts | undefined> {
    const known = this.#rosters.get(historyKeyOf(sessionKey, createdAt));
    if (known !== undefined) return known;
    const item = await getItem(this.#table, sessionItemKey(sessionKey));
    const stored = item && isRostered(item) ? parseRosteredItem(item) : undefined;
    return stored?.ledger.createdAt === createdAt ? this.sawRoster(sessionKey, stored) : undefined;
  }
}

function remember<Facts>(memory: Map<string, Facts>, name: string, facts: Facts): void {
  memory.set(name, facts);
  const [oldest] = memory.keys();
  if (memory.size > memorySize && oldest !== undefined) memory.delete(oldest);
}
