import type { Table } from '#lib/table/client.ts';
import { fleetShards, payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { batchGet, type Position, queryPage } from '#lib/table/reads.ts';
import { parseSessionItem } from '#lib/table/session-item.ts';
import { searchableSessionsOfShard } from '#lib/table/session-queries.ts';
import { fleetHash } from './ids.ts';
import { playersIn, readLedgers, type SearchedSession, searchedSession } from './searched-session.ts';

/**
 * What one search can read whole within a function's 10 s (docs/benchmark.md has the measure): live sessions of a fleet,
 * index pages of up to 1 MB a shard, and players in the sessions, whose seats are most of what a ledger takes.
 */
export const mostSessions = 10_000;
const mostPagesOfShard = 8;
export const mostPlayers = 300_000;

/** Ledgers between two looks at how many players they had. */
const ledgersAtOnce = 1_600;

/**
 * All live sessions of one fleet as they were read at one moment, their ledgers as far as somebody has needed them. What
 * this process writes in the meantime is read anew when the reading is next used. One that has failed is of no use.
 */
export class FleetReading {
  readonly #fleetId: string;
  readonly #sessions = new Map<string, SearchedSession>();
  /** Sessions written since they were read, with a mark that tells one writing from the next. */
  readonly #written: Map<string, symbol>;
  #loading: Promise<boolean> | undefined;

  /** @param written sessions that the index may not show as they are */
  constructor(fleetId: string, written: Iterable<string> = []) {
    this.#fleetId = fleetId;
    this.#written = new Map([...written].map((sessionKey) => [sessionKey, Symbol()]));
  }

  /** Sessions that it holds. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Has a session read anew, because it was written. */
  touch(sessionKey: string): void {
    this.#written.set(sessionKey, Symbol());
  }

  /** The fleet's sessions; undefined when it has more than a search can read. */
  async sessions(table: Table): Promise<readonly SearchedSession[] | undefined> {
    this.#loading ??= this.#load(table);
    if (!(await this.#loading)) return undefined;
    await this.#readWritten(table);
    return [...this.#sessions.values()];
  }

  async #load(table: Table): Promise<boolean> {
    const shards = Array.from({ length: fleetShards }, (_, shard) => this.#loadShard(table, shard));
    const isWhole = (await Promise.all(shards)).every((isRead) => isRead) && this.size <= mostSessions;
    if (!isWhole) this.#sessions.clear();
    return isWhole;
  }

  /** Reads one shard to its end, unless the fleet turns out to be too large. */
  async #loadShard(table: Table, shard: number): Promise<boolean> {
    const query = searchableSessionsOfShard(fleetHash(this.#fleetId), shard);
    let position: Position | undefined;
    for (let pages = 0; pages < mostPagesOfShard && this.size <= mostSessions; pages++) {
      const page = await queryPage(table, query, { position });
      for (const session of page.items.map(searchedSession)) this.#sessions.set(session.sessionKey, session);
      if (page.next === undefined) return true;
      position = page.next;
    }
    return false;
  }

  /** Reads from the table what the index may not show yet. */
  async #readWritten(table: Table): Promise<void> {
    const written = [...this.#written];
    const keys = written.flatMap(([key]) => [payloadItemKey(key), sessionItemKey(key)]);
    const items = await batchGet(table, keys);
    for (const [index, [sessionKey, mark]] of written.entries()) {
      const [payload, session] = [items[2 * index], items[2 * index + 1]];
      const ledger = session && parseSessionItem(session);
      if (payload === undefined || ledger === undefined) {
        this.#sessions.delete(sessionKey);
      } else this.#sessions.set(sessionKey, { ...searchedSession(payload), ledger });
      // Written once more in the meantime, it stays to be read.
      if (this.#written.get(sessionKey) === mark) this.#written.delete(sessionKey);
    }
  }
}

/** Fills in the ledgers of all these sessions; false when they hold more players than a search can read. */
export async function readAllLedgers(table: Table, sessions: readonly SearchedSession[]): Promise<boolean> {
  let players = 0;
  for (let read = 0; read < sessions.length; read += ledgersAtOnce) {
    const next = sessions.slice(read, read + ledgersAtOnce);
    await readLedgers(table, next);
    players += playersIn(next);
    if (players > mostPlayers) return false;
  }
  return true;
}
