import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sweepBySchedule } from '#functions/cleanup/sweep/sweep-by-schedule.ts';
import type { Counts } from '#functions/meter.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { minute, reportOf } from '#test/lib/cleanup/swept-table.ts';
import { createGameSession, endOf, join } from '#test/support/game-lift.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { bareServer, hosted, newFleet, playersNow, sessionNow, sweepOnce } from './hosting.ts';

/** Whether a process is taken for alive: by its heartbeats, the clock and the sweep. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());
// What earlier tests have left behind is over, so that a sweep has to do with the test's own processes alone.
beforeEach(async () => {
  service.clock.turn(10 * minute);
  await sweepOnce(service);
});

/** Whether a new session finds a free process in the fleet. */
const place = (FleetId: string) => endOf(createGameSession(service.gameLift, { FleetId }));
const noCapacity = 'FleetCapacityExceededException';

describe('a process that is silent', () => {
  test('is never ended while it sends heartbeats, though an hour goes by', async () => {
    const { server, session } = await hosted(service);
    for (let minutes = 1; minutes <= 60; minutes++) {
      service.clock.turn(minute);
      expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
      if (minutes % 6 === 0) expect(await sweepOnce(service)).toEqual(reportOf({}));
    }
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'ACTIVE' });
    expect(server.events.all).toHaveLength(1);
  });

  test('costs four calls with each heartbeat when it hosts a session, and three when it does not, one of them a write', async () => {
    const { server } = await hosted(service);
    const fleetId = await newFleet(service);
    const idle = await service.readyProcess({ fleetId });
    // The first one behind the news is no more than any other.
    await server.heartbeat();
    service.clock.turn(minute);
    service.wire.count();
    await server.heartbeat();
    expect(service.wire.count()).toEqual({ GetItem: 2, UpdateItem: 1, BatchGetItem: 1 });
    await idle.heartbeat();
    expect(service.wire.count()).toEqual({ GetItem: 2, UpdateItem: 1 });
  });

  test('is ended after 3 minutes, and with it its session and the stays of its players', async () => {
    const { server, session, fleetId } = await hosted(service);
    await server.acceptPlayerSession(await join(service.gameLift, session, 'ada'));
    service.clock.turn(3 * minute - 1_000);
    await join(service.gameLift, session, 'bob');
    service.clock.turn(999);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    expect(await sessionNow(service.gameLift, session)).toMatchObject({
      Status: 'ACTIVE',
      CurrentPlayerSessionCount: 2,
    });
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1, sessionsEnded: 1 }));
    expect(await sessionNow(service.gameLift, session)).toMatchObject({
      Status: 'TERMINATED',
      TerminationTime: new Date(service.clock.now()),
      CurrentPlayerSessionCount: 0,
    });
    expect(await playersNow(service.gameLift, session)).toEqual(['ada COMPLETED', 'bob TIMEDOUT']);
    expect(await place(fleetId)).toBe(noCapacity);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
  });

  test('gets no session any more, though no sweep has ended it yet, and gets one once it is heard of', async () => {
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    service.clock.turn(3 * minute);
    expect(await place(fleetId)).toBe(noCapacity);
    await server.heartbeat();
    service.clock.turn(3 * minute - 1);
    expect(await place(fleetId)).toBe('answered');
  });

  test('cannot come back once it was ended: neither on a new connection nor on the one that it has', async () => {
    const { server } = await hosted(service);
    service.clock.turn(3 * minute);
    await sweepOnce(service);
    expect(await server.heartbeat()).toMatchObject({
      StatusCode: 403,
      ErrorMessage: expect.stringContaining('has ended'),
    });
    expect(await server.nextEvent('TerminateProcess')).toEqual({
      Action: 'TerminateProcess',
      TerminationTime: service.clock.now(),
    });
    await expect(server.reconnect()).rejects.toMatchObject({ name: 'NotConnected', status: 403 });
  });

  test('is counted by the sweep that ends it', async () => {
    await hosted(service);
    service.clock.turn(3 * minute);
    const counted: Counts[] = [];
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const { table, clock } = service;
    const meter = (counts: Counts) => void counted.push(counts);
    await sweepBySchedule({
      table,
      clock: clock.now,
      random: Math.random,
      retention: usualRetention,
      meter,
      log,
    })();
    expect(counted).toEqual([{ SweepRuns: 1, SweepBacklog: 0, SessionsEnded: 1, ProcessesLost: 1 }]);
  });

  test('is given 5 minutes from when it was asked to connect anew', async () => {
    const fleetId = await newFleet(service);
    const token = await service.register('machine-1', fleetId);
    const server = await bareServer(service, { fleetId, token });
    await server.request('ActivateServerProcess', { Port: 7_777 });
    service.clock.turn(90 * minute);
    await server.heartbeat();
    expect(server.told()).toMatchObject([{ Action: 'RefreshConnection' }]);
    service.clock.turn(5 * minute - 1);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1 }));
  });
});

