import { randomUUID } from 'node:crypto';
import {
  CreatePlayerSessionCommand,
  DeregisterComputeCommand,
  DescribePlayerSessionsCommand,
  GetComputeAuthTokenCommand,
  RegisterComputeCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { serverActions } from '#functions/game-servers/actions.ts';
import { type RefusalName, refusals } from '#functions/game-servers/refusals.ts';
import { disconnect } from '#lib/servers/connect.ts';
import type { Shape } from '#lib/wire/shapes.ts';
import { minute } from '#test/lib/cleanup/swept-table.ts';
import type { Fault } from '#test/support/dynamodb-wire.ts';
import { createGameSession, endOf, join } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import type { ServerResponse } from '#test/support/game-server-messages.ts';
import type { Sdk } from '#test/support/game-server-socket.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { location } from '#test/support/service.ts';
import { activeSession, bareServer, hosted, newFleet, sessionNow } from './hosting.ts';

/** What a server process asks for in vain, and what it is told then. No refusal costs it its connection. */

let service: ServerService;
let server: GameServer;
/** The session of the server. */
let session: string;
/** The session of another server of the same fleet. */
let neighbour: string;
beforeAll(async () => {
  service = await startServerService();
  const stage = await hosted(service, { session: { MaximumPlayerSessionCount: 200 } });
  ({ server, session } = stage);
  const { fleetId } = stage;
  neighbour = await activeSession(service, await service.readyProcess({ fleetId }));
});
afterAll(() => service.close());

/** Sends a text as it is, and gives what comes back on it. */
async function answerTo(from: GameServer, text: string): Promise<Record<string, unknown>> {
  await from.send(text);
  return JSON.parse(await from.ignored.next((message): message is string => typeof message === 'string'));
}

/** Lets everything go wrong on the way to DynamoDB for as long as something is done. */
async function during<Result>(fault: Fault, act: () => Promise<Result>): Promise<Result> {
  service.wire.breaks = () => fault;
  try {
    return await act();
  } finally {
    service.wire.breaks = () => undefined;
  }
}

const refused = (status: number, message: unknown) => ({ StatusCode: status, ErrorMessage: message });

describe('a message that is no request is answered with 400', () => {
  const notAnObject = refused(400, 'A message must be one JSON object.');

  test.each([
    ['no JSON', '{"Action":"HeartbeatServerProcess"'],
    ['two objects', '{} {}'],
    ['nothing', ''],
    ['a list', '[{"Action":"HeartbeatServerProcess","RequestId":"one"}]'],
    ['a string', '"HeartbeatServerProcess"'],
    ['null', 'null'],
  ])('%s, without a RequestId that could be said', async (_, text) => {
    expect(await answerTo(server, text)).toEqual(notAnObject);
  });

  test.each([
    ['an unknown Action', { Action: 'StartTheGame' }],
    ['a name that every object has', { Action: 'constructor' }],
    ['an Action in other letters', { Action: 'heartbeatServerProcess' }],
  ])('%s, which is named again', async (_, { Action }) => {
    expect(await server.request(Action, {}, { requestId: 'one' })).toEqual({
      Action,
      RequestId: 'one',
      ...refused(400, expect.stringContaining('Action must be one of ActivateServerProcess, ')),
    });
  });

  test.each([
    ['missing', {}],
    ['null', { Action: null }],
    ['empty', { Action: '' }],
    ['no string', { Action: 5 }],
    ['endless', { Action: 'x'.repeat(257) }],
  ])('an Action that is %s', async (_, named) => {
    expect(await answerTo(server, JSON.stringify({ RequestId: 'one', ...named }))).toEqual({
      RequestId: 'one',
      ...refused(400, expect.stringContaining('Action must be one of')),
    });
  });
});

describe('a member', () => {
  const members = Object.entries(serverActions).flatMap(([action, { input }]) =>
    input.fields.map((field) => ({ action, ...field })),
  );

  /** What a request with this member is told. */
  const tell = (action: string, name: string, value: unknown) =>
    server.request(action, { [name]: value }, { requestId: 'one' });
  const invalid = (action: string, pathName: string, says: string) => ({
    Action: action,
    RequestId: 'one',
    ...refused(400, expect.stringMatching(new RegExp(`at '${pathName}'.*${says}`))),
  });

  const needed = members.filter(({ required }) => required);
  test.each(needed)('that is missing is named: $name of $action', async ({ action, name, pathName }) => {
    const missing = invalid(action, pathName, 'Member must not be null');
    expect(await server.request(action, {}, { requestId: 'one' })).toEqual(missing);
    expect(await tell(action, name, null)).toEqual(missing);
  });

  const others: Readonly<Record<Shape['kind'], unknown>> = {
    string: 5,
    integer: '4',
    boolean: 'true',
    list: 'a list',
    map: 'a map',
    structure: 'a structure',
  };
  test.each(members)(
    'of another type is named: $name of $action',
    async ({ action, name, pathName, shape }) => {
      expect(await tell(action, name, others[shape.kind])).toEqual({
        Action: action,
        RequestId: 'one',
        ...refused(400, expect.stringMatching(new RegExp(`^Expected .* at '${pathName}', found `))),
      });
    },
  );

  /** For each member that not everything of its type fits, something that does not. */
  const breaches: Readonly<Record<string, unknown>> = {
    SdkVersion: 'x'.repeat(1_025),
    SdkLanguage: 'x'.repeat(1_025),
    SdkToolName: 'x'.repeat(1_025),
    SdkToolVersion: 'x'.repeat(1_025),
    Port: 65_536,
    GameSessionId: 'not an ARN',
    GameSessionArn: '',
    PlayerSessionPolicy: 'NOT_SET',
    PlayerSessionId: 'psess 1',
    PlayerId: '',
    PlayerSessionStatusFilter: 'GONE',
    NextToken: 'x'.repeat(1_025),
    Limit: 0,
    MatchmakingConfigurationArn: '',
    TicketId: 'a ticket',
    Players: [],
    RoleArn: 'x'.repeat(257),
    RoleSessionName: 'x'.repeat(65),
  };
  const bounded = members.filter(({ shape }) => 'constraints' in shape && shape.constraints.length > 0);
  test.each(bounded)(
    'that breaks a constraint is named: $name of $action',
    async ({ action, name, pathName }) => {
      expect(breaches).toHaveProperty(name);
      expect(await tell(action, name, breaches[name])).toEqual(
        invalid(action, pathName, 'failed to satisfy constraint: Member must '),
      );
    },
  );

  test('in a list is named by its place', async () => {
    expect(await tell('ActivateServerProcess', 'LogPaths', ['/log', 5])).toMatchObject(
      refused(400, "Expected a string at 'logPaths.2.member', found 5"),
    );
    expect(await tell('StartMatchBackfill', 'Players', [{}])).toMatchObject(
      refused(400, expect.stringContaining("'players.1.member.playerId'")),
    );
  });

  test('that says who a player is does not come back', async () => {
    const { ErrorMessage } = await tell('DescribePlayerSessions', 'PlayerId', 'x'.repeat(1_025));
    expect(ErrorMessage).toContain("Value '***' at 'playerId'");
  });

  test('is known in letters of any size, also where a structure holds it', async () => {
    const beat = '{"action":"HeartbeatServerProcess","REQUESTID":"one","healthstatus":true}';
    const answer = { Action: 'HeartbeatServerProcess', RequestId: 'one', StatusCode: 200 };
    expect(await answerTo(server, beat)).toEqual(answer);
    const backfill = {
      gameSessionArn: session,
      MATCHMAKINGCONFIGURATIONARN: 'arn:aws:gamelift:us-east-1::matchmakingconfiguration/any',
      Players: [{ PLAYERID: 'ada', LatencyInMS: { 'us-east-1': 20 } }],
    };
    expect(await server.request('StartMatchBackfill', backfill)).toMatchObject({ StatusCode: 404 });
  });

  test('that nobody knows is passed over', async () => {
    expect(
      await server.request('HeartbeatServerProcess', { HealthStatus: true, Mood: 'good' }),
    ).toMatchObject({
      StatusCode: 200,
    });
  });

  test('that is null is as good as none, which is how the SDK for C# leaves it out', async () => {
    const { server: unity, session: GameSessionId } = await hosted(service, { sdk: 'CSharp' });
    expect(await unity.describePlayerSessions({ GameSessionId })).toMatchObject({ StatusCode: 200 });
    expect(
      await unity.startMatchBackfill({
        MatchmakingConfigurationArn: 'arn:aws:gamelift:us-east-1::matchmakingconfiguration/any',
        Players: [{ PlayerId: 'ada', Team: null, PlayerAttributes: null }],
      }),
    ).toMatchObject({ StatusCode: 404 });
  });
});

describe.each<Sdk>(['Go', 'Cpp', 'CSharp'])('the process of a game with the SDK for %s', (sdk) => {
  test.each([
    ['more than 128 KB in one message', 128 * 1_024 + 1, 1009],
    ['more than 32 KB in one frame', 32 * 1_024 + 1, 1009],
  ])('comes back after %s', async (_, length, code) => {
    const { server: large, session: own } = await hosted(service, { sdk });
    await large.send('x'.repeat(length));
    await vi.waitFor(() => expect(large.closes).toEqual([code]), 30_000);
    expect(await large.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(await large.updatePlayerSessionCreationPolicy('DENY_ALL')).toMatchObject({ StatusCode: 200 });
    expect(await sessionNow(service.gameLift, own)).toMatchObject({
      Status: 'ACTIVE',
      PlayerSessionCreationPolicy: 'DENY_ALL',
    });
  });

  test('keeps its connection, whatever it is refused', async () => {
    const { server: wrong } = await hosted(service, { sdk });
    for (const text of ['no JSON', '[]', '{}', '{"Action":"StartTheGame","RequestId":"one"}']) {
      await answerTo(wrong, text);
    }
    await wrong.request('AcceptPlayerSession');
    await wrong.activateGameSession(neighbour);
    await during('server error', () => wrong.heartbeat());
    await wrong.processEnding();
    await wrong.heartbeat();
    expect([wrong.closes, wrong.upgrades]).toEqual([[], [101]]);
  });
});

test('a message in binary closes the connection, as the gateway does, and the process may come back', async () => {
  const fleetId = await newFleet(service);
  const token = await service.register('machine-1', fleetId);
  const binary = await bareServer(service, { fleetId, token, processId: 'binary' });
  const closed = new Promise((resolve) => binary.socket.once('close', resolve));
  binary.socket.send(Buffer.from('{"Action":"HeartbeatServerProcess","RequestId":"one"}'), { binary: true });
  expect(await closed).toBe(1003);
  const anew = await bareServer(service, { fleetId, token, processId: 'binary' });
  expect(await anew.request('ActivateServerProcess', { Port: 7_777 })).toMatchObject({ StatusCode: 200 });
});

describe('a player session', () => {
  /** A player who has a seat in the server's session. */
  const arrival = () => join(service.gameLift, session, randomUUID());

  test('that was accepted is not accepted by another request', async () => {
    const { server: own, session: GameSessionId } = await hosted(service);
    const ada = await join(service.gameLift, GameSessionId, 'ada');
    expect(await own.acceptPlayerSession(ada)).toMatchObject({ StatusCode: 200 });
    expect(await own.acceptPlayerSession(ada)).toMatchObject(
      refused(409, `Player session ${ada} is ACTIVE, and not RESERVED.`),
    );
    const { PlayerSessions } = await service.gameLift.send(
      new DescribePlayerSessionsCommand({ PlayerSessionId: ada }),
    );
    expect(PlayerSessions).toMatchObject([{ Status: 'ACTIVE' }]);
  });

  test('whose time is over is not accepted', async () => {
    const { server: own, session: GameSessionId } = await hosted(service);
    const [ada, bob] = [
      await join(service.gameLift, GameSessionId, 'ada'),
      await join(service.gameLift, GameSessionId, 'bob'),
    ];
    service.clock.turn(minute - 1);
    expect(await own.acceptPlayerSession(ada)).toMatchObject({ StatusCode: 200 });
    service.clock.turn(1);
    const late = refused(409, `Player session ${bob} is TIMEDOUT, and not RESERVED.`);
    expect(await own.acceptPlayerSession(bob)).toMatchObject(late);
    // Its slot is somebody else's by now.
    for (const player of ['cy', 'dan', 'eve']) await join(service.gameLift, GameSessionId, player);
    expect(await own.acceptPlayerSession(bob)).toMatchObject(late);
    expect(await own.removePlayerSession(bob)).toMatchObject(
      refused(409, `Player session ${bob} is TIMEDOUT already.`),
    );
  });

  test('that was removed is neither removed by another request nor accepted', async () => {
    const { server: own, session: GameSessionId } = await hosted(service);
    const ada = await join(service.gameLift, GameSessionId, 'ada');
    await own.acceptPlayerSession(ada);
    expect(await own.removePlayerSession(ada)).toMatchObject({ StatusCode: 200 });
    expect(await own.removePlayerSession(ada)).toMatchObject(
      refused(409, `Player session ${ada} is COMPLETED already.`),
    );
    expect(await own.acceptPlayerSession(ada)).toMatchObject(
      refused(409, `Player session ${ada} is COMPLETED, and not RESERVED.`),
    );
  });

  describe.each(['AcceptPlayerSession', 'RemovePlayerSession'])('is not found by %s', (action) => {
    const ask = (PlayerSessionId: string, GameSessionId = session) =>
      server.request(action, { GameSessionId, PlayerSessionId });
    const notFound = (id: string) =>
      refused(404, `The game session of this process has no player session ${id}.`);

    test('where it is of another game session', async () => {
      const theirs = await join(service.gameLift, neighbour, randomUUID());
      expect(await ask(theirs)).toMatchObject(notFound(theirs));
      expect(await ask(theirs, neighbour)).toMatchObject(
        refused(404, `This process does not host game session ${neighbour}.`),
      );
    });

    test('where nobody has it, or could have it', async () => {
      const unknown = `${(await arrival()).slice(0, -3)}xyz`;
      const ofAnotherKind = (await arrival()).replace('psess-', 'qsess-');
      const ids = [unknown, ofAnotherKind, 'psess-1', 'ada'];
      for (const id of ids) expect(await ask(id)).toMatchObject(notFound(id));
    });

    test('in a game session that the process does not host', async () => {
      const mine = await arrival();
      const ids = [`${session}0`, session.replace('us-east-1', 'eu-west-1'), session.split('/').at(-1) ?? ''];
      for (const id of ids) {
        expect(await ask(mine, id)).toMatchObject(
          refused(404, `This process does not host game session ${id}.`),
        );
      }
    });
  });
});

describe('a game session that the process does not host', () => {
  test('is neither activated nor opened nor closed by it', async () => {
    const fleetId = await newFleet(service);
    const theirs = await service.readyProcess({ fleetId });
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId: fleetId });
    await theirs.nextEvent('CreateGameSession');
    const notFound = refused(404, `This process does not host game session ${GameSessionId}.`);
    expect(await server.activateGameSession(GameSessionId)).toMatchObject(notFound);
    const idle = await service.readyProcess({ fleetId });
    expect(await idle.activateGameSession(GameSessionId)).toMatchObject(notFound);
    expect(await sessionNow(service.gameLift, GameSessionId)).toMatchObject({ Status: 'ACTIVATING' });
    expect(await server.updatePlayerSessionCreationPolicy('DENY_ALL', GameSessionId)).toMatchObject(notFound);
  });

  test('is not backfilled by it, and its own is not either, since nobody matches players', async () => {
    const configuration = 'arn:aws:gamelift:us-east-1::matchmakingconfiguration/duels';
    const wanted = {
      MatchmakingConfigurationArn: configuration,
      Players: [{ PlayerId: 'ada', Team: 'red' }],
    };
    expect(await server.startMatchBackfill(wanted)).toMatchObject(
      refused(404, expect.stringContaining(`Matchmaking configuration ${configuration} was not found`)),
    );
    const stopped = { MatchmakingConfigurationArn: configuration, TicketId: 'ticket-1' };
    expect(await server.stopMatchBackfill(stopped)).toMatchObject(
      refused(404, expect.stringContaining('Ticket ticket-1 was not found')),
    );
    const elsewhere = { GameSessionArn: neighbour };
    const notFound = refused(404, `This process does not host game session ${neighbour}.`);
    expect(await server.startMatchBackfill({ ...wanted, ...elsewhere })).toMatchObject(notFound);
    expect(await server.stopMatchBackfill({ ...stopped, ...elsewhere })).toMatchObject(notFound);
  });
});

