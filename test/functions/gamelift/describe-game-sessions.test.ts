import {
  DescribeGameSessionsCommand,
  type DescribeGameSessionsInput,
  DescribePlayerSessionsCommand,
  type GameSession,
  paginateDescribeGameSessions,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet, createLocations } from '#test/support/fleets.ts';
import { createGameSession, join, refusalOf } from '#test/support/game-lift.ts';
import { sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import {
  accessKeysOf,
  credentials,
  fleetId,
  location,
  type Service,
  startService,
} from '#test/support/service.ts';

const otherLocation = 'custom-other';
const otherCaller = { accessKeyId: 'ANOTHERCALLER', secretAccessKey: 'the secret of another caller' };

let service: Service;
/** A fleet with seven sessions in one location, of which three have ended, and two in another. */
let FleetId: string;
let FleetArn: string;
const sessions: GameSession[] = [];

beforeAll(async () => {
  service = await startService({ accessKeys: accessKeysOf(credentials, otherCaller) });
  await createLocations(service, otherLocation);
  const Locations = [{ Location: location }, { Location: otherLocation }];
  ({ FleetId, FleetArn = '' } = await createFleet(service, { Locations }));
  for (let number = 0; number < 9; number++) {
    const created = await createGameSession(service.gameLift, {
      FleetId,
      Location: number < 7 ? location : otherLocation,
      Name: `session-${number}`,
    });
    service.clock.turn(1_000);
    sessions.push(number < 3 ? await terminated(created.GameSessionId) : created);
  }
});
afterAll(() => service.close());

async function terminated(GameSessionId: string): Promise<GameSession> {
  const { GameSession } = await service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
  );
  return GameSession ?? {};
}

const list = (input: DescribeGameSessionsInput) =>
  service.gameLift.send(new DescribeGameSessionsCommand(input));

const byName = (found: readonly GameSession[] | undefined) =>
  found?.toSorted((one, other) => `${one.Name}`.localeCompare(`${other.Name}`));

async function allPages(
  input: DescribeGameSessionsInput,
  pageSize: number,
): Promise<readonly GameSession[][]> {
  const pages: GameSession[][] = [];
  for await (const { GameSessions } of paginateDescribeGameSessions(
    { client: service.gameLift, pageSize },
    input,
  )) {
    pages.push(GameSessions ?? []);
  }
  return pages;
}

describe('game sessions are found', () => {
  test('of a fleet in all its locations and in every status, as they are', async () => {
    const { GameSessions, NextToken } = await list({ FleetId });
    expect(byName(GameSessions)).toStrictEqual(sessions);
    expect(NextToken).toBeUndefined();
  });

  test('of a fleet that is named by its ARN', async () => {
    expect(byName((await list({ FleetId: FleetArn })).GameSessions)).toStrictEqual(sessions);
  });

  test('in one location', async () => {
    const { GameSessions } = await list({ FleetId, Location: otherLocation });
    expect(byName(GameSessions)).toStrictEqual(sessions.slice(7));
  });

  test('in no location that the fleet does not have', async () => {
    expect((await list({ FleetId, Location: 'custom-nowhere' })).GameSessions).toEqual([]);
  });

  test.each([
    ['ACTIVE', 3, 9],
    ['TERMINATED', 0, 3],
    ['ACTIVATING', 0, 0],
    ['TERMINATING', 0, 0],
  ])('in the status %s', async (StatusFilter, from, to) => {
    const { GameSessions } = await list({ FleetId, StatusFilter });
    expect(byName(GameSessions)).toStrictEqual(sessions.slice(from, to));
  });

  test('in one status and one location', async () => {
    const { GameSessions } = await list({ FleetId, StatusFilter: 'ACTIVE', Location: location });
    expect(byName(GameSessions)).toStrictEqual(sessions.slice(3, 7));
  });

  test('one by its id, whatever page is asked for', async () => {
    const [session] = sessions;
    const GameSessionId = session?.GameSessionId;
    const answer = await list({ GameSessionId, Limit: 5, NextToken: 'of no use', StatusFilter: 'ACTIVE' });
    expect(answer.GameSessions).toStrictEqual([session]);
    expect(answer.NextToken).toBeUndefined();
  });

  test('with the players that they have at this moment', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    const held = async () => {
      const { GameSessions } = await list({ GameSessionId });
      return GameSessions?.[0]?.CurrentPlayerSessionCount;
    };
    await join(service.gameLift, GameSessionId, 'ada');
    await join(service.gameLift, GameSessionId, 'bob');
    expect(await held()).toBe(2);
    service.clock.turn(60_000);
    expect(await held()).toBe(0);
  });

  test('none in a fleet without any', async () => {
    const empty = await createFleet(service);
    const { GameSessions, NextToken } = await list({ FleetId: empty.FleetId });
    expect({ GameSessions, NextToken }).toEqual({ GameSessions: [] });
  });
});

