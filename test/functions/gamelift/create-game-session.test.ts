import {
  CreateFleetCommand,
  CreateGameSessionCommand,
  type CreateGameSessionInput,
  CreateLocationCommand,
  DescribeGameSessionsCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionItemKey } from '#lib/table/keys.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession, endOf, join, refusalOf, sessionKeyIn } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const fleetArn = `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`;
const arn = (id: string) => `arn:aws:gamelift:us-east-1::gamesession/${fleetId}/${location}/${id}`;

async function describeOne(GameSessionId: string) {
  const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  return GameSessions;
}

const create = (members: Partial<CreateGameSessionInput>) =>
  service.gameLift.send(
    new CreateGameSessionCommand({
      FleetId: fleetId,
      Location: location,
      MaximumPlayerSessionCount: 4,
      ...members,
    }),
  );

describe('a game session', () => {
  test('is ACTIVE at once, takes players and has a name of its own, where the caller gives the least', async () => {
    const { GameSession } = await create({ MaximumPlayerSessionCount: 4 });
    expect(GameSession).toStrictEqual({
      GameSessionId: expect.stringMatching(
        new RegExp(
          `^${arn('gsess-[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')}$`,
        ),
      ),
      FleetId: fleetId,
      FleetArn: fleetArn,
      CreationTime: new Date(service.clock.now()),
      CurrentPlayerSessionCount: 0,
      MaximumPlayerSessionCount: 4,
      Status: 'ACTIVE',
      PlayerSessionCreationPolicy: 'ACCEPT_ALL',
      Location: location,
    });
  });

  test('keeps everything that the caller says of it, and shows it to whoever asks', async () => {
    const members = {
      Name: 'Friday night 🎮',
      CreatorId: 'ada',
      GameProperties: [
        { Key: 'mode', Value: 'duel' },
        { Key: '', Value: '' },
      ],
      GameSessionData: '{"map":"harbour"}',
    };
    const { GameSession } = await create({ ...members, IdempotencyToken: 'friday' });
    expect(GameSession).toStrictEqual({
      ...members,
      GameSessionId: arn('friday'),
      FleetId: fleetId,
      FleetArn: fleetArn,
      CreationTime: new Date(service.clock.now()),
      CurrentPlayerSessionCount: 0,
      MaximumPlayerSessionCount: 4,
      Status: 'ACTIVE',
      PlayerSessionCreationPolicy: 'ACCEPT_ALL',
      Location: location,
    });
    expect(await describeOne(arn('friday'))).toStrictEqual([GameSession]);
  });

  test('can be created in a fleet that is named by its ARN', async () => {
    const { GameSession } = await create({ FleetId: fleetArn, IdempotencyToken: 'by-arn' });
    expect(GameSession).toMatchObject({ GameSessionId: arn('by-arn'), FleetId: fleetId });
  });

  test.each([1, 200])('can have %i slots', async (slots) => {
    const { GameSession } = await create({ MaximumPlayerSessionCount: slots });
    expect(GameSession?.MaximumPlayerSessionCount).toBe(slots);
  });

  test('of no slots is one that nobody can join', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 0 });
    expect(await endOf(join(service.gameLift, GameSessionId, 'ada'))).toBe('GameSessionFullException');
  });

  test('carries as much data as the model allows', async () => {
    const GameSessionData = 'x'.repeat(262_144);
    const { GameSession } = await create({ GameSessionData, IdempotencyToken: 'large' });
    expect(GameSession?.GameSessionData).toBe(GameSessionData);
    expect(await describeOne(arn('large'))).toMatchObject([{ GameSessionData }]);
  });

  test('whose creation broke off halfway is not there, and the next try completes it', async () => {
    let puts = 0;
    service.wire.breaks = ({ operation }) =>
      operation === 'PutItem' && ++puts > 1 ? 'server error' : undefined;
    const once = service.client({ maxAttempts: 1 });
    const members = { IdempotencyToken: 'halfway', Name: 'halfway' };
    expect(await endOf(createGameSession(once, members))).toBe('InternalServiceException');
    service.wire.breaks = () => undefined;

    expect(await endOf(describeOne(arn('halfway')))).toBe('NotFoundException');
    expect(await endOf(join(service.gameLift, arn('halfway'), 'ada'))).toBe('NotFoundException');
    const created = await createGameSession(service.gameLift, members);
    expect(await describeOne(arn('halfway'))).toStrictEqual([created]);
  });

  test('is another one for each request without a token', async () => {
    const [first, second] = [await create({}), await create({})];
    expect(first.GameSession?.GameSessionId).not.toBe(second.GameSession?.GameSessionId);
  });
});

