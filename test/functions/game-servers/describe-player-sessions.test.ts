import { CreatePlayerSessionsCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largestMessage } from '#functions/connections.ts';
import { minute } from '#test/lib/cleanup/swept-table.ts';
import { join } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import type { Members } from '#test/support/game-server-requests.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { activeSession, hosted } from './hosting.ts';

/** What a server process learns of the players of its fleet. */

let service: ServerService;
let server: GameServer;
let fleetId: string;
/** The server's session, with ada ACTIVE, bob TIMEDOUT, cy COMPLETED, and dan and eve RESERVED. */
let session: string;
/** When ada and cy were reserved. */
let begun: number;
const ids = new Map<string, string>();
/** A session of another server of the fleet, and one of another fleet: ada is in each of them. */
let neighbour: string;
let foreign: string;
let foreignAda: string;
beforeAll(async () => {
  service = await startServerService();
  ({ server, session, fleetId } = await hosted(service, { session: { MaximumPlayerSessionCount: 10 } }));
  const { gameLift, clock } = service;
  const enter = async (...players: string[]) => {
    for (const player of players) ids.set(player, await join(gameLift, session, player));
  };
  begun = clock.now();
  await enter('ada', 'bob', 'cy');
  for (const player of ['ada', 'cy']) await server.acceptPlayerSession(ids.get(player) ?? '');
  clock.turn(minute);
  await server.removePlayerSession(ids.get('cy') ?? '');
  await enter('dan', 'eve');
  await server.heartbeat();
  neighbour = await activeSession(service, await service.readyProcess({ fleetId }));
  await join(gameLift, neighbour, 'ada');
  ({ session: foreign } = await hosted(service));
  foreignAda = await join(gameLift, foreign, 'ada');
});
afterAll(() => service.close());

type Shown = Readonly<Record<string, unknown>>;

async function describePlayers(asked: Members, by = server) {
  const answer = await by.describePlayerSessions(asked);
  expect(answer).toMatchObject({ Action: 'DescribePlayerSessions', StatusCode: 200 });
  const { PlayerSessions, NextToken } = answer;
  if (!Array.isArray(PlayerSessions)) throw new Error('The answer has no player sessions');
  const players: readonly Shown[] = PlayerSessions;
  return { answer, players, next: NextToken };
}

/** All pages of a list. */
async function allPages(asked: Members, by = server) {
  const pages: (readonly Shown[])[] = [];
  const sizes: number[] = [];
  let NextToken: unknown;
  do {
    const { answer, players, next } = await describePlayers({ ...asked, NextToken }, by);
    pages.push(players);
    sizes.push(Buffer.byteLength(JSON.stringify(answer)));
    NextToken = next;
  } while (NextToken !== undefined);
  return { pages, sizes, players: pages.flat() };
}

const named = (players: readonly Shown[]) =>
  players.map(({ PlayerId, Status }) => `${PlayerId} ${Status}`).toSorted();

test('a player session is shown as the SDKs read it, its times in milliseconds', async () => {
  const at = { FleetId: fleetId, GameSessionId: session, IpAddress: '10.1.2.3', Port: 7_777 };
  const ada = { PlayerId: 'ada', PlayerSessionId: ids.get('ada'), Status: 'ACTIVE', CreationTime: begun };
  expect((await describePlayers({ PlayerSessionId: ids.get('ada') })).players).toEqual([{ ...at, ...ada }]);
  const [cy] = (await describePlayers({ PlayerSessionId: ids.get('cy') })).players;
  expect(cy).toMatchObject({
    ...at,
    Status: 'COMPLETED',
    CreationTime: begun,
    TerminationTime: begun + minute,
  });
});

test('the players of a game session are shown, all of them or those of one status', async () => {
  const { players, next } = await describePlayers({ GameSessionId: session });
  expect(named(players)).toEqual([
    'ada ACTIVE',
    'bob TIMEDOUT',
    'cy COMPLETED',
    'dan RESERVED',
    'eve RESERVED',
  ]);
  expect(next).toBeUndefined();
  for (const [PlayerSessionStatusFilter, ...expected] of [
    ['RESERVED', 'dan RESERVED', 'eve RESERVED'],
    ['ACTIVE', 'ada ACTIVE'],
    ['COMPLETED', 'cy COMPLETED'],
    ['TIMEDOUT', 'bob TIMEDOUT'],
  ]) {
    const found = await describePlayers({ GameSessionId: session, PlayerSessionStatusFilter });
    expect(named(found.players)).toEqual(expected);
  }
});

test('a player is shown in every game session of the fleet, and in no other fleet', async () => {
  const { players } = await describePlayers({ PlayerId: 'ada' });
  expect(players.map(({ GameSessionId, Status }) => [GameSessionId, Status])).toEqual([
    [neighbour, 'RESERVED'],
    [session, 'ACTIVE'],
  ]);
  expect((await describePlayers({ PlayerId: 'nobody' })).players).toEqual([]);
});

