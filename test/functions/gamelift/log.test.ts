import {
  CreateGameSessionCommand,
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribePlayerSessionsCommand,
  type GameLiftClient,
  ListFleetsCommand,
} from '@aws-sdk/client-gamelift';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGameSession, endOf } from '#test/support/game-lift.ts';
import { sendRaw, unsigned, unsignedCbor } from '#test/support/raw-request.ts';
import { credentials, fleetId, location, type Service, startService } from '#test/support/service.ts';
import { speakers } from '#test/support/speakers.ts';
import { callPlainJson, cborClient } from '#test/support/spellings.ts';

let service: Service;
/** The Authorization headers that were sent. */
const authorizations: string[] = [];
let gameLift: GameLiftClient;
beforeAll(async () => {
  service = await startService();
  const http = new NodeHttpHandler();
  gameLift = service.client({
    maxAttempts: 1,
    requestHandler: {
      handle: (request: Parameters<NodeHttpHandler['handle']>[0]) => {
        authorizations.push(request.headers['authorization'] ?? '');
        return http.handle(request);
      },
    },
  });
});
afterAll(() => service.close());

/** The last request that was logged. */
const last = () => service.logged.at(-1);

test('each request is one line: which one, what became of it, and how long it took', async () => {
  const { $metadata } = await gameLift.send(new ListFleetsCommand({}));
  expect(last()).toEqual([
    'Request',
    { requestId: $metadata.requestId, operation: 'ListFleets', outcome: 'ok', milliseconds: 0 },
  ]);
});

test('a refused request is logged by the name of its error', async () => {
  const { GameSessionId } = await createGameSession(gameLift, { MaximumPlayerSessionCount: 0 });
  await endOf(gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' })));
  expect(last()).toEqual([
    'Request',
    expect.objectContaining({ operation: 'CreatePlayerSession', outcome: 'GameSessionFullException' }),
  ]);
});

test.each(speakers.map((speaker) => [speaker.name, speaker] as const))(
  'an operation is named in %s as in any other spelling',
  async (_, speaker) => {
    await sendRaw(service.url, speaker.unsigned('ListFleets', speaker.encode({})));
    expect(last()).toEqual([
      'Request',
      expect.objectContaining({
        operation: 'ListFleets',
        outcome: 'MissingAuthenticationTokenException',
      }),
    ]);
  },
);

test.each(speakers.map((speaker) => [speaker.name, speaker] as const))(
  'an operation that nobody knows is not quoted, in %s',
  async (_, speaker) => {
    await sendRaw(service.url, speaker.unsigned('Secret.Operation', speaker.encode({})));
    expect(last()).toEqual([
      'Request',
      expect.objectContaining({ operation: undefined, outcome: 'UnknownOperationException' }),
    ]);
  },
);

test('a failure that nobody expected is logged with its cause, of which the caller sees nothing', async () => {
  service.wire.breaks = () => 'server error';
  expect(await endOf(gameLift.send(new ListFleetsCommand({})))).toBe('InternalServiceException');
  service.wire.breaks = () => undefined;
  expect(service.logged.at(-2)).toEqual([
    'Request failed',
    expect.objectContaining({
      operation: 'ListFleets',
      error: 'InternalServerError',
      stack: expect.any(String),
    }),
  ]);
  expect(last()?.[1]['outcome']).toBe('InternalServiceException');
});

test('players, their data, secrets and signatures are never in it, whatever goes wrong', async () => {
  const PlayerId = 'the-player-whose-name-is-nobodys-business';
  const PlayerData = 'the-data-that-is-nobodys-business';
  const GameSessionData = 'the-session-data-that-is-nobodys-business';
  const { GameSessionId } = await createGameSession(gameLift, { GameSessionData });
  const inCbor = cborClient(service, { maxAttempts: 1 });
  const requests = [
    () => gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId, PlayerData })),
    () => gameLift.send(new CreatePlayerSessionCommand({ GameSessionId: 'a b', PlayerId, PlayerData })),
    () => gameLift.send(new CreatePlayerSessionCommand({ GameSessionId: 'nowhere', PlayerId, PlayerData })),
    () =>
      gameLift.send(
        new CreatePlayerSessionsCommand({
          GameSessionId,
          PlayerIds: [PlayerId, PlayerId],
          PlayerDataMap: { [PlayerId]: PlayerData },
        }),
      ),
    () => gameLift.send(new DescribePlayerSessionsCommand({ PlayerId })),
    () => gameLift.send(new DescribePlayerSessionsCommand({ PlayerId, NextToken: PlayerId })),
    () =>
      gameLift.send(
        new CreateGameSessionCommand({
          FleetId: fleetId,
          Location: location,
          MaximumPlayerSessionCount: 4,
          GameSessionData,
        }),
      ),
    () => sendRaw(service.url, unsigned('CreatePlayerSession', `{"PlayerId":"${PlayerId}"`)),
    () => sendRaw(service.url, unsignedCbor('CreatePlayerSession', Buffer.from(PlayerData))),
    () => callPlainJson(service, 'CreatePlayerSession', { GameSessionId, PlayerId, PlayerData }),
    () => inCbor.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId, PlayerData })),
    () =>
      service
        .client({ credentials: { ...credentials, secretAccessKey: 'a-guessed-secret' } })
        .send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId, PlayerData })),
  ];
  const before = service.logged.length;
  for (const fault of [undefined, 'throttled', 'timed out after', 'reset before', 'server error'] as const) {
    service.wire.breaks = () => fault;
    for (const request of requests) await endOf(request());
  }
  service.wire.breaks = () => undefined;

  const log = JSON.stringify(service.logged);
  expect(service.logged.length - before).toBeGreaterThan(5 * requests.length);
  const signatures = authorizations.map((header) => /Signature=(\w+)/.exec(header)?.[1] ?? '');
  expect(signatures.length).toBeGreaterThan(30);
  for (const signature of signatures) expect(signature).toHaveLength(64);
  const secrets = [PlayerId, PlayerData, GameSessionData, credentials.secretAccessKey, 'a-guessed-secret'];
  for (const secret of [...secrets, ...signatures]) expect(log).not.toContain(secret);
});
