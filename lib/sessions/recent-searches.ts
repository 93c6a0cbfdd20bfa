import type { Table } from '#lib/table/client.ts';
import { FleetReading } from './fleet-reading.ts';
import type { SearchedSession } from './searched-session.ts';

/** How long a reading of a fleet serves further searches, milliseconds. Lobbies ask again and again. */
const memoryTime = 1_000;

/** Sessions remembered at once, of all fleets together: some 200 MB when they are large and full. */
const memorySize = 20_000;

/** How long an index may be behind the table, milliseconds; mostly it is far less. */
const indexLag = 5_000;

/** Sessions written of late that are remembered at once, the oldest forgotten first. */
const writtenSize = 1_000;

type Remembered = { readonly reading: FleetReading; readAt: number | undefined };

/**
 * Remembers, in one function instance, what was read of the fleets that were searched of late: a sorted search needs all
 * live sessions of its fleet, whichever page it is for, and many callers look at the same fleet.
 *
 * A reading serves until a second after it was done, so that those which take longer serve too: what another instance
 * writes is seen after a second and the time of a reading, at most. What this one has written of a session is
 * seen at once; who has just joined one, a moment late where nothing is remembered.
 */
export class RecentSearches {
  readonly #now: () => number;
  readonly #readings = new Map<string, Remembered>();
  readonly #written = new Map<string, { readonly fleetId: string; readonly writtenAt: number }>();

  /** @param now the clock, epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Does some work with the live sessions of a fleet, `undefined` when a search cannot read them all. Ledgers that the
   * work fills in stay there for the next one.
   */
  async search<Result>(
    table: Table,
    fleetId: string,
    work: (sessions: readonly SearchedSession[] | undefined) => Promise<Result>,
  ): Promise<Result> {
    this.#forgetOld();
    const remembered = this.#readings.get(fleetId) ?? this.#begin(fleetId);
    try {
      const result = await work(await remembered.reading.sessions(table));
      remembered.readAt ??= this.#now();
      this.#keepToSize();
      return result;
    } catch (error) {
      if (this.#readings.get(fleetId) === remembered) this.#readings.delete(fleetId);
      throw error;
    }
  }

  /** Says that a session was created, changed or ended: the index may not know for a while. */
  changed(fleetId: string, sessionKey: string): void {
    this.#written.delete(sessionKey);
    this.#written.set(sessionKey, { fleetId, writtenAt: this.#now() });
    const [oldest] = this.#written.keys();
    if (this.#written.size > writtenSize && oldest !== undefined) this.#written.delete(oldest);
    this.joined(fleetId, sessionKey);
  }

  /** Says that players have come into a session. Only what was read of it before is out of date. */
  joined(fleetId: string, sessionKey: string): void {
    // A reading that nobody uses any more must not gather what is written ever after.
    this.#forgetOld();
    this.#readings.get(fleetId)?.reading.touch(sessionKey);
  }

  /** Sessions remembered now. */
  get size(): number {
    return [...this.#readings.values()].reduce((sum, { reading }) => sum + reading.size, 0);
  }

  #begin(fleetId: string): Remembered {
    const now = this.#now();
    const written = [...this.#written].flatMap(([sessionKey, session]) =>
      session.fleetId === fleetId && now - session.writtenAt < indexLag ? [sessionKey] : [],
    );
    const begun = { reading: new FleetReading(fleetId, written), readAt: undefined };
    this.#readings.set(fleetId, begun);
    return begun;
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [fleetId, { readAt }] of this.#readings) {
      if (readAt !== undefined && now - readAt >= memoryTime) this.#readings.delete(fleetId);
    }
  }

  #keepToSize(): void {
    for (const fleetId of this.#readings.keys()) {
      if (this.size <= memorySize) return;
      this.#readings.delete(fleetId);
    }
  }
}
