import {
  CreateFleetCommand,
  CreateLocationCommand,
  DescribeFleetLocationUtilizationCommand,
  type GameSession,
  paginateSearchGameSessions,
  SearchGameSessionsCommand,
  type SearchGameSessionsCommandInput,
  TerminateGameSessionCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { end } from '#lib/sessions/end.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import {
  filtersOf,
  isMatch,
  type PlainFacts,
  sortedBy,
  sortsOf,
  sortValue,
  tastes,
  type Words,
  writtenFilter,
  writtenSort,
} from '#test/lib/search/expressions.ts';
import {
  acceptPlayer,
  createGameSession,
  endOf,
  join,
  refusalOf,
  sessionKeyIn,
} from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

const otherLocation = 'custom-other';

let service: Service;
beforeAll(async () => {
  service = await startService();
  await service.gameLift.send(new CreateLocationCommand({ LocationName: otherLocation }));
});
afterAll(() => service.close());

async function newFleet(): Promise<string> {
  const { FleetAttributes } = await service.gameLift.send(
    new CreateFleetCommand({
      Name: 'Search',
      ComputeType: 'ANYWHERE',
      Locations: [{ Location: location }, { Location: otherLocation }],
    }),
  );
  return FleetAttributes?.FleetId ?? '';
}

const search = (input: SearchGameSessionsCommandInput) =>
  service.gameLift.send(new SearchGameSessionsCommand(input));

/** All pages of a search. */
async function allPages(
  input: SearchGameSessionsCommandInput,
  pageSize = 20,
): Promise<readonly GameSession[][]> {
  const pages: GameSession[][] = [];
  // The paginator writes into what it is given.
  const paginated = paginateSearchGameSessions({ client: service.gameLift, pageSize }, { ...input });
  for await (const { GameSessions } of paginated) pages.push(GameSessions ?? []);
  return pages;
}

const namesOf = (sessions: readonly GameSession[] | undefined) => sessions?.map(({ Name }) => Name);

const terminate = (GameSessionId: string | undefined) =>
  service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
  );

/** A session as a test wants it: its players come in before and after the reservations of the early ones lapse. */
type Plan = {
  readonly inOtherLocation: boolean;
  readonly name: string | undefined;
  readonly properties: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly lapsed: number;
  readonly reserved: number;
  readonly accepted: number;
  readonly denies: boolean;
  readonly ended: boolean;
};

