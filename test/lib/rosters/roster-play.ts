import { isDeepStrictEqual } from 'node:util';
import { expect, inject } from 'vitest';
import { changeSession } from '#lib/rosters/change-session.ts';
import { createSession } from '#lib/rosters/create-session.ts';
import { describePlayer } from '#lib/rosters/describe-player.ts';
import { findRoster } from '#lib/rosters/find.ts';
import { hold } from '#lib/rosters/hold.ts';
import { type SessionAddress, tokenOf } from '#lib/rosters/ids.ts';
import { join } from '#lib/rosters/join.ts';
import { removePlayer } from '#lib/rosters/remove-player.ts';
import { type RosteredSession, readRosteredSession } from '#lib/rosters/rostered-session.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { movedSeats, seatEvents } from '#test/lib/sessions/events-between.ts';
import { type Caller, type Fate, InterleavedWire } from '#test/lib/sessions/interleaved-wire.ts';
import { Clock } from '#test/support/clock.ts';
import { localDynamoDb } from '#test/support/table.ts';
import { act, documentOf, playersIn, type RosterState, type Verb } from './roster-model.ts';
import { creationOf, someTime, titleCaller, usualFacts } from './roster-under-test.ts';

/** A verb under way. */
type Started = {
  readonly verb: Verb;
  readonly now: number;
  readonly requestId: string;
  /** The moment of the play in which it began. */
  readonly from: number;
  /** The moments that it has written. */
  readonly wrote: number[];
  /** Whether the SDK has sent one of its requests again, so that it cannot tell its own work from that of others. */
  retries: boolean;
};

/** The session between two writes: as stored, and as the model has it. */
type Moment = {
  readonly stored: StoredRoster;
  readonly state: RosterState;
  readonly by: Started | undefined;
};

/** What a verb tells its caller, of whatever kind. */
type Told = { readonly kind: string; readonly session?: RosteredSession } & Readonly<Record<string, unknown>>;

const successes: Readonly<Record<Verb['verb'], string>> = {
  join: 'joined',
  hold: 'held',
  remove: 'removed',
  describe: 'described',
  change: 'changed',
};

/**
 * One session, verbs at work on it in any order, and the model that watches every write: each write must do what the model
 * does in one step at that moment, and what callers are told must have been so at a moment since they asked.
 */
export class RosterPlay {
  readonly clock = new Clock(someTime);
  readonly address: SessionAddress;
  readonly #wire = new InterleavedWire();
  readonly #started = new Map<Caller, Started>();
  readonly #moments: Moment[];
  /** What each etag has stood for, and what was shown last. */
  readonly #documents = new Map<string, unknown>();
  #shown: { readonly version: number; readonly document: unknown; readonly etag: string } | undefined;
  readonly #random: () => number;
  /** The table as the verbs see it, and as the test does. */
  readonly #table: Table;
  readonly #inspected: Table;
  /** What callers were told and nobody has looked at yet: the model first has to see the write behind it. */
  readonly #told: (() => void)[] = [];
  #requests = 0;

