import { someAtOnce } from '#lib/some-at-once.ts';
import type { Table } from '#lib/table/client.ts';
import { dueInShard } from '#lib/table/due-requests.ts';
import { dueShards, type ItemKey, keyOf } from '#lib/table/keys.ts';
import { countPage, type Position, queryPage } from '#lib/table/reads.ts';
import { sweepEntry } from './sweep-entry.ts';
import type { Swept } from './swept.ts';

/** How much one run does at most. Once its time is over it begins with no other entry. */
export type SweepBudget = {
  readonly entries: number;
  readonly milliseconds: number;
  /** Items of any one session that is gone. */
  readonly removals: number;
};

/** The items of a session that is gone take some seconds of the time: no entry takes longer. */
export const usualBudget: SweepBudget = { entries: 5_000, milliseconds: 40_000, removals: 2_000 };

const entriesAtOnce = 16;
const entriesPerPage = 100;

export type SweepContext = {
  readonly table: Table;
  /** Epoch milliseconds. Asked anew for each entry, since a run takes its time. */
  readonly clock: () => number;
  /** A number in [0, 1), as Math.random: which shard comes first. */
  readonly random: () => number;
  /** How long a session can be read once it has ended, milliseconds. */
  readonly retention: number;
  /**
   * Is told of what failed, by the key of the item that was due, or the number of a shard whose entries could not be read.
   * The run goes on with the next one.
   */
  readonly onFailure: (error: unknown, what: string) => void;
  readonly budget?: SweepBudget;
};

export type SweepReport = Omit<Swept, 'isLeft'> & {
  readonly failed: number;
  /** Entries that were due when the run began and still are, failed ones among them. */
  readonly backlog: number;
};

/**
 * Looks at what is due by now, the longest overdue first, and does what nobody has to ask for: frees the slots of lapsed
 * reservations, ends sessions whose time is over and server processes that are gone, and removes what is left of sessions that
 * are gone. All of it is found by an index whose entries say when: what a run costs depends on what is due, and not on how many
 * sessions there are.
 *
 * Nothing that is correct depends on it, since everybody reads by the clock. Several may run at once, and each may die at
 * any moment: each write holds only for what was seen, and an entry is due until its last write is done.
 */
export const sweep = (context: SweepContext): Promise<SweepReport> => new Run(context).toEnd();

/** One of the partitions of what is due, and how far a run has got in it. */
type Shard = {
  readonly number: number;
  position: Position | undefined;
  /** Whether there is more of it to be read. */
  isOpen: boolean;
  /** Entries that have been looked at and are due still. */
  left: number;
};

class Run {
  readonly #context: SweepContext;
  readonly #budget: SweepBudget;
  readonly #startedAt: number;
  readonly #shards: readonly Shard[];
  readonly #done = { slotsReclaimed: 0, sessionsEnded: 0, processesLost: 0, itemsRemoved: 0, failed: 0 };
  #entries = 0;

  constructor(context: SweepContext) {
    this.#context = context;
    this.#budget = context.budget ?? usualBudget;
    this.#startedAt = context.clock();
    const first = Math.floor(context.random() * dueShards);
    this.#shards = Array.from({ length: dueShards }, (_, i) => ({
      number: (first + i) % dueShards,
      position: undefined,
      isOpen: true,
      left: 0,
    }));
  }

  async toEnd(): Promise<SweepReport> {
    let open = this.#shards;
    while (open.length > 0 && this.#mayGoOn()) {
      // A page of each in turn, so that one with many entries keeps none of the others waiting.
      for (const shard of open) if (this.#mayGoOn()) await this.#sweepPage(shard);
      open = open.filter(({ isOpen }) => isOpen);
    }
    const left = await Promise.all(this.#shards.map((shard) => this.#countLeft(shard)));
    return { ...this.#done, backlog: left.reduce((sum, count) => sum + count, 0) };
  }

  #hasTime(): boolean {
    return this.#context.clock() - this.#startedAt < this.#budget.milliseconds;
  }

  #mayGoOn(): boolean {
    return this.#entries < this.#budget.entries && this.#hasTime();
  }

  async #sweepPage(shard: Shard): Promise<void> {
    const limit = Math.min(entriesPerPage, this.#budget.entries - this.#entries);
    const due = dueInShard(shard.number, this.#startedAt);
    try {
      const page = await queryPage(this.#context.table, due, { limit, position: shard.position });
      await someAtOnce(entriesAtOnce, page.items.map(keyOf), (key) => this.#sweepOne(shard, key));
      shard.position = page.next;
      shard.isOpen = page.next !== undefined || !this.#hasTime();
    } catch (error) {
      shard.isOpen = false;
      this.#fail(shard, error, `shard ${shard.number}`);
    }
  }

  async #sweepOne(shard: Shard, key: ItemKey): Promise<void> {
    if (!this.#hasTime()) return;
    this.#entries++;
    const { table, clock, retention } = this.#context;
    const { removals } = this.#budget;
    try {
      const swept = await sweepEntry({ table, now: clock(), retention, removals }, key);
      this.#done.slotsReclaimed += swept.slotsReclaimed;
      this.#done.sessionsEnded += swept.sessionsEnded;
      this.#done.processesLost += swept.processesLost;
      this.#done.itemsRemoved += swept.itemsRemoved;
      if (swept.isLeft) shard.left++;
    } catch (error) {
      this.#fail(shard, error, `${key.pk}/${key.sk}`);
    }
  }

  #fail(shard: Shard, error: unknown, what: string): void {
    this.#done.failed++;
    shard.left++;
    this.#context.onFailure(error, what);
  }

  /**
   * What is due still in a shard. Where the run has not got to its end the index tells, by one page: that is at least so much,
   * unless it shows what was done a moment ago as not done.
   */
  async #countLeft(shard: Shard): Promise<number> {
    if (!shard.isOpen) return shard.left;
    try {
      const { count } = await countPage(this.#context.table, dueInShard(shard.number, this.#startedAt));
      return count;
    } catch (error) {
      this.#fail(shard, error, `shard ${shard.number}`);
      return shard.left;
    }
  }
}
