import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { expect, inject } from 'vitest';
import { accept } from '#lib/sessions/accept.ts';
import { end } from '#lib/sessions/end.ts';
import { findSession } from '#lib/sessions/find.ts';
import { keptToken, seatToken, sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession } from '#lib/sessions/open.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { release } from '#lib/sessions/release.ts';
import { type ReserveOutcome, reserve } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import type { Settings } from '#lib/sessions/settings.ts';
import { type UpdateOutcome, update } from '#lib/sessions/update.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { Clock } from '#test/support/clock.ts';
import { localDynamoDb } from '#test/support/table.ts';
import { type Caller, type Fate, InterleavedWire } from './interleaved-wire.ts';
import { LedgerModel, type Started } from './ledger-model.ts';

/** What a request asked for, so that it can be asked again. */
type Asked = { readonly requestToken: string; readonly playerIds: readonly string[] };

/** One session, verbs at work on it in any order, and the model that watches every write. */
export class LedgerPlay {
  readonly clock: Clock;
  readonly model: LedgerModel;
  /** Players whose reservation was confirmed to the caller. */
  readonly confirmed = new Set<string>();
  readonly #wire = new InterleavedWire();
  readonly #recentlyFull = new RecentlyFull();
  readonly #started = new Map<Caller, Started>();
  readonly #asked: Asked[] = [];
  /** Whose seat it is, by token. */
  readonly #players = new Map<string, string>();
  /** Verbs whose requests did not all come through at once. */
  readonly #disturbed = new Set<Started>();
  /** Seats that were asked for more than once: of two such tries, one may rely on what the other has yet to write. */
  readonly #askedAgain = new Set<string>();
  readonly #random: () => number;
  /** The table as the verbs see it, and as the test does. */
  readonly #table: Table;
  readonly #inspected: Table;
  readonly sessionKey: string;