  private constructor(inspected: Table, address: SessionAddress, stored: StoredRoster, random: () => number) {
    this.#inspected = inspected;
    this.address = address;
    this.#random = random;
    const { maxPlayers, roster } = readRosteredSession(stored, someTime);
    const state = { facts: usualFacts, maxPlayers, hasEnded: false, roster, held: new Map() };
    this.#moments = [{ stored, state, by: undefined }];
    this.#table = openTable(inspected.name, {
      ...localDynamoDb(inject('dynamoDbEndpoint')),
      requestHandler: this.#wire,
    });
  }

  static async open(table: Table, sessionId: string, maxPlayers: number, random: () => number) {
    const creation = creationOf({ maxPlayers, playersCanBeRemovedBy: 'AnyPlayer' });
    const context = { table, now: someTime, newId: () => sessionId, idleTime: usualIdleTime };
    await createSession(context, creation);
    const address = { titleId: creation.titleId, sessionId };
    const stored = await findRoster(table, address);
    if (stored === undefined) throw new Error('The session was not created');
    return new RosterPlay(table, address, stored, random);
  }

  get #now(): Moment {
    const moment = this.#moments.at(-1);
    if (moment === undefined) throw new Error('Nothing has begun');
    return moment;
  }

  /** The etag of the session as it is, or as it was so many moments ago. */
  etag(ago: number): string {
    const moment = this.#moments.at(-1 - ago) ?? this.#now;
    return readRosteredSession(moment.stored, this.clock.now()).etag;
  }

  get hasEnded(): boolean {
    return this.#now.state.hasEnded;
  }

  get roster(): RosterState['roster'] {
    return this.#now.state.roster;
  }

  start(verb: Verb): void {
    const started: Started = {
      verb,
      now: this.clock.now(),
      requestId: `request ${this.#requests++}`,
      from: this.#moments.length - 1,
      wrote: [],
      retries: false,
    };
    const run = () => this.#run(started).catch((error: unknown) => this.#asLost(error));
    const caller = this.#wire.start(run, (told) => {
      this.#told.push(() => this.#checkTold(started, told));
    });
    this.#started.set(caller, started);
  }

  #run({ verb, now, requestId }: Started): Promise<Told> {
    const context = { table: this.#table, now, requestId, random: this.#random, retention: usualRetention };
    switch (verb.verb) {
      case 'join':
        return join(context, this.address, verb.players);
      case 'hold':
        return hold(context, this.address, titleCaller(), verb.invitation);
      case 'remove':
        return removePlayer(context, this.address, verb.caller, verb.xuid);
      case 'describe':
        return describePlayer(context, this.address, titleCaller(), verb);
      case 'change':
        return changeSession(context, this.address, titleCaller(), verb.change, verb.ifMatch);
    }
  }

  /** A verb fails when every try of one of its requests was lost, and for no other reason. */
  #asLost(error: unknown): Told {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return { kind: 'lost' };
    throw error;
  }

  /** Lets one of the waiting requests go, and checks what the session has become. */
  async send(choice: number, fate: Fate): Promise<void> {
    await this.#settle();
    if (this.#wire.waitingRequests === 0) return;
    const caller = await this.#wire.meetFate(choice % this.#wire.waitingRequests, fate);
    const started = this.#started.get(caller);
    const stored = await findRoster(this.#inspected, this.address);
    if (started === undefined || stored === undefined) throw new Error('The session is gone');
    if (fate === 'answer lost' || fate === 'lost before it arrived') started.retries = true;
    this.#step(stored, started);
    await this.#settle();
  }

  /** Answers whatever still waits, until every verb has finished. */
  async finish(): Promise<void> {
    await this.#settle();
    while (this.#wire.waitingRequests > 0) await this.send(0, 'answered');
  }

  turn(milliseconds: number): void {
    this.clock.turn(milliseconds);
    this.#look();
  }

  async #settle(): Promise<void> {
    await this.#wire.settle();
    for (const check of this.#told.splice(0)) check();
  }

  /** Checks one request: the session before is the present moment's, the session after is `stored`. */
  #step(stored: StoredRoster, by: Started): void {
    const { stored: before, state } = this.#now;
    if (stored.ledger.version === before.ledger.version) {
      expect(stored, 'nothing is written that is not counted').toEqual(before);
      return;
    }
    this.#checkNumbers(before, stored, by);
    this.#checkLook(before, stored, by);
    const { kind, after } = act(state, by.verb, by.now, this.#matches(before, by));
    expect(kind, 'what a verb has done that wrote').toBe(successes[by.verb.verb]);

    const reservations = reservationsIn(stored);
    // Which of the seats leave the ledger whose time has passed is up to chance. To everybody they were free.
    const swept = [...after.held].filter(
      ([xuid, deadline]) => deadline > by.now || reservations.has(tokenOf(xuid)),
    );
    const next = { ...after, held: new Map(swept) };
    expect(reservations, 'seats that are held').toEqual(reservationsOf(next));
    expect(readRosteredSession(stored, by.now)).toMatchObject(documentOf(next, by.now));
    by.wrote.push(this.#moments.length);
    this.#moments.push({ stored, state: next, by });
    this.#look();
  }

  /** Each event has a number of its own, and the session says when it was written last. */
  #checkNumbers(before: StoredRoster, { ledger, ...after }: StoredRoster, by: Started): void {
    const moved = movedSeats(before.ledger, ledger);
    const isChanged = !isDeepStrictEqual(besides(moved, before), besides(moved, { ...after, ledger }));
    // What shows nothing to anybody is told as a change all the same.
    const events = Math.max(seatEvents(before.ledger, ledger) + (isChanged ? 1 : 0), 1);
    expect(ledger.version - before.ledger.version, 'numbers').toBe(events);
    expect(ledger.touchedAt, 'when it was written').toBe(by.now);
  }

  /** The sweep comes when the session may be idle, or when the first reservation lapses that is held until before that. */
  #checkLook(before: StoredRoster, { ledger }: StoredRoster, { verb, now }: Started): void {
    const { lookAt = Number.POSITIVE_INFINITY } = before.ledger;
    const holds = verb.verb === 'hold' ? verb.invitation.milliseconds : Number.POSITIVE_INFINITY;
    const expected = ledger.endedAt === undefined ? Math.min(lookAt, now + holds) : undefined;
    expect(ledger.lookAt, 'when the sweep comes').toBe(expected);
  }

  /** What holds at every moment, whatever was done. */
  #look(): void {
    const { stored, state } = this.#now;
    const now = this.clock.now();
    const session = readRosteredSession(stored, now);
    expect(session).toMatchObject(documentOf(state, now));
    const { open, seats, capacity } = stored.ledger;
    expect(open + Object.keys(seats).length, 'open + seats = capacity').toBe(capacity);
    const held = session.hasEnded ? 0 : Object.values(seats).filter(isReservedAt(now)).length;
    expect(session.seatsAvailable + playersIn(state) + held, 'seats in all').toBe(session.maxPlayers);
    expect(session.roster.map(({ seatIndex }) => seatIndex)).toEqual(session.roster.map((_, i) => i));

    const { etag, ...document } = session;
    const earlier = this.#documents.get(etag);
    if (earlier !== undefined) expect(document, 'what one etag stands for').toEqual(earlier);
    this.#documents.set(etag, document);
    const isAsBefore =
      this.#shown?.version === stored.ledger.version && isDeepStrictEqual(document, this.#shown.document);
    if (isAsBefore) expect(etag, 'the etag of what has not changed').toBe(this.#shown?.etag);
    this.#shown = { version: stored.ledger.version, document, etag };
  }

  #matches(stored: StoredRoster, { verb, now }: Started): boolean {
    if (verb.verb !== 'change' || verb.ifMatch === undefined) return true;
    return verb.ifMatch.includes(readRosteredSession(stored, now).etag);
  }

  #checkTold(started: Started, told: Told | 'failed'): void {
    if (told === 'failed') expect.fail('A verb has failed, and its requests were not lost');
    if (told.kind === 'lost') return;
    const since = this.#moments.slice(started.from);
    const isSuccess = told.kind === successes[started.verb.verb];
    const hasWritten = started.wrote.length > 0;
    if (isSuccess && hasWritten) {
      expect(told['isNew'] ?? true, 'told to have done it').toBe(true);
    } else {
      const wasSo = since.some((moment) => this.#tellsAt(moment, started, told.kind));
      expect(wasSo, `told ${told.kind} where it was not so`).toBe(true);
      if (isSuccess && !started.retries) expect(told['isNew'] ?? false, 'told to have found it').toBe(false);
      if (told.kind === 'changed-since' && hasWritten) this.#expectAnotherChange(started);
    }
    const shown = since.some(({ stored }) =>
      isShownBy(readRosteredSession(stored, started.now), stored, told),
    );
    expect(shown, 'what the caller was shown was so').toBe(true);
  }

  /** Whether a verb that does nothing at this moment is told that. */
  #tellsAt({ stored, state }: Moment, started: Started, kind: string): boolean {
    const effect = act(state, started.verb, started.now, this.#matches(stored, started));
    return effect.kind === kind && effect.after === state;
  }

  /** A change whose answer was lost knows its own work unless somebody else has changed the session since. */
  #expectAnotherChange(started: Started): void {
    const later = this.#moments.slice((started.wrote.at(-1) ?? 0) + 1);
    expect(later.some(({ by }) => by?.verb.verb === 'change')).toBe(true);
  }
}

