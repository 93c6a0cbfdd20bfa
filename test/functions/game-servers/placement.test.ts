import {
  DeregisterComputeCommand,
  DescribeFleetLocationUtilizationCommand,
  DescribeGameSessionsCommand,
  type GameSession,
  GetPlayerConnectionDetailsCommand,
  SearchGameSessionsCommand,
} from '@aws-sdk/client-gamelift';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, endOf, refusalOf } from '#test/support/game-lift.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { location } from '#test/support/service.ts';

/** Which server process gets a session: one that is free, and never one that another session has. */

let service: ServerService;
beforeEach(async () => {
  service = await startServerService();
});
afterEach(() => service.close());

const create = (members = {}) => createGameSession(service.gameLift, members);

test('of 200 callers at once for 50 processes on 5 computes, exactly 50 get a session, each on a process of its own', async () => {
  const processes = await atOnce(10, 50, (number) =>
    service.readyProcess({ computeName: `machine-${number % 5}`, processId: `process-${number}` }),
  );
  const sessions: GameSession[] = [];
  const refusals: string[] = [];
  await atOnce(200, 200, async () => {
    const sent = create();
    await sent.then(
      (session) => sessions.push(session),
      async () => refusals.push((await refusalOf(sent)).error),
    );
  });

  expect(sessions).toHaveLength(50);
  expect(refusals).toEqual(Array(150).fill('FleetCapacityExceededException'));
  const told = await Promise.all(processes.map((process) => process.nextEvent('CreateGameSession')));
  expect(new Set(told.map(({ GameSessionId }) => GameSessionId))).toEqual(
    new Set(sessions.map(({ GameSessionId }) => GameSessionId)),
  );
  const answers = await Promise.all(processes.map((process) => process.activateGameSession()));
  expect(new Set(answers.map(({ StatusCode }) => StatusCode))).toEqual(new Set([200]));
  // Nobody was told of a second one.
  expect(processes.flatMap(({ events }) => events.all)).toHaveLength(50);
  const fleet = { FleetId: sessions[0]?.FleetId, StatusFilter: 'ACTIVE' };
  const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand(fleet));
  expect(GameSessions).toHaveLength(50);
});

test('a refusal for want of a process writes nothing, so that callers can ask again and again', async () => {
  await service.register('machine-1');
  service.wire.count();
  expect(await refusalOf(create({ CreatorId: 'a creator' }))).toMatchObject({
    error: 'FleetCapacityExceededException',
    message: expect.stringMatching(/^Unable to reserve a process on fleet fleet-of-the-tests/),
  });
  expect(Object.keys(service.wire.count()).toSorted()).toEqual(['GetItem', 'Query']);
  expect(service.metered).toContainEqual([{ PlacementsRefused: 1 }]);

  // It does not count against what its creator may create either.
  await service.readyProcess();
  expect(await create({ CreatorId: 'a creator' })).toMatchObject({ Status: 'ACTIVATING' });
});

test('a fleet without computes is a directory, and one whose last compute is gone is none any more', async () => {
  const { FleetId } = await createFleet(service);
  expect(await create({ FleetId })).toMatchObject({ Status: 'ACTIVE' });
  expect((await create({ FleetId })).IpAddress).toBeUndefined();

  await service.register('machine-1', FleetId);
  await service.gameLift.send(new DeregisterComputeCommand({ FleetId, ComputeName: 'machine-1' }));
  expect(await endOf(create({ FleetId }))).toBe('FleetCapacityExceededException');
});

test('a process gets a session in its own location and fleet alone', async () => {
  const elsewhere = await createFleet(service);
  await service.register('machine-1', elsewhere.FleetId);
  await service.readyProcess();
  expect(await endOf(create({ FleetId: elsewhere.FleetId }))).toBe('FleetCapacityExceededException');
  expect(await create()).toMatchObject({ Location: location, ComputeName: 'machine-1' });
});

test('a process gets no session before its first heartbeat, and none while its connection is down', async () => {
  const server = await service.process();
  await server.connect();
  expect(await endOf(create())).toBe('FleetCapacityExceededException');
  await server.processReady({ port: 7_777 });
  expect(await endOf(create())).toBe('FleetCapacityExceededException');
  await server.heartbeat();
  server.drop();
  await service.hasLost(server);
  expect(await endOf(create())).toBe('FleetCapacityExceededException');
  await server.reconnect();
  await create();
  expect(await server.nextEvent('CreateGameSession')).toMatchObject({ Port: 7_777 });
});

test('the same idempotency token gives the same session, and takes no second process', async () => {
  const servers = [await service.readyProcess(), await service.readyProcess()];
  const token = { IdempotencyToken: 'a-match' };
  const first = await create(token);
  service.wire.count();
  expect(await create(token)).toEqual(first);
  // Not even for a moment: it could be the last one.
  expect(Object.keys(service.wire.count())).not.toContain('UpdateItem');
  expect(await endOf(create({ ...token, Name: 'Another' }))).toBe('IdempotentParameterMismatchException');
  // The other one is free still.
  expect(await create()).toMatchObject({ Status: 'ACTIVATING' });
  await Promise.all(servers.map((server) => server.nextEvent('CreateGameSession')));
});

test('of 12 who create the same session at once, all get that session, and one process is taken', async () => {
  const servers = await atOnce(6, 12, () => service.readyProcess());
  const sessions = await Promise.all(
    Array.from({ length: 12 }, () => create({ IdempotencyToken: 'a-match' })),
  );
  expect(new Set(sessions.map(({ GameSessionId }) => GameSessionId)).size).toBe(1);
  expect(new Set(sessions.map(({ Status }) => Status))).toEqual(new Set(['ACTIVATING']));
  // Those that were taken by others in that moment have been given back.
  const rest = await atOnce(11, 11, () => create());
  expect(new Set(rest.map(({ GameSessionId }) => GameSessionId)).size).toBe(11);
  expect(await endOf(create())).toBe('FleetCapacityExceededException');
  expect(servers.map(({ events }) => events.all.length)).toEqual(Array(12).fill(1));
});

test('a hosted session shows where it is wherever the API shows sessions', async () => {
  const server = await service.readyProcess();
  const { GameSessionId, FleetId } = await create();
  await server.nextEvent('CreateGameSession');
  await server.activateGameSession();
  const where = { IpAddress: '10.1.2.3', Port: 7_777 };
  const described = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  expect(described.GameSessions?.[0]).toMatchObject({ ...where, ComputeName: 'machine-1' });
  const searched = await service.gameLift.send(new SearchGameSessionsCommand({ FleetId }));
  expect(searched.GameSessions?.[0]).toMatchObject(where);
  const details = await service.gameLift.send(
    new GetPlayerConnectionDetailsCommand({ GameSessionId, PlayerIds: ['ada'] }),
  );
  expect(details.PlayerConnectionDetails).toEqual([{ PlayerId: 'ada', Endpoints: [where] }]);
  const used = await service.gameLift.send(
    new DescribeFleetLocationUtilizationCommand({ FleetId, Location: location }),
  );
  expect(used.FleetUtilization).toMatchObject({ ActiveServerProcessCount: 1, ActiveGameSessionCount: 1 });
});
