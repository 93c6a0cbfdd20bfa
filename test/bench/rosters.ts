import { localAwsAccess } from '#infra/local/account.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { CapacityMeter, unitsOf } from '#test/support/capacity-meter.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import { openDoor, openRosterDoor, silentLog } from './door.ts';
import { openSessions, signedEvents } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import { type RosterCall, rosterEvent } from './roster-calls.ts';
import { creation, creations, life, longestWait, type Step, seatPlayers } from './roster-game.ts';
import type { Service } from './service.ts';
import { median, pairedRatio } from './statistics.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** What one call took. */
type Spent = {
  readonly calls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly milliseconds: number;
};

/**
 * DynamoDB calls, units and time of the GameSession API in its function, on DynamoDB Local: the life of a session that
 * fills with players, who send messages and leave. Beside it, by turns, as many reservations of the GameLift API.
 */
export async function measureRosters(service: Service, { quick }: Extent): Promise<readonly Result[]> {
  const table = openTable(service.tableName, { ...localAwsAccess, endpoint: service.dynamoDb.endpoint });
  const issuer = await startTokenIssuer();
  try {
    const bench = openBench(table, issuer);
    const results: Result[] = [];
    for (const slots of quick ? [4] : [4, 16]) {
      // Unrecorded: Java and Node compile what is called often.
      await takeTurns(bench, slots, quick ? 1 : 5);
      results.push(...compare(await takeTurns(bench, slots, quick ? 1 : 15), slots));
    }
    return results;
  } finally {
    await issuer.stop();
    table.client.destroy();
  }
}

type Bench = {
  /** Fills a game session by reservations, and gives the time of one, milliseconds. */
  reserve(slots: number): Promise<number>;
  /** Plays a session with a roster from its creation on, and gives what each kind of call took on average. */
  play(slots: number): Promise<ReadonlyMap<string, Spent>>;
};

function openBench(table: Table, issuer: TokenIssuer): Bench {
  const gameLift = openDoor(table, silentLog);
  const gameSessions = openRosterDoor(table, issuer);
  const meter = new CapacityMeter(table);

  async function call(request: RosterCall, expected: number): Promise<string> {
    const { status, body } = await gameSessions(rosterEvent(request));
    if (status !== expected) throw new Error(`${request.routeKey} was answered ${status}: ${body}`);
    return body;
  }

  async function spend({ calls, status }: Step): Promise<Spent> {
    meter.take();
    const start = performance.now();
    for (const request of calls) await call(request, status);
    const milliseconds = (performance.now() - start) / calls.length;
    const readings = Map.groupBy(meter.take(), ({ operation }) => isRead(operation));
    const [reads, writes] = [readings.get(true) ?? [], readings.get(false) ?? []];
    return {
      calls: (reads.length + writes.length) / calls.length,
      writeUnits: writes.map(unitsOf).reduce(add, 0) / calls.length,
      readUnits: reads.map(unitsOf).reduce(add, 0) / calls.length,
      milliseconds,
    };
  }

  return {
    async reserve(slots) {
      const [session] = await openSessions(table, 1, slots);
      if (session === undefined) throw new Error('There is no session to fill');
      const events = await signedEvents(Array.from({ length: slots }, () => session));
      const start = performance.now();
      for (const event of events) {
        const status = await gameLift(event);
        if (status !== 200) throw new Error(`A reservation was answered ${status}`);
      }
      return (performance.now() - start) / slots;
    },
    async play(slots) {
      const [late, ...players] = await seatPlayers(issuer, slots + 1);
      if (late === undefined) throw new Error('There are no players');
      const created = await call(creation(slots, late.token), 201);
      const sessionId = sessionIdOf({ body: JSON.parse(created) });
      const spent = new Map<string, Spent>();
      for (const step of [creations(slots, late.token), ...life(sessionId, players, late)]) {
        spent.set(step.name, await spend(step));
      }
      return spent;
    },
  };
}

const isRead = (operation: string): boolean => /^(?:BatchGet|Get|Query)/.test(operation);
const add = (sum: number, value: number): number => sum + value;

type Round = { readonly reservation: number; readonly spent: ReadonlyMap<string, Spent> };

async function takeTurns({ reserve, play }: Bench, slots: number, count: number): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    const early = round % 2 === 0 ? undefined : await reserve(slots);
    const spent = await play(slots);
    rounds.push({ spent, reservation: early ?? (await reserve(slots)) });
  }
  return rounds;
}

function compare(rounds: readonly Round[], slots: number): readonly Result[] {
  const [first] = rounds;
  return [...(first?.spent.keys() ?? [])].flatMap((name) => {
    const spent = rounds.flatMap((round) => round.spent.get(name) ?? []);
    const of = (member: keyof Spent) => median(spent.map((one) => one[member]));
    // By a clock that is turned: what time it took says nothing.
    const times = name === longestWait ? [] : [time(`${name}, ${slots} players`, spent, rounds)];
    return [...counts(`${name}, ${slots} players`, of), ...times];
  });
}

/** What a kind of call does not take has no row. */
const counts = (name: string, of: (member: keyof Spent) => number): readonly Result[] =>
  [
    { name, unit: 'calls', openslot: of('calls') },
    { name, unit: 'WCU', openslot: of('writeUnits') },
    { name, unit: 'RCU', openslot: of('readUnits') },
  ].filter(({ openslot }) => openslot > 0);

function time(name: string, spent: readonly Spent[], rounds: readonly Round[]): Result {
  const [times, others] = [spent.map((one) => one.milliseconds), rounds.map((round) => round.reservation)];
  return {
    name,
    unit: 'ms',
    openslot: median(times),
    beside: { what: 'reservation', value: median(others) },
    ratio: pairedRatio(times, others),
  };
}