describe('a list in pages', () => {
  test.each([1, 2, 3, 8, 9, 1_024, 2_147_483_647])(
    'of %i at most shows every session once, and no page is larger',
    async (pageSize) => {
      const pages = await allPages({ FleetId }, pageSize);
      expect(byName(pages.flat())).toStrictEqual(sessions);
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(pageSize);
    },
  );

  test.each([1, 2])('of %i at most shows the sessions of a status and a location alone', async (pageSize) => {
    const pages = await allPages({ FleetId, StatusFilter: 'ACTIVE', Location: location }, pageSize);
    expect(byName(pages.flat())).toStrictEqual(sessions.slice(3, 7));
  });

  test('shows nothing more behind the last session, also where the last page is full', async () => {
    const { GameSessions, NextToken } = await list({ FleetId, Limit: 9 });
    expect(GameSessions).toHaveLength(9);
    const rest = NextToken === undefined ? [] : (await list({ FleetId, Limit: 9, NextToken })).GameSessions;
    expect(rest).toEqual([]);
  });

  test('goes on with a token that can be put anywhere and is no longer than the model allows', async () => {
    const { NextToken = '' } = await list({ FleetId, Limit: 1 });
    expect(NextToken).toMatch(/^[A-Za-z0-9_-]{1,1024}$/);
  });

  test('skips no session when another one ends between two pages', async () => {
    const inThisTest = [];
    const ending = await createFleet(service);
    const input = { FleetId: ending.FleetId, Limit: 1 };
    for (let number = 0; number < 4; number++) {
      const { GameSessionId } = await createGameSession(service.gameLift, { FleetId: input.FleetId });
      inThisTest.push(GameSessionId);
    }
    const first = await list(input);
    const seen = first.GameSessions?.[0]?.GameSessionId ?? '';
    await terminated(seen);
    const rest = await allPages({ ...input, NextToken: first.NextToken }, 1);
    const found = new Set([seen, ...rest.flat().map(({ GameSessionId }) => GameSessionId)]);
    expect([...found].toSorted()).toEqual(inThisTest.toSorted());
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
    ({ NextToken = '' } = await list({ FleetId, Limit: 1 }));
  });

  test('that somebody made up', async () => {
    const madeUp = Buffer.from(JSON.stringify({ shard: 0, position: null })).toString('base64url');
    for (const token of ['x', 'of no use', madeUp, 'A'.repeat(1_024)]) {
      expect(await refusalOf(list({ FleetId, NextToken: token }))).toEqual(refused);
    }
  });

  test('of which one character was changed', async () => {
    for (const at of [0, 43, NextToken.length - 1]) {
      const changed = `${NextToken.slice(0, at)}${NextToken[at] === 'A' ? 'B' : 'A'}${NextToken.slice(at + 1)}`;
      expect(await refusalOf(list({ FleetId, NextToken: changed }))).toEqual(refused);
    }
  });

  test.each<[string, () => DescribeGameSessionsInput]>([
    ['another fleet', () => ({ FleetId: 'fleet-of-the-tests' })],
    ['another status', () => ({ FleetId, StatusFilter: 'ACTIVE' })],
    ['another location', () => ({ FleetId, Location: location })],
  ])('that goes on with %s', async (_, input) => {
    expect(await refusalOf(list({ ...input(), NextToken }))).toEqual(refused);
  });

  test('that belongs to another operation', async () => {
    const GameSessionId = sessions[0]?.GameSessionId;
    const players = new DescribePlayerSessionsCommand({ GameSessionId, NextToken });
    expect(await refusalOf(service.gameLift.send(players))).toEqual(refused);
  });

  test('that was given to another caller', async () => {
    const other = service.client({ credentials: otherCaller });
    expect(
      await refusalOf(other.send(new DescribeGameSessionsCommand({ FleetId, Limit: 1, NextToken }))),
    ).toEqual(refused);
  });
});

describe('a request is refused', () => {
  const oneOf = 'Give one of FleetId, AliasId and GameSessionId.';

  test.each<[string, DescribeGameSessionsInput, string, string]>([
    ['that says nothing', {}, 'InvalidRequestException', oneOf],
    ['with two ids', { FleetId: 'fleet-1', AliasId: 'alias-1' }, 'InvalidRequestException', oneOf],
    [
      'with a fleet and a session',
      { FleetId: 'fleet-1', GameSessionId: 'x' },
      'InvalidRequestException',
      oneOf,
    ],
    [
      'for an alias that does not exist',
      { AliasId: 'alias-1' },
      'NotFoundException',
      'Alias alias-1 was not found.',
    ],
    [
      'for a fleet that does not exist',
      { FleetId: 'fleet-nowhere' },
      'NotFoundException',
      'Fleet fleet-nowhere was not found.',
    ],
    [
      'with a status that does not exist',
      { FleetId: 'fleet-of-the-tests', StatusFilter: 'active' },
      'InvalidRequestException',
      'StatusFilter must be one of ACTIVE, TERMINATED, ACTIVATING, TERMINATING, not active.',
    ],
  ])('%s', async (_, input, error, message) => {
    expect(await refusalOf(list(input))).toEqual({ error, status: 400, message });
  });

  test('for a session that does not exist', async () => {
    const GameSessionId = `${sessions[0]?.GameSessionId}0`;
    expect(await refusalOf(list({ GameSessionId }))).toMatchObject({
      error: 'NotFoundException',
      status: 400,
    });
  });
});

test('a page fits into the 6 MB that Lambda answers at most, also when its texts need escaping', async () => {
  for (let number = 0; number < 18; number++) {
    await createGameSession(service.gameLift, { GameSessionData: '"'.repeat(262_144) });
  }
  const list = unsigned('DescribeGameSessions', JSON.stringify({ FleetId: fleetId }));
  const { body } = await sendRaw(service.url, signed(service, list));
  // The function's result is JSON with the body as a string in it.
  expect(Buffer.byteLength(JSON.stringify({ body }))).toBeLessThan(6_000_000);
});