test('a list goes on by its NextToken, however short its pages are, with whatever is shown of it', async () => {
  const { pages, players } = await allPages({ GameSessionId: session, Limit: 2 });
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(named(players)).toEqual(named((await describePlayers({ GameSessionId: session })).players));
  const reserved = await allPages({
    GameSessionId: session,
    PlayerSessionStatusFilter: 'RESERVED',
    Limit: 1,
  });
  expect(named(reserved.players)).toEqual(['dan RESERVED', 'eve RESERVED']);
  // A page shows less than it read where a player is in other fleets too.
  const everywhere = await allPages({ PlayerId: 'ada', Limit: 1 });
  expect(everywhere.players.map(({ GameSessionId }) => GameSessionId)).toEqual([neighbour, session]);
  const { players: one } = await describePlayers({ GameSessionId: session, Limit: 1, NextToken: '' });
  expect(one).toHaveLength(1);
});

describe('a NextToken is of no use', () => {
  const refused = {
    StatusCode: 400,
    ErrorMessage: 'NextToken is not one that this list has returned to this process.',
  };

  test('in another list, to another process or when it is made up', async () => {
    const { next } = await describePlayers({ GameSessionId: session, Limit: 1 });
    expect(next).toEqual(expect.any(String));
    for (const asked of [
      { GameSessionId: neighbour, NextToken: next },
      { GameSessionId: session, PlayerSessionStatusFilter: 'ACTIVE', NextToken: next },
      { PlayerId: 'ada', NextToken: next },
      { GameSessionId: session, NextToken: 'made-up' },
    ]) {
      expect(await server.describePlayerSessions(asked)).toMatchObject(refused);
    }
    const other = await service.readyProcess({ fleetId });
    const asked = { GameSessionId: session, NextToken: next };
    expect(await other.describePlayerSessions(asked)).toMatchObject(refused);
  });
});

describe('nothing is found', () => {
  test.each<[string, () => string]>([
    ['in a game session of another fleet', () => foreign],
    ['in a game session that nobody has created', () => `${session}0`],
    ['in what is no game session', () => 'a-game-session'],
  ])('%s', async (_, id) => {
    const GameSessionId = id();
    expect(await server.describePlayerSessions({ GameSessionId })).toMatchObject({
      StatusCode: 404,
      ErrorMessage: `The fleet of this process has no game session ${GameSessionId}.`,
    });
  });

  test.each<[string, () => string]>([
    ['by a player session of another fleet', () => foreignAda],
    ['by a player session that nobody has', () => `${foreignAda.slice(0, -3)}xyz`],
    ['by what is no player session', () => 'ada'],
  ])('%s', async (_, id) => {
    const PlayerSessionId = id();
    expect(await server.describePlayerSessions({ PlayerSessionId })).toMatchObject({
      StatusCode: 404,
      ErrorMessage: expect.stringContaining(PlayerSessionId),
    });
  });

  test('where it is not said of whom, or of several', async () => {
    for (const asked of [{}, { GameSessionId: session, PlayerId: 'ada' }]) {
      expect(await server.describePlayerSessions(asked)).toMatchObject({
        StatusCode: 400,
        ErrorMessage: 'Give one of GameSessionId, PlayerId and PlayerSessionId.',
      });
    }
  });
});

test('200 players with 2,048 characters of data each come page by page, each page in one message, and none is lost', async () => {
  const large = await hosted(service, { session: { MaximumPlayerSessionCount: 200 } });
  const players = Array.from({ length: 200 }, (_, number) => `player-${number}`);
  // The first of these take the most bytes that a character can take in JSON.
  const dataOf = (player: string) => (player < 'player-12' ? '\u0001' : 'x').repeat(2_048);
  await Promise.all(
    Array.from({ length: 8 }, (_, group) => {
      const PlayerIds = players.slice(25 * group, 25 * (group + 1));
      const PlayerDataMap = Object.fromEntries(PlayerIds.map((player) => [player, dataOf(player)]));
      const create = { GameSessionId: large.session, PlayerIds, PlayerDataMap };
      return service.gameLift.send(new CreatePlayerSessionsCommand(create));
    }),
  );
  for (const Limit of [undefined, 1_024]) {
    const { players: shown, sizes } = await allPages({ GameSessionId: large.session, Limit }, large.server);
    expect(shown.map(({ PlayerId }) => PlayerId).toSorted()).toEqual(players.toSorted());
    for (const { PlayerId, PlayerData } of shown) expect(PlayerData).toBe(dataOf(String(PlayerId)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(largestMessage);
    expect(Math.max(...sizes)).toBeGreaterThan(40_000);
  }
});