/** A process that has no session yet. */
const idle = async () => {
  const fleetId = await newFleet(service);
  return { fleetId, server: await service.readyProcess({ fleetId }) };
};

/** How each refusal comes about, and what tells it from the others of its status. */
const meetings: Readonly<Record<RefusalName, readonly [says: string, ask: () => Promise<ServerResponse>]>> = {
  malformed: ['Action must be one of', () => server.request('StartTheGame')],
  invalid: ["'healthStatus'", () => server.request('HeartbeatServerProcess')],
  unknownConnection: [
    'belongs to no server process',
    async () => {
      const { server: unknown } = await idle();
      await disconnect(service.table, service.gateway.connections.ids().at(-1) ?? '');
      return unknown.heartbeat();
    },
  ],
  processEnded: [
    'has ended',
    async () => {
      const { server: ended } = await idle();
      await ended.processEnding();
      return ended.getComputeCertificate();
    },
  ],
  noCompute: [
    'machine-1 is not registered any more',
    async () => {
      const { server: withdrawn, fleetId } = await idle();
      await service.gameLift.send(
        new DeregisterComputeCommand({ FleetId: fleetId, ComputeName: 'machine-1' }),
      );
      expect(await withdrawn.processReady({ port: 7_777 })).toMatchObject({ StatusCode: 403 });
      return withdrawn.getComputeCertificate();
    },
  ],
  noSuchGameSession: ['does not host game session', () => server.activateGameSession(neighbour)],
  noSuchPlayerSession: ['has no player session', () => server.acceptPlayerSession('psess-1')],
  notOfFleet: [
    'The fleet of this process has no player session',
    () => server.describePlayerSessions({ PlayerSessionId: 'psess-1' }),
  ],
  notReserved: [
    'and not RESERVED',
    async () => {
      const ada = await join(service.gameLift, session, randomUUID());
      await server.acceptPlayerSession(ada);
      return server.acceptPlayerSession(ada);
    },
  ],
  processInUse: [
    'ready already',
    async () => {
      const { server: first } = await idle();
      const { options } = first;
      first.drop();
      const second = await service.process(options);
      await second.connect();
      return second.processReady({ port: 7_777 });
    },
  ],
  notActive: [
    'is TERMINATED, and not ACTIVE',
    async () => {
      const { server: over, session: GameSessionId } = await hosted(service);
      await service.gameLift.send(
        new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
      );
      return over.updatePlayerSessionCreationPolicy('ACCEPT_ALL');
    },
  ],
  playerGone: [
    'is COMPLETED already',
    async () => {
      const ada = await join(service.gameLift, session, randomUUID());
      await server.removePlayerSession(ada);
      return server.removePlayerSession(ada);
    },
  ],
  noMatchmaking: [
    'Openslot has no FlexMatch',
    () => server.stopMatchBackfill({ MatchmakingConfigurationArn: 'arn:any', TicketId: 'any' }),
  ],
  contended: ['Try again', () => during('throttled', () => server.heartbeat())],
  unexpected: ['could not complete the request', () => during('server error', () => server.heartbeat())],
};