describe('a token', () => {
  test('names the session, and a second request with it gets the first session as it is now', async () => {
    const members = { IdempotencyToken: 'again', Name: 'again', GameProperties: [{ Key: 'a', Value: 'b' }] };
    const first = await create(members);
    await join(service.gameLift, arn('again'), 'ada');
    service.clock.turn(1_000);
    const before = await contentsOf(service.table);

    const second = await create(members);

    expect(second.GameSession).toStrictEqual({ ...first.GameSession, CurrentPlayerSessionCount: 1 });
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('may come as the older GameSessionId, or as both', async () => {
    await create({ GameSessionId: 'older' });
    const { GameSession } = await create({ IdempotencyToken: 'older', GameSessionId: 'older' });
    expect(GameSession?.GameSessionId).toBe(arn('older'));
  });

  test('still names its session after that has ended', async () => {
    await create({ IdempotencyToken: 'ended' });
    await service.gameLift.send(
      new TerminateGameSessionCommand({ GameSessionId: arn('ended'), TerminationMode: 'FORCE_TERMINATE' }),
    );
    const { GameSession } = await create({ IdempotencyToken: 'ended' });
    expect(GameSession).toMatchObject({ GameSessionId: arn('ended'), Status: 'TERMINATED' });
  });

  test('names another session in another fleet or another location', async () => {
    await service.gameLift.send(new CreateLocationCommand({ LocationName: 'custom-second' }));
    const { FleetAttributes } = await service.gameLift.send(
      new CreateFleetCommand({
        Name: 'Second',
        ComputeType: 'ANYWHERE',
        Locations: [{ Location: location }, { Location: 'custom-second' }],
      }),
    );
    const FleetId = FleetAttributes?.FleetId;
    const places = [{}, { FleetId }, { FleetId, Location: 'custom-second' }];
    const sessions = await Promise.all(
      places.map((place, slots) =>
        create({ ...place, IdempotencyToken: 'everywhere', MaximumPlayerSessionCount: slots }),
      ),
    );
    expect(sessions.map(({ GameSession }) => GameSession?.MaximumPlayerSessionCount)).toEqual([0, 1, 2]);
    expect(new Set(sessions.map(({ GameSession }) => GameSession?.GameSessionId)).size).toBe(3);
  });

  test.each<[string, Partial<CreateGameSessionInput>]>([
    ['number of slots', { MaximumPlayerSessionCount: 5 }],
    ['name', { Name: 'another' }],
    ['creator', { CreatorId: 'eve' }],
    ['property', { GameProperties: [{ Key: 'mode', Value: 'race' }] }],
    ['set of properties', { GameProperties: [] }],
    ['data', { GameSessionData: 'more' }],
  ])('cannot be used again with another %s', async (what, change) => {
    const IdempotencyToken = what.replaceAll(' ', '-');
    const members = { Name: 'one', CreatorId: 'ada', GameProperties: [{ Key: 'mode', Value: 'duel' }] };
    // One CreatorId creates one session a second.
    service.clock.turn(1_000);
    await create({ ...members, IdempotencyToken });
    const before = await contentsOf(service.table);
    expect(await refusalOf(create({ ...members, ...change, IdempotencyToken }))).toEqual({
      error: 'IdempotentParameterMismatchException',
      status: 400,
      message: expect.stringContaining(IdempotencyToken),
    });
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

describe('a request is refused, and nothing is written,', () => {
  const either = 'Give either FleetId or AliasId, and not both.';

  test.each<[string, Partial<CreateGameSessionInput>, string, string]>([
    ['without a fleet', { FleetId: undefined }, 'InvalidRequestException', either],
    ['with a fleet and an alias', { AliasId: 'alias-1' }, 'InvalidRequestException', either],
    [
      'with an alias that does not exist',
      { FleetId: undefined, AliasId: 'alias-1' },
      'NotFoundException',
      'Alias alias-1 was not found.',
    ],
    [
      'in a fleet that does not exist',
      { FleetId: 'fleet-nowhere' },
      'NotFoundException',
      'Fleet fleet-nowhere was not found.',
    ],
    [
      'in a fleet of another account',
      { FleetId: fleetArn.replace('123456789012', '210987654321') },
      'NotFoundException',
      `Fleet ${fleetArn.replace('123456789012', '210987654321')} was not found.`,
    ],
    [
      'without a location',
      { Location: undefined },
      'InvalidRequestException',
      `Location must be one of the fleet's, ${location}, not none.`,
    ],
    [
      'in a location that the fleet does not have',
      { Location: 'us-east-1' },
      'InvalidRequestException',
      `Location must be one of the fleet's, ${location}, not us-east-1.`,
    ],
    [
      'with more text than one item of the table can hold',
      { GameSessionData: '€'.repeat(262_144) },
      'InvalidRequestException',
      'GameSessionData takes 786432 bytes in UTF-8, more than 390000.',
    ],
    [
      'with two tokens that differ',
      { IdempotencyToken: 'one', GameSessionId: 'other' },
      'InvalidRequestException',
      'GameSessionId is an older name of IdempotencyToken: give one of them, or the same in both.',
    ],
  ])('%s', async (_, members, error, message) => {
    const before = await contentsOf(service.table);
    expect(await refusalOf(create(members))).toEqual({ error, status: 400, message });
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

test('a token whose session is 30 days gone can be used again for a new session', async () => {
  const members = { IdempotencyToken: 'again-after-a-month' };
  const { GameSessionId } = await createGameSession(service.gameLift, members);
  await service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
  );
  service.clock.turn(31 * 24 * 60 * 60_000);
  // DynamoDB removes the session's item when its time to live is over.
  const Key = sessionItemKey(sessionKeyIn(GameSessionId));
  await service.table.client.send(new DeleteCommand({ TableName: service.table.name, Key }));
  const again = await createGameSession(service.gameLift, { ...members, Name: 'another' });
  expect(again).toMatchObject({ Status: 'ACTIVE', CreationTime: new Date(service.clock.now()) });
});
