import {
  CreateGameSessionCommand,
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredItem } from '#lib/table/client.ts';
import { contentsOf, denyPlayers } from '#test/support/contents.ts';
import { createGameSession, join, type Refusal, refusalOf, sessionKeyIn } from '#test/support/game-lift.ts';
import { sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
/** Game sessions to be refused by, each in another state. All have 4 slots, of which Ada holds one. */
let open: string;
let full: string;
let terminated: string;
let denying: string;

beforeAll(async () => {
  service = await startService();
  const session = async (...PlayerIds: string[]) => {
    const { GameSessionId } = await createGameSession(service.gameLift);
    for (const player of PlayerIds) await join(service.gameLift, GameSessionId, player);
    return GameSessionId;
  };
  open = await session('ada');
  full = await session('ada', 'b', 'c', 'd');
  terminated = await session('ada');
  await service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId: terminated, TerminationMode: 'FORCE_TERMINATE' }),
  );
  denying = await session('ada');
  await denyPlayers(service.table, sessionKeyIn(denying));
});
afterAll(() => service.close());

let before: readonly StoredItem[];
beforeEach(async () => {
  before = await contentsOf(service.table);
  return async () => expect(await contentsOf(service.table)).toEqual(before);
});

const reserve = (GameSessionId: string, PlayerId = 'bob') =>
  refusalOf(service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId })));
const reserveParty = (GameSessionId: string, PlayerIds: string[]) =>
  refusalOf(service.gameLift.send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds })));
const players = (count: number) => Array.from({ length: count }, (_, number) => `player-${number}`);

const invalid = (message: string): Refusal => ({ error: 'InvalidRequestException', status: 400, message });

describe('a slot that cannot be had is refused with its own error, and nothing is written', () => {
  test('GameSessionFullException in a session without an open slot', async () => {
    expect(await reserve(full)).toEqual({
      error: 'GameSessionFullException',
      status: 400,
      message: `Game session ${full} has 0 open slots for 1 player.`,
    });
  });

  test('GameSessionFullException for a party of 25 that does not fit, not even in part', async () => {
    expect(await reserveParty(open, players(25))).toEqual({
      error: 'GameSessionFullException',
      status: 400,
      message: `Game session ${open} has 3 open slots for 25 players.`,
    });
  });

  test('GameSessionFullException for a party that is one player too many', async () => {
    expect(await reserveParty(open, players(4))).toEqual({
      error: 'GameSessionFullException',
      status: 400,
      message: `Game session ${open} has 3 open slots for 4 players.`,
    });
  });

  test.each([1, 2])(
    'InvalidGameSessionStatusException in a terminated session (party of %i)',
    async (size) => {
      const refusal = size === 1 ? await reserve(terminated) : await reserveParty(terminated, players(size));
      expect(refusal).toEqual({
        error: 'InvalidGameSessionStatusException',
        status: 400,
        message: `Game session ${terminated} is TERMINATED. Only an ACTIVE game session takes players and updates.`,
      });
    },
  );

  test.each([1, 2])(
    'InvalidGameSessionStatusException in a session that denies players (party of %i)',
    async (size) => {
      const refusal = size === 1 ? await reserve(denying) : await reserveParty(denying, players(size));
      expect(refusal).toEqual({
        error: 'InvalidGameSessionStatusException',
        status: 400,
        message: `Game session ${denying} takes no new players: its PlayerSessionCreationPolicy is DENY_ALL.`,
      });
    },
  );

  test.each([
    ['another id in the same fleet and location', () => `${open}0`],
    ['the same id in another location', () => open.replace(location, 'custom-elsewhere')],
    ['the same id without its location', () => open.replace(`/${location}`, '')],
    ['the same id in another fleet', () => open.replace(fleetId, 'fleet-elsewhere')],
    ['the same id in another region', () => open.replace('us-east-1', 'eu-west-1')],
    ['the same id in another partition', () => open.replace('arn:aws:', 'arn:aws-cn:')],
    ['the same id with an account', () => open.replace('us-east-1::', 'us-east-1:123456789012:')],
    ['an id that goes on', () => `${open}/more`],
    ['the short id', () => open.split('/').at(-1) ?? ''],
    ['the ARN of the fleet', () => `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`],
  ])('NotFoundException where the GameSessionId is %s', async (_, spell) => {
    const GameSessionId = spell();
    const notFound = {
      error: 'NotFoundException',
      status: 400,
      message: `Game session ${GameSessionId} was not found. A GameSessionId is the ARN that CreateGameSession returned.`,
    };
    expect(await reserve(GameSessionId)).toEqual(notFound);
    expect(await reserveParty(GameSessionId, players(2))).toEqual(notFound);
  });
});