const statuses = new Map(Object.entries(refusals).map(([name, [status]]) => [name, status]));
test.each(Object.entries(meetings))(
  'the refusal %s has the status that is told of it',
  async (name, [says, ask]) => {
    expect(await ask()).toMatchObject({
      StatusCode: statuses.get(name),
      ErrorMessage: expect.stringContaining(says),
    });
  },
);

describe('what a process asks for about itself', () => {
  test('is the certificate of its compute, where that was registered with one', async () => {
    const FleetId = await newFleet(service);
    const named = { FleetId, ComputeName: 'machine-1' };
    const CertificatePath = '/etc/games/certificate.pem';
    await service.gameLift.send(
      new RegisterComputeCommand({ ...named, CertificatePath, IpAddress: '10.1.2.3', Location: location }),
    );
    const { AuthToken = '' } = await service.gameLift.send(new GetComputeAuthTokenCommand(named));
    const secure = await bareServer(service, { fleetId: FleetId, token: AuthToken });
    const answer = { Action: 'GetComputeCertificate', RequestId: expect.any(String), StatusCode: 200 };
    expect(await secure.request('GetComputeCertificate')).toEqual({
      ...answer,
      CertificatePath,
      ComputeName: 'machine-1',
    });
    expect(await server.getComputeCertificate()).toEqual({ ...answer, ComputeName: 'machine-1' });
  });

  test('is the credentials of no role, which tells the SDKs that a fleet like this one has none', async () => {
    expect(await server.getFleetRoleCredentials('arn:aws:iam::123456789012:role/games')).toEqual({
      Action: 'GetFleetRoleCredentials',
      RequestId: expect.any(String),
      StatusCode: 200,
      AccessKeyId: '',
    });
  });
});