/** What a session shows beside these seats and the places of those who have them. */
const besides = (moved: readonly string[], { roster, ledger, ...facts }: StoredRoster) => ({
  facts: { ...facts, lastWriter: undefined, removedBy: undefined },
  places: roster.filter(({ token }) => !moved.includes(token)),
  settings: [ledger.capacity, ledger.deniesPlayers, ledger.endedAt],
});

/** Whether all that a caller was told of a session was so when it was like this. */
function isShownBy(session: RosteredSession, stored: StoredRoster, told: Told): boolean {
  if (told.session !== undefined && !isDeepStrictEqual(told.session, session)) return false;
  const { players, player, seats } = told;
  const shown = Array.isArray(players) ? players : player === undefined ? [] : [player];
  if (!shown.every((one) => session.roster.some((place) => isDeepStrictEqual(place, one)))) return false;
  if (!Array.isArray(seats)) return true;
  return seats.every(({ xuid, deadline }) => deadlineIn(stored.ledger.seats[tokenOf(xuid)]) === deadline);
}

const deadlineIn = (value: number | undefined): number | undefined =>
  value === undefined || value >= acceptedSeat ? undefined : value;

const isReservedAt = (now: number) => (value: number) => value < acceptedSeat && value > now;

/** The end of each reservation by its token: as the ledger has it, and as the model does. */
const reservationsIn = ({ ledger }: StoredRoster): ReadonlyMap<string, number> =>
  new Map(Object.entries(ledger.seats).filter(([, value]) => value < acceptedSeat));

const reservationsOf = ({ held }: RosterState): ReadonlyMap<string, number> =>
  new Map([...held].map(([xuid, deadline]) => [tokenOf(xuid), deadline]));