  private constructor(
    inspected: Table,
    sessionKey: string,
    clock: Clock,
    model: LedgerModel,
    random: () => number,
  ) {
    this.sessionKey = sessionKey;
    this.clock = clock;
    this.model = model;
    this.#random = random;
    this.#inspected = inspected;
    this.#table = openTable(inspected.name, {
      ...localDynamoDb(inject('dynamoDbEndpoint')),
      retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
      requestHandler: this.#wire,
    });
  }

  /** @param reservationTime how long reservations hold, milliseconds, where that is not the usual time */
  static async open(
    table: Table,
    id: string,
    capacity: number,
    random: () => number,
    reservationTime?: number,
  ): Promise<LedgerPlay> {
    const clock = new Clock(1_700_000_000_000);
    const sessionKey = sessionKeyOf(id);
    const wanted = { fleetId: 'fleet-play', location: undefined, id, capacity };
    await openSession({ table, now: clock.now() }, sessionKey, wanted, { reservationTime });
    const opened = await findSession(table, sessionKey);
    if (opened === undefined) throw new Error('The session was not opened');
    return new LedgerPlay(table, sessionKey, clock, new LedgerModel(opened.ledger), random);
  }

  startReserve(players: number): void {
    this.#ask(this.#newPlayers(players));
  }

  /** Has players ask who have been here before, of whom a seat may be kept, and newcomers along with them. */
  startComingBack(choice: number, players: number, newcomers: number): void {
    const everyone = [...new Set(this.#players.values())];
    const awaited = this.awaited();
    const known = awaited.length > 0 ? awaited : everyone;
    const back = known.slice(choice % Math.max(known.length, 1)).slice(0, players);
    const playerIds = [...back, ...this.#newPlayers(newcomers)];
    if (playerIds.length > 0) this.#ask(playerIds);
  }

  /** The players for whom a seat is kept now. */
  awaited(): readonly string[] {
    const everyone = [...new Set(this.#players.values())];
    const isAwaited = (playerId: string) =>
      (this.model.seats.get(keptToken(playerId)) ?? 0) > this.clock.now();
    return everyone.filter(isAwaited);
  }

  #newPlayers(count: number): readonly string[] {
    return Array.from({ length: count }, (_, i) => `player ${this.#asked.length}.${i}`);
  }

  /** Asks for what nobody has asked for before. */
  #ask(playerIds: readonly string[]): void {
    const asked = { requestToken: `request ${this.#asked.length}`, playerIds };
    this.#asked.push(asked);
    this.#reserve(asked, false);
  }

  /** Asks once more what was asked before, as an SDK does that got no answer. */
  startReplay(choice: number): void {
    const asked = this.#asked[choice % this.#asked.length];
    if (asked !== undefined) this.#reserve(asked, true);
  }

  #reserve({ requestToken, playerIds }: Asked, mayBeRetry: boolean): void {
    const now = this.clock.now();
    const started = {
      verb: 'reserve' as const,
      now,
      mayBeRetry,
      tokens: playerIds.map((playerId) => seatToken(requestToken, playerId)),
      kept: playerIds.map(keptToken),
    };
    for (const playerId of playerIds) this.#players.set(seatToken(requestToken, playerId), playerId);
    if (mayBeRetry) for (const token of started.tokens) this.#askedAgain.add(token);
    const players = playerIds.map((playerId) => ({ playerId, playerData: undefined }));
    const context = { table: this.#table, now, random: this.#random, recentlyFull: this.#recentlyFull };
    const reservation = {
      sessionKey: this.sessionKey,
      sessionReference: 'session',
      players,
      requestToken,
      mayBeRetry,
    };
    this.#start(
      started,
      () => reserve(context, reservation),
      (outcome) => this.#checkReserved(started, outcome),
    );
  }

  #checkReserved(started: Started & { readonly verb: 'reserve' }, outcome: ReserveOutcome | 'failed'): void {
    if (outcome === 'failed') return;
    switch (outcome.kind) {
      case 'reserved':
        expect(outcome.players.map(({ token }) => token)).toEqual(started.tokens);
        for (const token of started.tokens) {
          expect(this.model.everHeld, 'a confirmed seat was in the ledger').toContain(token);
          this.confirmed.add(token);
        }
        if (!this.#disturbed.has(started)) this.#checkSwept(started.tokens);
        return;
      case 'full':
        expect(this.model.mayBeFull(started), `told to be full, with ${outcome.free} free`).toBe(true);
        return;
      case 'denied':
        expect(this.model.mayBeDenied(started), 'told that newcomers are turned away').toBe(true);
        return;
      case 'not-active':
        expect(this.model.endedAt, 'told to be over').toBeDefined();
        return;
      default:
        expect.fail(`A reservation ended as ${outcome.kind}`);
    }
  }

  /** Whoever was told of a seat without more ado is swept away in time, should the player never come. */
  #checkSwept(tokens: readonly string[]): void {
    if (this.model.endedAt !== undefined || tokens.some((token) => this.#askedAgain.has(token))) return;
    for (const token of tokens) {
      const value = this.model.seats.get(token) ?? acceptedSeat;
      if (value < acceptedSeat) expect(this.model.lookAt, 'in time').toBeLessThanOrEqual(value);
    }
  }

  startAccept(choice: number): void {
    const token = this.#pick(choice, (value) => value < acceptedSeat);
    if (token === undefined) return;
    const now = this.clock.now();
    this.#start(
      { verb: 'accept', now, token },
      () => accept({ table: this.#table, now }, { sessionKey: this.sessionKey, token }),
      (outcome) => {
        const isIn = outcome !== 'failed' && outcome.kind.startsWith('accepted');
        if (isIn) expect(this.model.everAccepted, 'told to be in').toContain(token);
      },
    );
  }

  /** @param keepTime how long the seat is kept for a player who was in, milliseconds; not at all where undefined */
  startRelease(choice: number, keepTime?: number): void {
    const token = this.#pick(choice, (value) => keepTime === undefined || value === acceptedSeat);
    if (token === undefined) return;
    const now = this.clock.now();
    const kept = keptToken(this.#players.get(token) ?? '');
    const keeps = keepTime === undefined ? undefined : { token: kept, until: now + keepTime };
    this.#start(
      { verb: 'release', now, token, keeps },
      () => release({ table: this.#table, now }, { sessionKey: this.sessionKey, token }, { keepTime }),
      () => {},
    );
  }

  startEnd(): void {
    const now = this.clock.now();
    const context = { table: this.#table, now, recentlyFull: this.#recentlyFull, retention: usualRetention };
    const how = { reason: 'FORCE_TERMINATED', requestToken: `end at ${now}` };
    this.#start(
      { verb: 'end', now },
      () => end(context, this.sessionKey, how),
      (outcome) => {
        if (outcome !== 'failed') expect(this.model.endedAt, 'told to have ended').toBeDefined();
      },
    );
  }

  startUpdate(settings: Settings): void {
    const now = this.clock.now();
    const context = { table: this.#table, now, recentlyFull: this.#recentlyFull };
    const { capacity, takesPlayers } = settings;
    const started = { verb: 'update' as const, now, capacity, takesPlayers };
    this.#start(
      started,
      () => update(context, this.sessionKey, settings),
      (outcome) => this.#checkUpdated(started, outcome),
    );
  }

  #checkUpdated(started: Started & { readonly verb: 'update' }, outcome: UpdateOutcome | 'failed'): void {
    if (outcome === 'failed') return;
    switch (outcome.kind) {
      case 'updated':
        expect(this.model.mayBeUpdated(started), 'told to be as asked for').toBe(true);
        return;
      case 'below-held':
        expect(this.model.mayBeBelowHeld(started, outcome.held), `told that ${outcome.held} are held`).toBe(
          true,
        );
        return;
      case 'not-active':
        expect(this.model.endedAt, 'told to be over').toBeDefined();
        return;
      default:
        expect.fail(`An update ended as ${outcome.kind}`);
    }
  }

  /** A seat of any time, or more often than not one that is there and of this kind. */
  #pick(choice: number, isLikely: (value: number) => boolean): string | undefined {
    const { everHeld, seats } = this.model;
    const likely = [...everHeld].filter((token) => isLikely(seats.get(token) ?? Number.NaN));
    const tokens = choice % 3 > 0 && likely.length > 0 ? likely : [...everHeld];
    return tokens[choice % tokens.length];
  }

  /** What callers were told and the model has not looked at yet: it first has to see the write behind it. */
  readonly #told: (() => void)[] = [];

  #start<Outcome>(
    started: Started,
    verb: () => Promise<Outcome>,
    check: (outcome: Outcome | 'failed') => void,
  ): void {
    const caller = this.#wire.start(verb, (outcome) => {
      this.#told.push(() => check(outcome));
    });
    this.#started.set(caller, started);
  }

  /** Lets one of the waiting requests go, and checks what the ledger has become. */
  async send(choice: number, fate: Fate): Promise<void> {
    await this.#settle();
    if (this.#wire.waitingRequests === 0) return;
    const caller = await this.#wire.meetFate(choice % this.#wire.waitingRequests, fate);
    const started = this.#started.get(caller);
    const found = await findSession(this.#inspected, this.sessionKey);
    if (started === undefined || found === undefined) throw new Error('The session is gone');
    if (fate !== 'answered') this.#disturbed.add(started);
    this.model.step(found.ledger, started);
    await this.#settle();
  }

  /** Answers whatever still waits, until every verb has finished. */
  async finish(): Promise<void> {
    await this.#settle();
    while (this.#wire.waitingRequests > 0) await this.send(0, 'answered');
  }

  async #settle(): Promise<void> {
    await this.#wire.settle();
    for (const check of this.#told.splice(0)) check();
  }
}