test('no token, no process and no player is ever in the log, nor what they sent, whatever goes wrong', async () => {
  const player = {
    PlayerId: 'a-player-who-is-nobodys-business',
    PlayerData: 'data-that-is-nobodys-business',
  };
  const data = 'session-data-that-is-nobodys-business';
  const {
    server: own,
    session: GameSessionId,
    fleetId,
  } = await hosted(service, { session: { GameSessionData: data } });
  const create = new CreatePlayerSessionCommand({ GameSessionId, ...player });
  const { PlayerSession } = await service.gameLift.send(create);
  const requests = [
    () => own.request(player.PlayerId),
    () => answerTo(own, `{"PlayerId":"${player.PlayerId}"`),
    () => own.acceptPlayerSession(PlayerSession?.PlayerSessionId ?? ''),
    () => own.describePlayerSessions({ PlayerId: player.PlayerId }),
    () => own.describePlayerSessions({ PlayerId: player.PlayerId.repeat(99) }),
    () => own.startMatchBackfill({ MatchmakingConfigurationArn: 'arn:any', Players: [player] }),
    () => own.heartbeat(),
  ];
  const { length } = service.serverLog;
  const gameLift = service.client({ maxAttempts: 1 });
  for (const request of requests) await request();
  const again = { FleetId: fleetId, GameSessionData: data };
  for (const fault of ['throttled', 'timed out after', 'server error'] as const) {
    await during(fault, () =>
      Promise.all([
        ...requests.map((request) => request()),
        endOf(gameLift.send(create)),
        endOf(createGameSession(gameLift, again)),
      ]),
    );
  }
  gameLift.destroy();
  expect(service.serverLog.length - length).toBeGreaterThan(4 * requests.length);
  const log = JSON.stringify([service.serverLog, service.logged]);
  const secrets = [...Object.values(player), data, own.options.token, own.options.processId];
  for (const secret of secrets) expect(log).not.toContain(secret);
});
