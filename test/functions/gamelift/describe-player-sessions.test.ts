import {
  CreatePlayerSessionCommand,
  DescribePlayerSessionsCommand,
  type DescribePlayerSessionsInput,
  type PlayerSession,
  paginateDescribePlayerSessions,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import {
  acceptPlayer,
  createGameSession,
  endOf,
  join,
  refusalOf,
  removePlayer,
} from '#test/support/game-lift.ts';
import { accessKeysOf, credentials, type Service, startService } from '#test/support/service.ts';

const otherCaller = { accessKeyId: 'ANOTHERCALLER', secretAccessKey: 'the secret of another caller' };

let service: Service;
/** A session with two players in each status, and what is to be seen of them. */
let GameSessionId: string;
const players: PlayerSession[] = [];

beforeAll(async () => {
  service = await startService({ accessKeys: accessKeysOf(credentials, otherCaller) });
  ({ GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 8 }));

  const timedOut = [await reserve('timed-out-1'), await reserve('timed-out-2', 'red')];
  const lapse = new Date(service.clock.now() + 60_000);
  service.clock.turn(60_000);
  const completed = [await reserve('completed-1'), await reserve('completed-2', 'blue')];
  for (const { PlayerSessionId = '' } of completed) {
    await acceptPlayer(service, PlayerSessionId);
    service.clock.turn(1_000);
    await removePlayer(service, PlayerSessionId);
  }
  const [first, second] = [new Date(service.clock.now() - 1_000), new Date(service.clock.now())];
  const active = [await reserve('active-1'), await reserve('active-2')];
  for (const { PlayerSessionId = '' } of active) await acceptPlayer(service, PlayerSessionId);
  const reserved = [await reserve('reserved-1'), await reserve('reserved-2')];
  players.push(
    ...active.map((player): PlayerSession => ({ ...player, Status: 'ACTIVE' })),
    ...completed.map(
      (player, i): PlayerSession => ({
        ...player,
        Status: 'COMPLETED',
        TerminationTime: i === 0 ? first : second,
      }),
    ),
    ...reserved,
    ...timedOut.map((player): PlayerSession => ({ ...player, Status: 'TIMEDOUT', TerminationTime: lapse })),
  );
});
afterAll(() => service.close());

async function reserve(PlayerId: string, PlayerData?: string): Promise<PlayerSession> {
  const { PlayerSession } = await service.gameLift.send(
    new CreatePlayerSessionCommand({ GameSessionId, PlayerId, PlayerData }),
  );
  return PlayerSession ?? {};
}

const list = (input: DescribePlayerSessionsInput) =>
  service.gameLift.send(new DescribePlayerSessionsCommand(input));

const byPlayer = (found: readonly PlayerSession[] | undefined) =>
  found?.toSorted((one, other) => `${one.PlayerId}`.localeCompare(`${other.PlayerId}`));

async function allPages(
  input: DescribePlayerSessionsInput,
  pageSize: number,
): Promise<readonly PlayerSession[][]> {
  const pages: PlayerSession[][] = [];
  for await (const { PlayerSessions } of paginateDescribePlayerSessions(
    { client: service.gameLift, pageSize },
    input,
  )) {
    pages.push(PlayerSessions ?? []);
  }
  return pages;
}

describe('player sessions are found', () => {
  test('of a game session, in every status, as they are', async () => {
    const { PlayerSessions, NextToken } = await list({ GameSessionId });
    expect(byPlayer(PlayerSessions)).toStrictEqual(players);
    expect(NextToken).toBeUndefined();
  });

  test.each([
    ['ACTIVE', 0],
    ['COMPLETED', 2],
    ['RESERVED', 4],
    ['TIMEDOUT', 6],
  ])('of a game session in the status %s', async (PlayerSessionStatusFilter, from) => {
    const { PlayerSessions } = await list({ GameSessionId, PlayerSessionStatusFilter });
    expect(byPlayer(PlayerSessions)).toStrictEqual(players.slice(from, from + 2));
  });

  test('none in a game session where nobody has been', async () => {
    const empty = await createGameSession(service.gameLift);
    const { PlayerSessions, NextToken } = await list({ GameSessionId: empty.GameSessionId });
    expect({ PlayerSessions, NextToken }).toEqual({ PlayerSessions: [] });
  });

  test('one by its id, whatever page and status are asked for', async () => {
    for (const player of players) {
      const { PlayerSessionId } = player;
      const answer = await list({
        PlayerSessionId,
        PlayerSessionStatusFilter: 'of no use',
        NextToken: 'of no use',
      });
      expect(answer.PlayerSessions).toStrictEqual([player]);
      expect(answer.NextToken).toBeUndefined();
    }
  });

  test('of a player, whatever status is asked for', async () => {
    for (const player of players) {
      const { PlayerId } = player;
      const { PlayerSessions } = await list({ PlayerId, PlayerSessionStatusFilter: 'of no use' });
      expect(PlayerSessions).toStrictEqual([player]);
    }
  });

  test('of a player in all game sessions, the newest first', async () => {
    const PlayerId = 'here-and-there';
    const joined: string[] = [];
    for (let number = 0; number < 5; number++) {
      const session = await createGameSession(service.gameLift);
      joined.unshift(await join(service.gameLift, session.GameSessionId, PlayerId));
      service.clock.turn(1);
    }
    const { PlayerSessions } = await list({ PlayerId });
    expect(PlayerSessions?.map(({ PlayerSessionId }) => PlayerSessionId)).toEqual(joined);
    const pages = await allPages({ PlayerId }, 2);
    expect(pages.flat().map(({ PlayerSessionId }) => PlayerSessionId)).toEqual(joined);
    expect(pages.map(({ length }) => length).slice(0, 3)).toEqual([2, 2, 1]);
  });

  test('none of a player who has never been anywhere', async () => {
    expect((await list({ PlayerId: 'a stranger' })).PlayerSessions).toEqual([]);
  });

  test('by the narrowest of several ids', async () => {
    const [one, other] = players;
    const narrowest = await list({
      GameSessionId,
      PlayerId: one?.PlayerId,
      PlayerSessionId: other?.PlayerSessionId,
    });
    expect(narrowest.PlayerSessions).toStrictEqual([other]);
    expect((await list({ GameSessionId, PlayerId: one?.PlayerId })).PlayerSessions).toStrictEqual([one]);
  });
});