const keys = fc.constantFrom('mode', 'map', 'Режим', '🎮', "k'not", '__proto__', 'a!');
const texts = fc.oneof(
  fc.constantFrom('a', 'A', "Matt's", '\\', "\\'", '"', ' AND ', '🎮🎮', 'é', '字'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
);
const plans: fc.Arbitrary<Plan> = fc
  .record({
    inOtherLocation: fc.boolean(),
    name: fc.option(texts, { nil: undefined }),
    properties: fc.dictionary(keys, texts, { maxKeys: 4 }),
    slots: fc.nat(4),
    lapsed: fc.nat(2),
    reserved: fc.nat(2),
    accepted: fc.nat(2),
    denies: fc.boolean(),
    ended: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
  })
  .filter(({ slots, lapsed, reserved, accepted }) => lapsed <= slots && reserved + accepted <= slots);

type Made = {
  readonly id: string;
  readonly plan: Plan;
  readonly facts: PlainFacts;
};

async function make(FleetId: string, wanted: readonly Plan[]): Promise<readonly Made[]> {
  const made: Made[] = [];
  for (const plan of wanted) {
    const { GameSessionId } = await createGameSession(service.gameLift, {
      FleetId,
      Location: plan.inOtherLocation ? otherLocation : location,
      Name: plan.name,
      MaximumPlayerSessionCount: plan.slots,
      GameProperties: Object.entries(plan.properties).map(([Key, Value]) => ({ Key, Value })),
    });
    for (let player = 0; player < plan.lapsed; player++)
      await join(service.gameLift, GameSessionId, `l${player}`);
    const held = plan.reserved + plan.accepted;
    const facts = new Map<string, string | number | boolean>([
      ['gameSessionId', GameSessionId],
      ['creationTimeMillis', service.clock.now()],
      ['maximumSessions', plan.slots],
      ['playerSessionCount', held],
      ['hasAvailablePlayerSessions', held < plan.slots],
      ...Object.entries(plan.properties).map(
        ([key, value]) => [`gameSessionProperties.${key}`, value] as const,
      ),
    ]);
    if (plan.name !== undefined) facts.set('gameSessionName', plan.name);
    made.push({ id: GameSessionId, plan, facts });
    service.clock.turn(made.length % 3);
  }
  service.clock.turn(60_000);
  for (const { id, plan } of made) {
    for (let player = 0; player < plan.reserved; player++) await join(service.gameLift, id, `r${player}`);
    for (let player = 0; player < plan.accepted; player++) {
      await acceptPlayer(service, await join(service.gameLift, id, `a${player}`));
    }
    const PlayerSessionCreationPolicy = 'DENY_ALL';
    if (plan.denies) {
      await service.gameLift.send(
        new UpdateGameSessionCommand({ GameSessionId: id, PlayerSessionCreationPolicy }),
      );
    }
    if (plan.ended) await terminate(id);
  }
  return made;
}

/** Words that meet the sessions now and then. */
const wordsOf = (made: readonly Made[]): Words => {
  const values = made.flatMap(({ facts }) => [...facts.values()]);
  const strings = values.filter((value) => typeof value === 'string');
  const numbers = values.filter((value) => typeof value === 'number');
  return {
    keys: fc.constantFrom('mode', 'map', 'Режим', '🎮', '__proto__', 'a!', 'none'),
    texts: fc.oneof(fc.constantFrom(...strings), texts),
    numbers: fc.oneof(fc.constantFrom(...numbers), fc.integer({ min: -1, max: 5 })),
  };
};

test('a search finds what a simple filter finds, in the order that its sort says, in whatever pages', async () => {
  const sessions = fc.array(plans, { minLength: 30, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(sessions, fc.gen(), async (wanted, draw) => {
      const FleetId = await newFleet();
      const made = await make(FleetId, wanted);
      const words = wordsOf(made);
      for (let searches = 0; searches < 40; searches++) {
        const filter = draw(fc.option, filtersOf(words), { nil: undefined });
        const sort = draw(fc.option, sortsOf(words), { nil: undefined });
        const Location = draw(fc.constantFrom, undefined, location, otherLocation);
        const taste = draw(() => tastes);
        const FilterExpression = filter && writtenFilter(filter, taste);
        if ((FilterExpression ?? '').length > 1_024) continue;
        const SortExpression = sort && writtenSort(sort, taste);
        const limit = draw(fc.integer, { min: 1, max: 25 });

        const pages = await allPages({ FleetId, Location, FilterExpression, SortExpression }, limit);
        const found = pages.flat().map(({ GameSessionId = '' }) => GameSessionId);
        const expected = made.filter(
          ({ plan, facts }) =>
            !plan.ended &&
            (Location === undefined || (Location === otherLocation) === plan.inOtherLocation) &&
            (filter === undefined || isMatch(filter, facts)),
        );
        expect(found.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
        for (const page of pages) expect(page.length).toBeLessThanOrEqual(Math.min(limit, 20));
        if (sort !== undefined) {
          const facts = new Map(made.map((session) => [session.id, session.facts]));
          const values = found.map((id) => sortValue(sort, facts.get(id) ?? new Map()));
          expect(values).toEqual(
            sortedBy(
              sort,
              expected.map((session) => session.facts),
            ),
          );
        }
      }
    }),
    { numRuns: 3, endOnFailure: true },
  );
});

describe('a search', () => {
  let FleetId: string;
  beforeAll(async () => {
    FleetId = await newFleet();
    for (let number = 0; number < 25; number++) {
      await createGameSession(service.gameLift, {
        FleetId,
        Name: `session-${String(number).padStart(2, '0')}`,
        GameProperties: [{ Key: 'parity', Value: number % 2 === 0 ? 'even' : 'odd' }],
      });
      service.clock.turn(1_000);
    }
  });

  test('shows a session as it is', async () => {
    const GameSessionData = 'as large as may be';
    const created = await createGameSession(service.gameLift, {
      FleetId: await newFleet(),
      GameSessionData,
      GameProperties: [{ Key: 'mode', Value: 'duel' }],
    });
    for (const SortExpression of [undefined, 'playerSessionCount ASC']) {
      const { GameSessions } = await search({ FleetId: created.FleetId, SortExpression });
      expect(GameSessions).toStrictEqual([created]);
    }
  });

  test.each([
    [undefined, [20, 5]],
    [1_000, [20, 5]],
    [20, [20, 5]],
    [10, [10, 10, 5]],
  ])('has pages of 20 at most; asked for %s', async (Limit, sizes) => {
    for (const SortExpression of [undefined, 'gameSessionName DESC']) {
      const found: number[] = [];
      let NextToken: string | undefined;
      do {
        const page = await search({ FleetId, SortExpression, Limit, NextToken });
        found.push(page.GameSessions?.length ?? 0);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(found).toEqual(sizes);
    }
  });

  test('sorts, and goes on in the next page where the last one ended', async () => {
    const input = {
      FleetId,
      FilterExpression: "gameSessionProperties.parity = 'odd' AND hasAvailablePlayerSessions=true",
      SortExpression: 'creationTimeMillis DESC',
    };
    const pages = await allPages(input, 5);
    expect(pages.map((page) => namesOf(page))).toEqual([
      ['session-23', 'session-21', 'session-19', 'session-17', 'session-15'],
      ['session-13', 'session-11', 'session-09', 'session-07', 'session-05'],
      ['session-03', 'session-01'],
    ]);
    // The last page may be full.
    expect((await allPages(input, 4)).map(({ length }) => length)).toEqual([4, 4, 4]);
  });

  test('without a sort begins anywhere, and shows all the same', async () => {
    const first = new Set<string | undefined>();
    for (let searches = 0; searches < 30; searches++) {
      const { GameSessions } = await search({ FleetId, Limit: 1 });
      first.add(GameSessions?.[0]?.Name);
    }
    expect(first.size).toBeGreaterThan(1);
  });

  test('finds nothing in a location that the fleet does not have', async () => {
    expect((await search({ FleetId, Location: 'custom-nowhere' })).GameSessions).toEqual([]);
  });

  test('sorts a name that no page token holds by its beginning', async () => {
    const fleet = await newFleet();
    // Each of these characters takes six bytes in JSON.
    const Names = ['c', '\u0001'.repeat(1_024), 'a'].map((end) => `b${end}`);
    for (const Name of Names)
      await createGameSession(service.gameLift, { FleetId: fleet, Name: Name.slice(0, 1_024) });
    const pages = await allPages({ FleetId: fleet, SortExpression: 'gameSessionName ASC' }, 1);
    expect(pages.flat().map(({ Name }) => Name?.slice(0, 2))).toEqual(['b\u0001', 'ba', 'bc']);
  });
});

describe('a search shows no session twice and skips none that stays', () => {
  test.each([
    undefined,
    'gameSessionName ASC',
    'creationTimeMillis DESC',
    'playerSessionCount ASC',
    'gameSessionProperties.none ASC',
  ])('while others come and go, sorted by %s', async (SortExpression) => {
    const FleetId = await newFleet();
    const createOne = async (Name: string) => {
      service.clock.turn(1);
      return (await createGameSession(service.gameLift, { FleetId, Name })).GameSessionId;
    };
    const staying: string[] = [];
    const leaving: string[] = [];
    for (let number = 0; number < 24; number++) {
      (number % 2 === 0 ? staying : leaving).push(await createOne(`${number}`));
    }
    const found: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await search({ FleetId, SortExpression, Limit: 3, NextToken });
      found.push(...(page.GameSessions ?? []).map(({ GameSessionId = '' }) => GameSessionId));
      NextToken = page.NextToken;
      // The next page begins behind the last session shown, also when that has gone.
      for (const id of new Set([found.at(-1), leaving.pop()])) await endOf(terminate(id));
      if (found.length < 12) await createOne(`${found.length}`);
    } while (NextToken !== undefined);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(staying));
  });
});

test.each([undefined, 'gameSessionName ASC'])(
  'a session that ended while its entry in the index stayed is not shown, sorted by %s',
  async (SortExpression) => {
    const FleetId = await newFleet();
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId, Name: 'ends' });
    await createGameSession(service.gameLift, { FleetId, Name: 'stays' });
    // The process dies between the two writes of the end.
    service.wire.breaks = ({ body }) => (body.includes('PAYLOAD') ? 'reset before' : undefined);
    const context = {
      table: service.table,
      recentlyFull: new RecentlyFull(),
      now: service.clock.now(),
      retention: usualRetention,
    };
    const how = { reason: 'FORCE_TERMINATED', requestToken: 'dies' };
    await expect(end(context, sessionKeyIn(GameSessionId), how)).rejects.toThrow();
    service.wire.breaks = () => undefined;
    expect(namesOf((await search({ FleetId, SortExpression })).GameSessions)).toEqual(['stays']);
  },
);

