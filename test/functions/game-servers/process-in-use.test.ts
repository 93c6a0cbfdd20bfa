import { UpdateGameSessionCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { findProcess } from '#lib/servers/find-process.ts';
import { processAddressOf } from '#lib/servers/process-address.ts';
import { minute } from '#test/lib/cleanup/swept-table.ts';
import { createGameSession, endOf } from '#test/support/game-lift.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { type BareServer, bareServer, newFleet, sessionNow } from './hosting.ts';

/** Two runs of a game server under one process id, as where a launcher has started it twice. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());

let fleetId: string;
let where: { readonly fleetId: string; readonly token: string; readonly processId: string };
let first: BareServer;
let second: BareServer;
beforeEach(async () => {
  fleetId = await newFleet(service);
  where = { fleetId, token: await service.register('machine-1', fleetId), processId: 'the process' };
  first = await bareServer(service, where);
  await sayReady(first);
  await first.heartbeat();
  service.clock.turn(1);
  second = await bareServer(service, where);
});

const sayReady = (server: BareServer) => server.request('ActivateServerProcess', { Port: 7_777 });
const known = () => findProcess(service.table, processAddressOf({ ...where, computeName: 'machine-1' }));
const create = () => createGameSession(service.gameLift, { FleetId: fleetId });
const told = async (server: BareServer) => {
  await server.heartbeat();
  return server.told().map(({ Action }) => Action);
};

test('the second one is refused, and the first one gets its session and what comes with it', async () => {
  expect(await sayReady(second)).toMatchObject({ StatusCode: 409 });
  const { GameSessionId = '' } = await create();
  expect(await told(first)).toEqual(['CreateGameSession']);
  expect(await first.request('ActivateGameSession', { GameSessionId })).toMatchObject({ StatusCode: 200 });
  await service.gameLift.send(new UpdateGameSessionCommand({ GameSessionId, Name: 'Renamed' }));
  expect(await told(first)).toEqual(['UpdateGameSession']);
  expect(second.told()).toEqual([]);
});

test('the second one is nobody once it is refused: that it ends does not end the first one', async () => {
  await sayReady(second);
  const { GameSessionId } = await create();
  await first.request('ActivateGameSession', { GameSessionId });
  for (const action of ['TerminateServerProcess', 'ActivateServerProcess'])
    expect(await second.request(action, { Port: 7_777 })).toMatchObject({ StatusCode: 401 });
  second.socket.terminate();
  expect(await first.heartbeat()).toMatchObject({ StatusCode: 200 });
  expect(await sessionNow(service.gameLift, GameSessionId)).toMatchObject({ Status: 'ACTIVE' });
});

test('the news that has gone to the second one before it was refused goes to the first one within two minutes', async () => {
  const { GameSessionId } = await create();
  await sayReady(second);
  expect(second.told()).toMatchObject([{ Action: 'CreateGameSession' }]);
  expect(await told(first)).toEqual([]);
  service.clock.turn(minute);
  expect(await told(first)).toEqual(['CreateGameSession']);
  expect(await first.request('ActivateGameSession', { GameSessionId })).toMatchObject({ StatusCode: 200 });
});

test('where the first one has lost its connection too, nobody gets a session until it is back', async () => {
  first.socket.terminate();
  await vi.waitFor(async () => expect(await known()).not.toHaveProperty('beatOn'));
  expect(await sayReady(second)).toMatchObject({ StatusCode: 409 });
  expect(await endOf(create())).toBe('FleetCapacityExceededException');
  service.clock.turn(1);
  const back = await bareServer(service, where);
  await create();
  expect(await told(back)).toEqual(['CreateGameSession']);
});

test('where the second one is gone before it says anything, the first one gets its session at once', async () => {
  const newest = (await known())?.connectionId;
  second.socket.terminate();
  await vi.waitFor(async () => expect((await known())?.connectionId).not.toBe(newest));
  await create();
  expect(await told(first)).toEqual(['CreateGameSession']);
});

test('the first one, which says once more that it is ready, is no other run', async () => {
  expect(await sayReady(first)).toMatchObject({ StatusCode: 200 });
  await sayReady(second);
  await create();
  expect(await told(first)).toEqual(['CreateGameSession']);
});