describe('a list in pages', () => {
  test.each([1, 3, 8, 1_024, 2_147_483_647])(
    'of %i at most shows every player once, and no page is larger',
    async (pageSize) => {
      const pages = await allPages({ GameSessionId }, pageSize);
      expect(byPlayer(pages.flat())).toStrictEqual(players);
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(pageSize);
    },
  );

  test('of 1 at most shows the players of one status alone', async () => {
    const pages = await allPages({ GameSessionId, PlayerSessionStatusFilter: 'TIMEDOUT' }, 1);
    expect(byPlayer(pages.flat())).toStrictEqual(players.slice(6));
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(1);
  });

  test('holds the 200 players of the largest session in one page', async () => {
    const large = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 200 });
    await atOnce(16, 200, (number) => join(service.gameLift, large.GameSessionId, `player-${number}`));
    const { PlayerSessions, NextToken } = await list({ GameSessionId: large.GameSessionId });
    expect(new Set(PlayerSessions?.map(({ PlayerId }) => PlayerId)).size).toBe(200);
    expect(NextToken).toBeUndefined();
  });
});

describe('a token is refused', () => {
  const refused = {
    error: 'InvalidRequestException',
    status: 400,
    message:
      'NextToken is not one that this list has returned to you. Leave it out to start from the beginning.',
  };
  let NextToken: string;
  beforeAll(async () => {
    ({ NextToken = '' } = await list({ GameSessionId, Limit: 1 }));
  });

  test('that somebody made up', async () => {
    for (const token of ['x', 'of no use', 'A'.repeat(1_024)]) {
      expect(await refusalOf(list({ GameSessionId, NextToken: token }))).toEqual(refused);
      expect(await refusalOf(list({ PlayerId: 'ada', NextToken: token }))).toEqual(refused);
    }
  });

  test('that goes on with another list', async () => {
    const other = await createGameSession(service.gameLift);
    for (const input of [
      { GameSessionId: other.GameSessionId },
      { GameSessionId, PlayerSessionStatusFilter: 'ACTIVE' },
      { PlayerId: 'active-1' },
    ]) {
      expect(await refusalOf(list({ ...input, NextToken }))).toEqual(refused);
    }
  });

  test('that was given to another caller', async () => {
    const other = service.client({ credentials: otherCaller });
    expect(
      await refusalOf(other.send(new DescribePlayerSessionsCommand({ GameSessionId, NextToken }))),
    ).toEqual(refused);
  });
});

describe('a request is refused', () => {
  test('that says nothing', async () => {
    expect(await refusalOf(list({}))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message: 'Give one of GameSessionId, PlayerId and PlayerSessionId.',
    });
  });

  test('with a status that does not exist', async () => {
    expect(await refusalOf(list({ GameSessionId, PlayerSessionStatusFilter: 'reserved' }))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message:
        'PlayerSessionStatusFilter must be one of RESERVED, ACTIVE, COMPLETED, TIMEDOUT, not reserved.',
    });
  });

  test('for a game session that does not exist', async () => {
    expect(await refusalOf(list({ GameSessionId: `${GameSessionId}0` }))).toMatchObject({
      error: 'NotFoundException',
      status: 400,
    });
  });

  test.each([
    ['of a seat that does not exist', 'psess-00000000000000000000000000000'],
    ['of another length', 'psess-0'],
    ["of GameLift's own spelling", 'psess-3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['of other characters', `psess-${'#'.repeat(29)}`],
  ])('for a player session %s', async (_, PlayerSessionId) => {
    expect(await refusalOf(list({ PlayerSessionId }))).toEqual({
      error: 'NotFoundException',
      status: 400,
      message: `Player session ${PlayerSessionId} was not found.`,
    });
  });
});

test('to look changes nothing', async () => {
  service.wire.count();
  await list({ GameSessionId });
  await list({ PlayerId: 'active-1' });
  await list({ PlayerSessionId: players[0]?.PlayerSessionId });
  expect(await endOf(list({}))).toBe('InvalidRequestException');
  expect(Object.keys(service.wire.count()).toSorted()).toEqual(['BatchGetItem', 'GetItem', 'Query']);
});