describe('a sorted search', () => {
  const sorted = (FleetId: string) => search({ FleetId, SortExpression: 'gameSessionName ASC' });

  test('sees at once what this function instance has written', async () => {
    const FleetId = await newFleet();
    const first = await createGameSession(service.gameLift, { FleetId, Name: 'first' });
    expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['first']);

    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId, Name: 'second' });
    expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['first', 'second']);
    await join(service.gameLift, GameSessionId, 'ada');
    expect((await sorted(FleetId)).GameSessions?.[1]?.CurrentPlayerSessionCount).toBe(1);
    await service.gameLift.send(new UpdateGameSessionCommand({ GameSessionId, Name: 'a name' }));
    expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['a name', 'first']);
    await terminate(first.GameSessionId);
    expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['a name']);
  });

  test('sees within a second what another instance has written, and costs that one no read until then', async () => {
    const FleetId = await newFleet();
    for (const Name of ['first', 'second']) await createGameSession(service.gameLift, { FleetId, Name });
    const other = await startService({ table: service.table }, service.clock);
    try {
      await sorted(FleetId);
      const created = await createGameSession(other.gameLift, { FleetId, Name: 'another' });
      service.clock.turn(999);
      service.wire.count();
      expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['first', 'second']);
      expect(service.wire.count()).toEqual({ GetItem: 1 });
      service.clock.turn(1);
      expect(namesOf((await sorted(FleetId)).GameSessions)).toEqual(['another', 'first', 'second']);
      await join(other.gameLift, created.GameSessionId, 'ada');
      service.clock.turn(1_000);
      expect((await sorted(FleetId)).GameSessions?.[0]?.CurrentPlayerSessionCount).toBe(1);
    } finally {
      await other.close();
    }
  });
});