describe('a request that breaks a limit is refused as invalid, and nothing is written', () => {
  test('26 players', async () => {
    expect(await reserveParty(open, players(26))).toEqual(
      invalid(
        "1 validation error detected: Value '***' at 'playerIds' failed to satisfy constraint: Member must have length less than or equal to 25",
      ),
    );
  });

  test('no players', async () => {
    expect(await reserveParty(open, [])).toEqual(
      invalid(
        "1 validation error detected: Value '***' at 'playerIds' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ),
    );
  });

  test('a player id of 1,025 characters', async () => {
    expect(await reserve(open, 'x'.repeat(1_025))).toEqual(
      invalid(
        "1 validation error detected: Value '***' at 'playerId' failed to satisfy constraint: Member must have length less than or equal to 1024",
      ),
    );
  });

  test('a player id of 1,025 characters in a party', async () => {
    expect(await reserveParty(open, ['ada', 'x'.repeat(1_025)])).toEqual(
      invalid(
        "1 validation error detected: Value '***' at 'playerIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1]",
      ),
    );
  });

  test('a missing member', async () => {
    const command = new CreatePlayerSessionCommand({ GameSessionId: open, PlayerId: undefined });
    expect(await refusalOf(service.gameLift.send(command))).toEqual(
      invalid(
        "1 validation error detected: Value null at 'playerId' failed to satisfy constraint: Member must not be null",
      ),
    );
  });

  test('every broken limit at once', async () => {
    const command = new CreatePlayerSessionCommand({
      GameSessionId: 'not an ARN',
      PlayerId: '',
      PlayerData: 'x'.repeat(2_049),
    });
    expect(await refusalOf(service.gameLift.send(command))).toEqual(
      invalid(
        "3 validation errors detected: Value 'not an ARN' at 'gameSessionId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/-]+$; " +
          "Value '***' at 'playerId' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
          "Value '***' at 'playerData' failed to satisfy constraint: Member must have length less than or equal to 2048",
      ),
    );
  });

  test('a player who is named twice in one party', async () => {
    expect(await reserveParty(open, ['bob', 'eve', 'bob'])).toEqual(
      invalid('PlayerIds names a player more than once.'),
    );
  });

  test('player data of 2,049 characters in a party', async () => {
    const command = new CreatePlayerSessionsCommand({
      GameSessionId: open,
      PlayerIds: ['bob'],
      PlayerDataMap: { bob: 'x'.repeat(2_049) },
    });
    expect(await refusalOf(service.gameLift.send(command))).toMatchObject({
      error: 'InvalidRequestException',
      message: expect.stringContaining("Value '***' at 'playerDataMap'"),
    });
  });

  test('a session of 201 slots', async () => {
    const command = new CreateGameSessionCommand({
      FleetId: fleetId,
      Location: location,
      MaximumPlayerSessionCount: 201,
    });
    expect(await refusalOf(service.gameLift.send(command))).toEqual(
      invalid('MaximumPlayerSessionCount must be at most 200, not 201.'),
    );
  });
});

describe('a request that cannot be read is refused as such, and nothing is written', () => {
  const party = (PlayerIds: unknown) => JSON.stringify({ GameSessionId: open, PlayerIds });

  test.each<[string, () => [operation: string, body: string], message: string]>([
    [
      'a body that is not JSON',
      () => ['CreatePlayerSession', `{"GameSessionId":"${open}","PlayerId":"bob"`],
      'The request body is not JSON in UTF-8',
    ],
    ['a list', () => ['CreatePlayerSession', '[]'], 'The request body must be a JSON object'],
    ['null', () => ['CreatePlayerSession', 'null'], 'The request body must be a JSON object'],
    ['a string', () => ['CreatePlayerSession', '"bob"'], 'The request body must be a JSON object'],
    [
      'a number for a string',
      () => ['CreatePlayerSession', JSON.stringify({ GameSessionId: open, PlayerId: 5 })],
      "Expected a string at 'playerId', found a number",
    ],
    [
      'a string for a list',
      () => ['CreatePlayerSessions', party('bob')],
      "Expected a list at 'playerIds', found a string",
    ],
    [
      'a number in a list of strings',
      () => ['CreatePlayerSessions', party(['bob', 5])],
      "Expected a string at 'playerIds.2.member', found a number",
    ],
    [
      'a string for a number',
      () => [
        'CreateGameSession',
        JSON.stringify({ FleetId: fleetId, Location: location, MaximumPlayerSessionCount: '4' }),
      ],
      "Expected a whole number from -2147483648 to 2147483647 at 'maximumPlayerSessionCount', found a string",
    ],
    [
      'half a character',
      () => ['CreatePlayerSession', `{"GameSessionId":"${open}","PlayerId":"bob\\ud83c"}`],
      "Expected a string at 'playerId', found a string with an unpaired surrogate",
    ],
  ])('%s', async (_, call, message) => {
    const answer = await sendRaw(service.url, signed(service, unsigned(...call())));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ __type: 'SerializationException', message });
  });

  test('a body that is not UTF-8', async () => {
    const body = Buffer.from(JSON.stringify({ GameSessionId: open, PlayerId: 'b\u00f6b' }), 'latin1');
    const answer = await sendRaw(service.url, unsigned('CreatePlayerSession', body));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'SerializationException',
      message: 'The request body is not JSON in UTF-8',
    });
  });

  test('a body nested a hundred thousand deep', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = `{"GameSessionId":"${open}","PlayerId":${deep}}`;
    const answer = await sendRaw(service.url, signed(service, unsigned('CreatePlayerSession', body)));
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'SerializationException',
      message: "Expected a string at 'playerId', found a list",
    });
  });
});

test('a refusal is sent once: an SDK does not try again what cannot succeed', async () => {
  service.wire.count();
  for (const [id, error] of [
    [full, 'GameSessionFullException'],
    [terminated, 'InvalidGameSessionStatusException'],
  ] as const) {
    const sent = service.gameLift.send(
      new CreatePlayerSessionCommand({ GameSessionId: id, PlayerId: 'bob' }),
    );
    await expect(sent).rejects.toMatchObject({ name: error, $metadata: { attempts: 1 } });
  }
});
