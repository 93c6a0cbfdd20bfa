import {
  DeregisterComputeCommand,
  GetComputeAuthTokenCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minute } from '#test/lib/cleanup/swept-table.ts';
import { join } from '#test/support/game-lift.ts';
import { upgradeUrl } from '#test/support/game-server-socket.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { type BareServer, bareServer, hosted, knock, newFleet, playersNow } from './hosting.ts';

/** How a process is brought to a new connection before the gateway ends the one that it has. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());

type Bare = { readonly server: BareServer; readonly fleetId: string; readonly token: string };

/** A process, in a fleet of its own, that does not connect anew when it is asked to. */
async function bare(tokenAge = 0): Promise<Bare> {
  const fleetId = await newFleet(service);
  const token = await service.register('machine-1', fleetId);
  service.clock.turn(tokenAge);
  const server = await bareServer(service, { fleetId, token, processId: 'the process' });
  await server.request('ActivateServerProcess', { Port: 7_777 });
  return { server, fleetId, token };
}

/** What a process is told with a heartbeat after so many milliseconds. */
async function toldAfter(milliseconds: number, server: BareServer) {
  service.clock.turn(milliseconds);
  expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
  return server.told();
}

const asked = (AuthToken: unknown) => [
  { Action: 'RefreshConnection', RefreshConnectionEndpoint: service.endpoint, AuthToken },
];

const currentToken = async (FleetId: string) => {
  const command = new GetComputeAuthTokenCommand({ FleetId, ComputeName: 'machine-1' });
  return (await service.gameLift.send(command)).AuthToken;
};

describe('a process is asked to connect anew', () => {
  test('once its connection is 90 minutes old, to where it is let in with what it is told', async () => {
    const { server, fleetId, token } = await bare();
    expect(await toldAfter(90 * minute - 1, server)).toEqual([]);
    expect(await toldAfter(1, server)).toEqual(asked(token));
    const named = { fleetId, computeName: 'machine-1', processId: 'the process', token, sdk: 'Go' } as const;
    expect(await knock(upgradeUrl({ ...named, url: service.endpoint }, 'once'))).toBe(101);
  });

  test('not twice within a minute, and each minute as long as it stays on its old connection', async () => {
    const { server, token } = await bare();
    expect(await toldAfter(90 * minute, server)).toEqual(asked(token));
    expect(await toldAfter(minute - 1, server)).toEqual([]);
    expect(await toldAfter(1, server)).toEqual(asked(token));
    expect(await toldAfter(minute, server)).toEqual(asked(token));
  });

  test('no more once it has', async () => {
    const { server, fleetId, token } = await bare();
    expect(await toldAfter(90 * minute, server)).toHaveLength(1);
    const anew = await bareServer(service, { fleetId, token, processId: 'the process' });
    server.socket.terminate();
    expect(await toldAfter(minute, anew)).toEqual([]);
    expect(await toldAfter(70 * minute, anew)).toEqual([]);
  });

  test('again when it has, and is back on its old connection since the new one has failed', async () => {
    const { server, fleetId, token } = await bare();
    expect(await toldAfter(90 * minute, server)).toHaveLength(1);
    const anew = await bareServer(service, { fleetId, token, processId: 'the process' });
    anew.socket.terminate();
    expect(await toldAfter(minute, server)).toEqual(asked(token));
  });

  test('as soon as its token has 10 minutes left, with a new one', async () => {
    const { server, fleetId, token } = await bare(165 * minute);
    expect(await toldAfter(5 * minute - 1, server)).toEqual([]);
    const told = await toldAfter(1, server);
    const next = await currentToken(fleetId);
    expect(next).not.toBe(token);
    expect(told).toEqual(asked(next));
    const anew = await bareServer(service, { fleetId, token: next ?? '', processId: 'the process' });
    server.socket.terminate();
    expect(await toldAfter(60 * minute, anew)).toEqual([]);
  });

  test('with the token that it has while that has 15 minutes left', async () => {
    const { server, token } = await bare(75 * minute);
    expect(await toldAfter(90 * minute, server)).toEqual(asked(token));
    const told = await toldAfter(minute, server);
    expect(told).toEqual(asked(expect.any(String)));
    expect(told).not.toEqual(asked(token));
  });

  test('not while it is not well, which it could not take back while it moves', async () => {
    const { server, token } = await bare();
    service.clock.turn(90 * minute);
    await server.request('HeartbeatServerProcess', { HealthStatus: false });
    expect(server.told()).toEqual([]);
    expect(await toldAfter(minute, server)).toEqual(asked(token));
  });

  test('never when its compute is not registered any more', async () => {
    const { server, fleetId } = await bare();
    await service.gameLift.send(new DeregisterComputeCommand({ FleetId: fleetId, ComputeName: 'machine-1' }));
    expect(await toldAfter(minute, server)).toMatchObject([{ Action: 'TerminateProcess' }]);
    expect(await toldAfter(90 * minute, server)).toEqual([]);
    expect(await toldAfter(minute, server)).toEqual([]);
  });
});

describe.each(['Go', 'Cpp', 'CSharp'] as const)('with the SDK for %s', (sdk) => {
  test('the session goes on when the connection is made anew', async () => {
    const { server, session } = await hosted(service, { sdk });
    const { token } = server.options;
    service.clock.turn(90 * minute);
    const ada = await join(service.gameLift, session, 'ada');
    // A request that is under way while the process changes its connection is answered all the same.
    const [beat, accepted] = await Promise.all([server.heartbeat(), server.acceptPlayerSession(ada)]);
    expect([beat.StatusCode, accepted.StatusCode]).toEqual([200, 200]);
    expect(await server.nextEvent('RefreshConnection')).toEqual(asked(token)[0]);
    expect(server.upgrades).toEqual([101, 101]);

    const bob = await join(service.gameLift, session, 'bob');
    expect(await server.acceptPlayerSession(bob)).toMatchObject({ StatusCode: 200 });
    expect(await server.removePlayerSession(ada)).toMatchObject({ StatusCode: 200 });
    expect(await playersNow(service.gameLift, session)).toEqual(['ada COMPLETED', 'bob ACTIVE']);
    await service.gameLift.send(new UpdateGameSessionCommand({ GameSessionId: session, Name: 'Renamed' }));
    expect(await server.nextEvent('UpdateGameSession')).toMatchObject({
      GameSession: { GameSessionId: session, Name: 'Renamed' },
    });
    service.clock.turn(minute);
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(server.upgrades).toEqual([101, 101]);
    expect(server.closes).toEqual([]);
  });
});