describe('a process that is not well', () => {
  const healthFor = async (server: Awaited<ReturnType<typeof hosted>>['server'], ...beats: boolean[]) => {
    for (const [number, isHealthy] of beats.entries()) {
      if (number > 0) service.clock.turn(minute);
      expect(await server.heartbeat(isHealthy)).toMatchObject({ StatusCode: 200 });
    }
  };

  test('for 3 minutes in a row is ended with its session, told to exit, and counted', async () => {
    const { server, session } = await hosted(service);
    const counted = service.serverMetered.length;
    await healthFor(server, false, false, false);
    service.clock.turn(minute - 1);
    expect(await server.heartbeat(false)).toMatchObject({ StatusCode: 200 });
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'ACTIVE' });
    expect(service.serverMetered.slice(counted)).toEqual([]);
    service.clock.turn(1);
    expect(await server.heartbeat(false)).toMatchObject({ StatusCode: 200 });
    expect(await server.nextEvent('TerminateProcess')).toMatchObject({
      TerminationTime: service.clock.now(),
    });
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'TERMINATED' });
    expect(service.serverMetered.slice(counted)).toEqual([[{ ProcessesLost: 1 }]]);
    expect(await server.heartbeat(true)).toMatchObject({ StatusCode: 403 });
  });

  test('for 3 minutes in a row is ended by the sweep, though its heartbeats have come', async () => {
    const { server, session } = await hosted(service);
    await healthFor(server, false, false, false);
    service.clock.turn(minute - 1);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1, sessionsEnded: 1 }));
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'TERMINATED' });
    expect(await server.heartbeat(true)).toMatchObject({ StatusCode: 403 });
  });

  test('for 2 minutes and then well again goes on, and its minutes are counted from the start', async () => {
    const { server, session } = await hosted(service);
    await healthFor(server, false, false, false, true, false, false, false, true);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'ACTIVE' });
    expect(server.events.all.map(({ Action }) => Action)).toEqual(['CreateGameSession']);
  });

  test('but says that it is well in the moment in which it would be ended goes on', async () => {
    const { server, session } = await hosted(service);
    await healthFor(server, false, false, false);
    service.clock.turn(minute);
    const counted = service.serverMetered.length;
    const handle = service.wire.handle.bind(service.wire);
    const wire = vi.spyOn(service.wire, 'handle').mockImplementation(async (request, options) => {
      const answer = await handle(request, options);
      if (!String(request.headers['x-amz-target']).endsWith('UpdateItem')) return answer;
      // The first write notes that it has been ill for too long.
      wire.mockRestore();
      await server.heartbeat(true);
      return answer;
    });
    expect(await server.heartbeat(false)).toMatchObject({ StatusCode: 200 });
    expect(await server.heartbeat(true)).toMatchObject({ StatusCode: 200 });
    expect(await sessionNow(service.gameLift, session)).toMatchObject({ Status: 'ACTIVE' });
    expect(server.events.all.map(({ Action }) => Action)).toEqual(['CreateGameSession']);
    expect(service.serverMetered.slice(counted)).toEqual([]);
  });

  test('gets no session until it is well again', async () => {
    const fleetId = await newFleet(service);
    const server = await service.readyProcess({ fleetId });
    await server.heartbeat(false);
    expect(await place(fleetId)).toBe(noCapacity);
    await server.heartbeat(true);
    expect(await place(fleetId)).toBe('answered');
  });
});

describe('a process that does not get ready', () => {
  test('is ended 5 minutes after it has connected, and cannot get ready any more', async () => {
    const server = await service.process({ fleetId: await newFleet(service) });
    await server.connect();
    service.clock.turn(5 * minute - 1);
    // To connect again is not to get ready.
    await server.reconnect();
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1 }));
    expect(await server.processReady({ port: 7_777 })).toMatchObject({ StatusCode: 403 });
  });

  test('but says so just in time has 3 minutes for its first heartbeat', async () => {
    const server = await service.process({ fleetId: await newFleet(service) });
    await server.connect();
    service.clock.turn(5 * minute - 1);
    expect(await server.processReady({ port: 7_777 })).toMatchObject({ StatusCode: 200 });
    service.clock.turn(3 * minute - 1);
    expect(await sweepOnce(service)).toEqual(reportOf({}));
    service.clock.turn(1);
    expect(await sweepOnce(service)).toEqual(reportOf({ processesLost: 1 }));
  });
});
