import {
  DeregisterComputeCommand,
  DescribeFleetLocationUtilizationCommand,
  type GameLiftClient,
  TerminateGameSessionCommand,
  type TerminationMode,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { largestMessage } from '#functions/connections.ts';
import { largestHostedData } from '#functions/server-events.ts';
import { idleTag } from '#lib/fleets/idle-time.ts';
import { hour, minute, reportOf } from '#test/lib/cleanup/swept-table.ts';
import { sendTwice } from '#test/support/fleets.ts';
import { createGameSession, endOf, join, refusalOf } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { location } from '#test/support/service.ts';
import { activeSession, hosted, newFleet, playersNow, sessionNow, sweepOnce } from './hosting.ts';

/** How the sessions of game servers end, and what their processes are told of it. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());
// What earlier tests have left behind is over, so that a sweep has to do with the test's own sessions alone.
beforeEach(async () => {
  service.clock.turn(10 * minute);
  await sweepOnce(service);
});

const now = (session: string) => sessionNow(service.gameLift, session);
const command = (GameSessionId: string, TerminationMode: TerminationMode) =>
  new TerminateGameSessionCommand({ GameSessionId, TerminationMode });
const trigger =
  (session: string) =>
  (gameLift: GameLiftClient = service.gameLift) =>
    gameLift.send(command(session, 'TRIGGER_ON_PROCESS_TERMINATE'));
const force =
  (session: string) =>
  (gameLift: GameLiftClient = service.gameLift) =>
    gameLift.send(command(session, 'FORCE_TERMINATE'));

/** What the server was told of until now, by the names of the events. */
async function told(server: GameServer): Promise<string[]> {
  // What was posted before comes before the answer.
  await server.getComputeCertificate();
  return server.events.all.map(({ Action }) => Action);
}

describe('TerminateGameSession with TRIGGER_ON_PROCESS_TERMINATE', () => {
  test('asks the process to end within 5 minutes, and the session ends when the process does', async () => {
    const { server, session } = await hosted(service);
    const ada = await join(service.gameLift, session, 'ada');
    const bob = await join(service.gameLift, session, 'bob');
    await server.acceptPlayerSession(ada);
    const ending = { Status: 'TERMINATING', StatusReason: 'TRIGGERED_ON_PROCESS_TERMINATE' };
    expect((await trigger(session)()).GameSession).toMatchObject(ending);
    expect(await server.nextEvent('TerminateProcess')).toEqual({
      Action: 'TerminateProcess',
      TerminationTime: service.clock.now() + 5 * minute,
    });
    expect(await now(session)).toMatchObject({ ...ending, CurrentPlayerSessionCount: 2 });
    expect((await now(session)).TerminationTime).toBeUndefined();

    expect(await endOf(join(service.gameLift, session, 'cy'))).toBe('InvalidGameSessionStatusException');
    expect(await server.acceptPlayerSession(bob)).toMatchObject({
      StatusCode: 409,
      ErrorMessage: `Game session ${session} is TERMINATING, and not ACTIVE.`,
    });
    expect(await server.updatePlayerSessionCreationPolicy('ACCEPT_ALL')).toMatchObject({ StatusCode: 409 });
    expect(await server.removePlayerSession(ada)).toMatchObject({ StatusCode: 200 });

    expect(await server.processEnding()).toMatchObject({ StatusCode: 200 });
    expect(await now(session)).toMatchObject({
      Status: 'TERMINATED',
      StatusReason: 'TRIGGERED_ON_PROCESS_TERMINATE',
      TerminationTime: new Date(service.clock.now()),
      CurrentPlayerSessionCount: 0,
    });
    expect(await playersNow(service.gameLift, session)).toEqual(['ada COMPLETED', 'bob TIMEDOUT']);
  });

  test('asks once, however often it is sent, and does not put off the end', async () => {
    const { server, session } = await hosted(service);
    expect((await sendTwice(service, trigger(session))).GameSession).toMatchObject({ Status: 'TERMINATING' });
    service.clock.turn(minute);
    expect((await trigger(session)()).GameSession).toMatchObject({ Status: 'TERMINATING' });
    expect(await told(server)).toEqual(['CreateGameSession', 'TerminateProcess']);
    await server.heartbeat();
    service.clock.turn(2 * minute);
    await server.heartbeat();
    service.clock.turn(2 * minute);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1, sessionsEnded: 1 }));
  });

  test('answers its own retry alike when the process has ended meanwhile, and another request not', async () => {
    const { server, session } = await hosted(service);
    const ends = async () => {
      await server.nextEvent('TerminateProcess');
      await server.processEnding();
    };
    const answer = await sendTwice(service, trigger(session), ends);
    expect(answer.GameSession).toMatchObject({ Status: 'TERMINATED' });
    expect(await endOf(trigger(session)())).toBe('InvalidGameSessionStatusException');
    expect(await endOf(force(session)())).toBe('InvalidGameSessionStatusException');
  });

  test('ends the session by the sweep where the process does not end in its time', async () => {
    const { server, session } = await hosted(service);
    await trigger(session)();
    service.clock.turn(4 * minute);
    await server.heartbeat();
    service.clock.turn(minute - 1);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    expect(await now(session)).toMatchObject({ Status: 'TERMINATING' });
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1, sessionsEnded: 1 }));
    expect(await now(session)).toMatchObject({
      Status: 'TERMINATED',
      StatusReason: 'TRIGGERED_ON_PROCESS_TERMINATE',
    });
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 403 });
  });

  test('ends a session too that is still to be activated', async () => {
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId: fleetId });
    await server.nextEvent('CreateGameSession');
    await trigger(GameSessionId)();
    await server.nextEvent('TerminateProcess');
    expect(await server.activateGameSession()).toMatchObject({ StatusCode: 409 });
    expect(await now(GameSessionId)).toMatchObject({ Status: 'TERMINATING' });
  });

  test('can be followed by FORCE_TERMINATE, which waits for nobody', async () => {
    const { server, session } = await hosted(service);
    await trigger(session)();
    expect((await force(session)()).GameSession).toMatchObject({
      Status: 'TERMINATED',
      StatusReason: 'FORCE_TERMINATED',
    });
    expect(await told(server)).toEqual(['CreateGameSession', 'TerminateProcess']);
  });
});

