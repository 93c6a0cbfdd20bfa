import { randomUUID } from 'node:crypto';
import { type AcceptOutcome, accept } from '#lib/sessions/accept.ts';
import { type EndOutcome, end } from '#lib/sessions/end.ts';
import { findGameSession, findPlayerSession, findSession } from '#lib/sessions/find.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { seatToken, sessionKeyOf } from '#lib/sessions/ids.ts';
import { type FleetSettings, openSession } from '#lib/sessions/open.ts';
import type { PlayerSession } from '#lib/sessions/player-session.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { type Leave, type ReleaseOutcome, release } from '#lib/sessions/release.ts';
import { type ReserveOutcome, reserve } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { type Update, type UpdateOutcome, update } from '#lib/sessions/update.ts';
import type { Table } from '#lib/table/client.ts';
import type { Ledger } from '#lib/table/session-item.ts';
import { Clock } from '#test/support/clock.ts';

/** A time all of whose digits count: DynamoDB stores a number with trailing zeros in fewer bytes. */
export const someTime = 1_777_777_777_777;

/** One request to reserve: who asks again with the same one retries. */
export type Request = {
  readonly players: readonly string[];
  readonly requestToken: string;
  readonly mayBeRetry: boolean;
};

/** A request that nobody has made before. */
export const request = (...players: readonly string[]): Request => ({
  players,
  requestToken: randomUUID(),
  mayBeRetry: false,
});

/** The same request once more, as an SDK sends it that got no answer. */
export const again = (first: Request): Request => ({ ...first, mayBeRetry: true });

/** The tokens of the seats that a request asks for. */
export const tokensOf = ({ players, requestToken }: Request): readonly string[] =>
  players.map((playerId) => seatToken(requestToken, playerId));

/** One game session, the verbs on it, and the clock by which they act. */
export class SessionUnderTest {
  readonly clock: Clock;
  readonly table: Table;
  readonly reference: string;
  readonly sessionKey: string;
  capacity: number;
  readonly #recentlyFull = new RecentlyFull();

  /** @param same one that exists, to act on it by another way to the table */
  constructor(table: Table, capacity: number, same?: SessionUnderTest) {
    this.clock = same?.clock ?? new Clock(someTime);
    this.table = table;
    this.capacity = capacity;
    this.reference =
      same?.reference ?? `fleet-2222bbbb-33cc-44dd-55ee-6666ffff77aa/custom-local/gsess-${randomUUID()}`;
    this.sessionKey = sessionKeyOf(this.reference);
  }

  static async open(table: Table, capacity: number, settings: FleetSettings = {}): Promise<SessionUnderTest> {
    const session = new SessionUnderTest(table, capacity);
    await session.open(settings);
    return session;
  }

  async open(settings: FleetSettings = {}): Promise<GameSession> {
    const [fleetId = '', location, id = ''] = this.reference.split('/');
    const wanted = { fleetId, location, id, capacity: this.capacity };
    const context = { table: this.table, now: this.clock.now() };
    const outcome = await openSession(context, this.sessionKey, wanted, settings);
    if (outcome.kind !== 'opened') throw new Error(`The session was not opened: ${outcome.kind}`);
    return outcome.session;
  }

  reserve({ players, requestToken, mayBeRetry }: Request): Promise<ReserveOutcome> {
    return reserve(
      {
        table: this.table,
        recentlyFull: this.#recentlyFull,
        now: this.clock.now(),
        random: Math.random,
      },
      {
        sessionKey: this.sessionKey,
        sessionReference: this.reference,
        players: players.map((playerId) => ({ playerId, playerData: undefined })),
        requestToken,
        mayBeRetry,
      },
    );
  }

  accept(token: string, by?: string): Promise<AcceptOutcome> {
    return accept({ table: this.table, now: this.clock.now() }, { sessionKey: this.sessionKey, token }, by);
  }

  release(token: string, leave?: Leave): Promise<ReleaseOutcome> {
    const context = { table: this.table, now: this.clock.now() };
    return release(context, { sessionKey: this.sessionKey, token }, leave);
  }

  end(requestToken: string = randomUUID()): Promise<EndOutcome> {
    const context = {
      table: this.table,
      recentlyFull: this.#recentlyFull,
      now: this.clock.now(),
      retention: usualRetention,
    };
    return end(context, this.sessionKey, { reason: 'FORCE_TERMINATED', requestToken });
  }

  async update(wanted: Update): Promise<UpdateOutcome> {
    const outcome = await update(
      { table: this.table, recentlyFull: this.#recentlyFull, now: this.clock.now() },
      this.sessionKey,
      wanted,
    );
    if (outcome.kind === 'updated') this.capacity = outcome.session.capacity;
    return outcome;
  }

  find(): Promise<GameSession | undefined> {
    return findGameSession(this.table, this.sessionKey, this.clock.now());
  }

  findPlayer(token: string): Promise<PlayerSession | undefined> {
    return findPlayerSession(this.table, { sessionKey: this.sessionKey, token }, this.clock.now());
  }

  async ledger(): Promise<Ledger> {
    const found = await findSession(this.table, this.sessionKey);
    if (found === undefined) throw new Error('There is no such session');
    return found.ledger;
  }

  /** Reserves slot after slot for newcomers until the session says that it is full: how many came in. */
  async fill(): Promise<number> {
    for (let filled = 0; filled <= this.capacity; filled++) {
      const { kind } = await this.reserve(request(`filler ${filled}`));
      if (kind === 'full') return filled;
      if (kind !== 'reserved') throw new Error(`The session could not be filled: ${kind}`);
    }
    throw new Error('The session has sold more slots than it has');
  }
}
