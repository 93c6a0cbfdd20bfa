import { createHash, randomUUID } from 'node:crypto';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { type Change, type ChangeOutcome, changeSession } from '#lib/rosters/change-session.ts';
import { type CreateOutcome, type Creation, createSession } from '#lib/rosters/create-session.ts';
import { type DescribeOutcome, describePlayer } from '#lib/rosters/describe-player.ts';
import { findRoster, readSession } from '#lib/rosters/find.ts';
import { type HoldOutcome, hold } from '#lib/rosters/hold.ts';
import type { SessionAddress } from '#lib/rosters/ids.ts';
import { type Joiner, type JoinOutcome, join } from '#lib/rosters/join.ts';
import { type RemoveOutcome, removePlayer } from '#lib/rosters/remove-player.ts';
import type { RosteredSession } from '#lib/rosters/rostered-session.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import type { RemovalRule, StoredRoster } from '#lib/table/rostered-item.ts';
import type { Facts } from '#lib/table/rostered-requests.ts';
import { Clock } from '#test/support/clock.ts';

/** A time all of whose digits count: DynamoDB stores a number with trailing zeros in fewer bytes. */
export const someTime = 1_777_777_777_777;

export const someTitle = 1_297_287_259;

/** The xuid of the player of this name: any 64 bits. */
export const xuidOf = (name: string): string =>
  createHash('sha256').update(name).digest().readBigUInt64BE().toString();

/** A player who brings no custom data, or some. */
export const joiner = (name: string, customData?: Uint8Array | null): Joiner => ({
  xuid: xuidOf(name),
  gamertag: name,
  customData,
});

export const playerCaller = (name: string, titleId: number = someTitle): Caller => ({
  kind: 'player',
  titleId,
  xuid: xuidOf(name),
  gamertag: name,
});

export const titleCaller = (titleId: number = someTitle): Caller => ({
  kind: 'title',
  titleId,
  xuid: undefined,
  gamertag: undefined,
});

/** What a session is like that nobody says more of. */
export const usualFacts: Facts = {
  variant: 0,
  displayName: '',
  customData: undefined,
  visibility: 'PlayersCurrentlyInSession',
  isClosed: false,
};

export type Wanted = Partial<Facts> & {
  readonly maxPlayers?: number;
  readonly playersCanBeRemovedBy?: RemovalRule;
  /** The name of the player who creates it; its title without one. */
  readonly creator?: string;
  readonly idempotencyKey?: string;
  readonly titleId?: number;
};

export function creationOf(wanted: Wanted): Creation {
  const {
    maxPlayers = 4,
    playersCanBeRemovedBy = 'Self',
    creator,
    idempotencyKey,
    titleId,
    ...facts
  } = wanted;
  return {
    titleId: titleId ?? someTitle,
    creator: creator === undefined ? undefined : xuidOf(creator),
    maxPlayers,
    playersCanBeRemovedBy,
    facts: { ...usualFacts, ...facts },
    idempotencyKey,
  };
}

export const create = (table: Table, wanted: Wanted, now: number = someTime): Promise<CreateOutcome> =>
  createSession({ table, now, newId: randomUUID, idleTime: usualIdleTime }, creationOf(wanted));

/** One session with a roster, the verbs on it, and the clock by which they act. */
export class RosterUnderTest {
  readonly table: Table;
  readonly address: SessionAddress;
  readonly clock: Clock;
  /** As the creation answered. */
  readonly created: RosteredSession;

  private constructor(table: Table, created: RosteredSession, clock: Clock) {
    this.table = table;
    this.created = created;
    this.address = { titleId: created.titleId, sessionId: created.sessionId };
    this.clock = clock;
  }

  static async open(table: Table, wanted: Wanted = {}): Promise<RosterUnderTest> {
    const clock = new Clock(someTime);
    const outcome = await create(table, wanted, clock.now());
    if (outcome.kind !== 'created') throw new Error('The session was not created');
    return new RosterUnderTest(table, outcome.session, clock);
  }

  /** The same session, by another way to the table. */
  by(table: Table): RosterUnderTest {
    return new RosterUnderTest(table, this.created, this.clock);
  }

  get #seatContext() {
    return { table: this.table, now: this.clock.now(), random: Math.random };
  }

  /** Players, or their names. */
  join(...players: readonly (string | Joiner)[]): Promise<JoinOutcome> {
    const joiners = players.map((player) => (typeof player === 'string' ? joiner(player) : player));
    return join(this.#seatContext, this.address, joiners);
  }

  /** Holds seats for a minute, or for as many milliseconds. */
  hold(names: readonly string[], milliseconds = 60_000): Promise<HoldOutcome> {
    return hold(this.#seatContext, this.address, titleCaller(), { xuids: names.map(xuidOf), milliseconds });
  }

  remove(name: string, caller: Caller = titleCaller()): Promise<RemoveOutcome> {
    return removePlayer({ table: this.table, now: this.clock.now() }, this.address, caller, xuidOf(name));
  }

  describe(
    name: string,
    customData: Uint8Array | undefined,
    caller: Caller = titleCaller(),
  ): Promise<DescribeOutcome> {
    const context = { table: this.table, now: this.clock.now() };
    return describePlayer(context, this.address, caller, { xuid: xuidOf(name), customData });
  }

  change(
    change: Change,
    {
      ifMatch,
      caller = titleCaller(),
    }: { readonly ifMatch?: readonly string[]; readonly caller?: Caller } = {},
  ): Promise<ChangeOutcome> {
    const context = {
      table: this.table,
      now: this.clock.now(),
      requestId: randomUUID(),
      retention: usualRetention,
    };
    return changeSession(context, this.address, caller, change, ifMatch);
  }

  async read(): Promise<RosteredSession> {
    const outcome = await readSession(
      { table: this.table, now: this.clock.now() },
      this.address,
      titleCaller(),
    );
    if (outcome.kind !== 'found') throw new Error('There is no such session');
    return outcome.session;
  }

  async stored(): Promise<StoredRoster> {
    const stored = await findRoster(this.table, this.address);
    if (stored === undefined) throw new Error('There is no such session');
    return stored;
  }
}

/** The gamertags in the order of the roster, those who have left in parentheses. */
export const rosterOf = ({ roster }: Pick<RosteredSession, 'roster'>): readonly string[] =>
  roster.map(({ gamertag, isCurrentlyInSession }) => (isCurrentlyInSession ? gamertag : `(${gamertag})`));