describe('a session whose end nobody asks its process for', () => {
  test('is over at once by FORCE_TERMINATE, and its process is told to end, once', async () => {
    const { server, session } = await hosted(service);
    await join(service.gameLift, session, 'ada');
    const answer = await sendTwice(service, force(session));
    expect(answer.GameSession).toMatchObject({
      Status: 'TERMINATED',
      StatusReason: 'FORCE_TERMINATED',
      CurrentPlayerSessionCount: 0,
    });
    expect(await server.nextEvent('TerminateProcess')).toMatchObject({
      TerminationTime: service.clock.now() + 5 * minute,
    });
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(await told(server)).toEqual(['CreateGameSession', 'TerminateProcess']);
    expect(await server.processEnding()).toMatchObject({ StatusCode: 200 });
    expect(await now(session)).toMatchObject({ StatusReason: 'FORCE_TERMINATED' });
  });

  test('is over when it was not activated in time, for everybody by the clock', async () => {
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId: fleetId });
    const end = service.clock.now() + 5 * minute;
    service.clock.turn(3 * minute - 1);
    await server.heartbeat();
    service.clock.turn(2 * minute);
    expect(await now(GameSessionId)).toMatchObject({ Status: 'ACTIVATING' });
    service.clock.turn(1);
    const over = { Status: 'TERMINATED', TerminationTime: new Date(end) };
    expect(await now(GameSessionId)).toMatchObject(over);
    expect(await server.activateGameSession()).toMatchObject({
      StatusCode: 409,
      ErrorMessage: expect.stringContaining('cannot be activated any more'),
    });
    expect(await told(server)).toEqual(['CreateGameSession']);

    service.clock.turn(10_000);
    expect(await sweepOnce(service)).toEqual(reportOf({ sessionsEnded: 1 }));
    expect(await now(GameSessionId)).toMatchObject(over);
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(await server.nextEvent('TerminateProcess')).toMatchObject({
      TerminationTime: service.clock.now() + 5 * minute,
    });
  });

  test('is over when it was not activated in time, and a heartbeat that notices ends it before the sweep', async () => {
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId: fleetId });
    const end = service.clock.now() + 5 * minute;
    service.clock.turn(6 * minute);
    await server.heartbeat();
    await server.nextEvent('TerminateProcess');
    expect(await now(GameSessionId)).toMatchObject({ Status: 'TERMINATED', TerminationTime: new Date(end) });
    expect(await sweepOnce(service)).toEqual(reportOf({}));
  });

  test('is ended by the sweep when it is idle, and its process is told at its next heartbeat', async () => {
    const { server, session } = await hosted(service, { fleet: { Tags: [{ Key: idleTag, Value: '1' }] } });
    service.clock.turn(hour - minute);
    await server.heartbeat();
    service.clock.turn(minute);
    expect(await sweepOnce(service)).toEqual(reportOf({ sessionsEnded: 1 }));
    expect(await now(session)).toMatchObject({ Status: 'TERMINATED' });
    expect(await told(server)).toEqual(['CreateGameSession']);
    await server.heartbeat();
    expect(await told(server)).toEqual(['CreateGameSession', 'TerminateProcess']);
  });
});