describe('a request is refused', () => {
  test.each<[string, SearchGameSessionsCommandInput, string]>([
    [
      'with a filter that cannot be read',
      { FilterExpression: "gameSessionName = 'a' AND maximumSessions >= many" },
      'FilterExpression: expected a number after maximumSessions >= at character 46, found many.',
    ],
    [
      'with a sort that cannot be read',
      { SortExpression: 'creationTimeMillis' },
      'SortExpression: expected ASC or DESC after creationTimeMillis at character 19, found the end.',
    ],
    [
      'with a token of another filter',
      { FilterExpression: 'maximumSessions=1', NextToken: 'token' },
      'NextToken is not one that this list has returned to you. Leave it out to start from the beginning.',
    ],
  ])('%s', async (_, input, message) => {
    const FleetId = await newFleet();
    for (const _ of 'ab') await createGameSession(service.gameLift, { FleetId });
    const { NextToken } = await search({ FleetId, Limit: 1 });
    const given = input.NextToken === undefined ? input : { ...input, NextToken };
    expect(await refusalOf(search({ FleetId, ...given }))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message,
    });
  });

  test.each<[SearchGameSessionsCommandInput, string, string]>([
    [{}, 'InvalidRequestException', 'Give either FleetId or AliasId, and not both.'],
    [
      { FleetId: 'fleet-1', AliasId: 'alias-1' },
      'InvalidRequestException',
      'Give either FleetId or AliasId, and not both.',
    ],
    [{ FleetId: 'fleet-nowhere' }, 'NotFoundException', 'Fleet fleet-nowhere was not found.'],
    [{ AliasId: 'alias-nowhere' }, 'NotFoundException', 'Alias alias-nowhere was not found.'],
  ])('that names %j', async (input, error, message) => {
    expect(await refusalOf(search(input))).toEqual({ error, status: 400, message });
  });
});

test('a fleet that is too large is neither sorted nor counted, and the caller is told so', async () => {
  class TooLarge extends RecentSearches {
    override search: RecentSearches['search'] = (_, __, work) => work(undefined);
  }
  const crowded = await startService({ recentSearches: new TooLarge(Date.now) });
  try {
    const has = `Fleet ${fleetId} has more than 10000 live game sessions, or 300000 players in them`;
    const sorted = { FleetId: fleetId, SortExpression: 'gameSessionName ASC' };
    expect(await refusalOf(crowded.gameLift.send(new SearchGameSessionsCommand(sorted)))).toMatchObject({
      error: 'InvalidRequestException',
      message: `${has}: too many to be sorted. Leave SortExpression out.`,
    });
    const counted = new DescribeFleetLocationUtilizationCommand({ FleetId: fleetId, Location: location });
    expect(await refusalOf(crowded.gameLift.send(counted))).toMatchObject({
      error: 'InvalidRequestException',
      message: `${has}: too many to be counted in one request.`,
    });
  } finally {
    await crowded.close();
  }
});