describe('a process', () => {
  test('gets no second session when its own is over', async () => {
    const { server, session, fleetId } = await hosted(service);
    const place = () => endOf(createGameSession(service.gameLift, { FleetId: fleetId }));
    expect(await place()).toBe('FleetCapacityExceededException');
    await force(session)();
    await server.heartbeat();
    expect(await place()).toBe('FleetCapacityExceededException');
    await server.processEnding();
    expect(await place()).toBe('FleetCapacityExceededException');
    await service.readyProcess({ fleetId });
    expect(await place()).toBe('answered');
  });

  test('is told of an update of its session', async () => {
    const { server, session, fleetId } = await hosted(service, {
      session: {
        Name: 'A match',
        GameSessionData: 'map=dust',
        GameProperties: [{ Key: 'mode', Value: 'duel' }],
      },
    });
    await service.gameLift.send(
      new UpdateGameSessionCommand({
        GameSessionId: session,
        Name: 'Another match',
        MaximumPlayerSessionCount: 6,
        GameProperties: [{ Key: 'round', Value: '2' }],
      }),
    );
    expect(await server.nextEvent('UpdateGameSession')).toEqual({
      Action: 'UpdateGameSession',
      GameSession: {
        GameSessionId: session,
        Name: 'Another match',
        FleetId: fleetId,
        GameSessionData: 'map=dust',
        IpAddress: '10.1.2.3',
        Port: 7_777,
        MaximumPlayerSessionCount: 6,
        GameProperties: { mode: 'duel', round: '2' },
        Location: location,
        Status: 'ACTIVE',
      },
    });
  });

  test('is told of the largest session in one message, and of a larger one nobody is', async () => {
    // Each of these takes the most bytes that a character can take in JSON.
    const widest = (length: number) => '\u0001'.repeat(length);
    const properties = Array.from({ length: 16 }, (_, number) => ({
      Key: `${widest(30)}${number + 10}`,
      Value: widest(96),
    }));
    const largest = {
      MaximumPlayerSessionCount: 200,
      Name: widest(1_024),
      GameProperties: properties,
      GameSessionData: '"'.repeat(largestHostedData / 2),
    };
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    const refusal = await refusalOf(
      createGameSession(service.gameLift, {
        FleetId: fleetId,
        ...largest,
        GameSessionData: `${largest.GameSessionData}x`,
      }),
    );
    expect(refusal).toMatchObject({
      error: 'InvalidRequestException',
      message: `GameSessionData takes ${largestHostedData + 1} bytes as JSON, more than the ${largestHostedData} that fit into one message to a game server.`,
    });
    const session = await activeSession(service, server, largest);
    await service.gameLift.send(
      new UpdateGameSessionCommand({ GameSessionId: session, MaximumPlayerSessionCount: 199 }),
    );
    expect(await server.nextEvent('UpdateGameSession')).toMatchObject({
      GameSession: { GameSessionData: largest.GameSessionData, Name: largest.Name },
    });
    expect(server.events.all).toHaveLength(2);
    for (const event of server.events.all) {
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(largestMessage);
    }
  });

  test('of a compute that is deregistered is told to end when it is idle, and goes on while it hosts a session', async () => {
    const { server, session, fleetId } = await hosted(service);
    const idle = await service.readyProcess({ fleetId });
    const unready = await service.process({ fleetId });
    await unready.connect();
    await service.gameLift.send(new DeregisterComputeCommand({ FleetId: fleetId, ComputeName: 'machine-1' }));
    expect(await idle.nextEvent('TerminateProcess')).toMatchObject({
      TerminationTime: service.clock.now() + 5 * minute,
    });
    expect(await endOf(createGameSession(service.gameLift, { FleetId: fleetId }))).toBe(
      'FleetCapacityExceededException',
    );
    expect(await idle.processEnding()).toMatchObject({ StatusCode: 200 });
    expect(await unready.processReady({ port: 7_777 })).toMatchObject({ StatusCode: 403 });

    const ada = await join(service.gameLift, session, 'ada');
    expect(await server.acceptPlayerSession(ada)).toMatchObject({ StatusCode: 200 });
    service.clock.turn(minute);
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(await told(server)).toEqual(['CreateGameSession']);
    expect(await now(session)).toMatchObject({ Status: 'ACTIVE' });
  });

  test('is counted by DescribeFleetLocationUtilization while it is ready', async () => {
    const { server, session, fleetId } = await hosted(service);
    const count = async () => {
      const { FleetUtilization } = await service.gameLift.send(
        new DescribeFleetLocationUtilizationCommand({ FleetId: fleetId, Location: location }),
      );
      return FleetUtilization?.ActiveServerProcessCount;
    };
    const idle = await service.readyProcess({ fleetId });
    const starting = await service.process({ fleetId });
    await starting.connect();
    await starting.processReady({ port: 7_778 });
    expect(await count()).toBe(2);
    await starting.heartbeat();
    expect(await count()).toBe(3);
    await idle.processEnding();
    expect(await count()).toBe(2);
    await force(session)();
    expect(await count()).toBe(2);
    await server.processEnding();
    expect(await count()).toBe(1);
  });
});
