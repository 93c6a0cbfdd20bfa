import { setImmediate } from 'node:timers/promises';
import { CreatePlayerSessionsCommand, DescribePlayerSessionsCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parseSessionItem } from '#lib/table/session-item.ts';
import { createGameSession, sessionKeyIn } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';

/**
 * A connection that is lost, at each point of a server's life: the process comes back without saying anew that it is ready,
 * its life goes on, and nothing has happened twice.
 */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());

/** What a life leads through, by what the server knows of it. */
type Life = { readonly server: GameServer; gameSessionId: string; players: readonly string[] };
type Step = readonly [name: string, live: (life: Life) => Promise<{ StatusCode: number } | undefined>];

const create = async (life: Life) => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  life.gameSessionId = GameSessionId;
  return undefined;
};
const reserve = async (life: Life) => {
  const { gameSessionId: GameSessionId } = life;
  const { PlayerSessions = [] } = await service.gameLift.send(
    new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['ada', 'bob', 'cy'] }),
  );
  life.players = PlayerSessions.map(({ PlayerSessionId = '' }) => PlayerSessionId);
  return undefined;
};
const player = ({ players }: Life, number: number) => players[number] ?? '';

/** Requests, between which the back end creates the session and reserves. */
const steps: readonly Step[] = [
  ['ActivateServerProcess', ({ server }) => server.processReady({ port: 7_777 })],
  ['its first heartbeat', ({ server }) => server.heartbeat()],
  ['the creation of its session', create],
  ['a heartbeat while it starts', ({ server }) => server.heartbeat()],
  [
    'ActivateGameSession',
    async ({ server }) => {
      await server.nextEvent('CreateGameSession');
      return server.activateGameSession();
    },
  ],
  ['the reservation of its players', reserve],
  ['AcceptPlayerSession', (life) => life.server.acceptPlayerSession(player(life, 0))],
  ['another AcceptPlayerSession', (life) => life.server.acceptPlayerSession(player(life, 1))],
  ['UpdatePlayerSessionCreationPolicy', ({ server }) => server.updatePlayerSessionCreationPolicy('DENY_ALL')],
  ['RemovePlayerSession', (life) => life.server.removePlayerSession(player(life, 0))],
  [
    'DescribePlayerSessions',
    ({ server, gameSessionId }) => server.describePlayerSessions({ GameSessionId: gameSessionId }),
  ],
  ['a heartbeat while it plays', ({ server }) => server.heartbeat()],
  ['TerminateServerProcess', ({ server }) => server.processEnding()],
];

const isRequest = (name: string) => !name.startsWith('the ');

/** Lives a life, and tells what everybody has seen of it. */
async function live(
  server: GameServer,
  disturb: (step: string, server: GameServer) => Promise<void> | void = () => {},
) {
  const life: Life = { server, gameSessionId: '', players: [] };
  const statuses: (number | undefined)[] = [];
  for (const [name, step] of steps) {
    await disturb(name, server);
    statuses.push((await step(life))?.StatusCode);
  }
  const { gameSessionId: GameSessionId } = life;
  const item = await getItem(service.table, sessionItemKey(sessionKeyIn(GameSessionId)));
  const { status, version, open, seats, deniesPlayers } = parseSessionItem(item ?? {});
  const { PlayerSessions = [] } = await service.gameLift.send(
    new DescribePlayerSessionsCommand({ GameSessionId }),
  );
  server.destroy();
  return {
    statuses,
    events: server.events.all.map(({ Action }) => Action),
    // All that has happened in the session, counted.
    session: { status, version, open, seats: Object.keys(seats).length, deniesPlayers },
    players: PlayerSessions.map(({ PlayerId, Status }) => `${PlayerId} ${Status}`).toSorted(),
    closes: server.closes.filter((code) => code === 1000 || code === 1001),
  };
}

const undisturbed = {
  statuses: steps.map(([name]) => (isRequest(name) ? 200 : undefined)),
  events: ['CreateGameSession'],
  session: { status: 'TERMINATED', version: 9, open: 2, seats: 2, deniesPlayers: true },
  players: ['ada COMPLETED', 'bob COMPLETED', 'cy TIMEDOUT'],
  closes: [],
};

async function connected(sdk: 'Go' | 'Cpp' | 'CSharp'): Promise<GameServer> {
  const server = await service.process({ sdk });
  await server.connect();
  return server;
}

test('without a disturbance a life is as it should be', async () => {
  expect(await live(await connected('Go'))).toEqual(undisturbed);
});

describe.each(['Go', 'Cpp', 'CSharp'] as const)('with the SDK for %s, a connection that is lost', (sdk) => {
  const requests = steps.map(([name]) => name).filter(isRequest);

  test.each(requests)('between %s and its answer harms nothing', async (where) => {
    const server = await connected(sdk);
    expect(
      await live(server, (step) => {
        if (step === where) server.dropAfterNextSend();
      }),
    ).toEqual(undisturbed);
    expect(server.upgrades.length).toBeGreaterThan(1);
  });
});

test.each(steps.map(([name]) => name).filter((name) => name !== 'the creation of its session'))(
  'a connection that is lost before %s harms nothing',
  async (where) => {
    const server = await connected('Go');
    expect(
      await live(server, async (step) => {
        if (step !== where) return;
        server.drop();
        await service.hasLost(server);
      }),
    ).toEqual(undisturbed);
  },
);

test('a connection that is lost before every single request, and after every one, harms nothing', async () => {
  const server = await connected('Cpp');
  expect(
    await live(server, async (step) => {
      if (!isRequest(step)) return;
      server.drop();
      server.dropAfterNextSend();
    }),
  ).toEqual(undisturbed);
});

test('a session that is created while the gateway does not know yet that the connection is lost is told of on the next one', async () => {
  const server = await connected('Go');
  const outcome = await live(server, async (step) => {
    if (step !== 'the creation of its session') return;
    service.losesDisconnects = true;
    server.drop();
    while (service.gateway.connections.ids().length > 0) await setImmediate();
  }).finally(() => {
    service.losesDisconnects = false;
  });
  expect(outcome).toEqual(undisturbed);
});

test('the news of a session that is lost with its connection comes once more, when the process has not activated it a minute later', async () => {
  const server = await connected('Go');
  await server.processReady({ port: 7_777 });
  await server.heartbeat();
  const lost = server.dropBeforeNextEvent();
  await createGameSession(service.gameLift);
  await lost;
  await server.reconnect();
  await server.heartbeat();
  service.clock.turn(59_000);
  await server.heartbeat();
  expect(server.events.all).toEqual([]);
  service.clock.turn(1_000);
  await server.heartbeat();
  await server.nextEvent('CreateGameSession');
  expect(await server.activateGameSession()).toMatchObject({ StatusCode: 200 });

  service.clock.turn(60_000);
  await server.heartbeat();
  await server.processEnding();
  expect(server.events.all).toHaveLength(1);
});

test('a process that takes long to start is not told again: it was heard on the connection on which it was told', async () => {
  const server = await connected('Go');
  await server.processReady({ port: 7_777 });
  await server.heartbeat();
  await createGameSession(service.gameLift);
  await server.nextEvent('CreateGameSession');
  await server.heartbeat();
  server.drop();
  await server.reconnect();
  for (let minutes = 0; minutes < 3; minutes++) {
    service.clock.turn(60_000);
    await server.heartbeat();
  }
  expect(await server.activateGameSession()).toMatchObject({ StatusCode: 200 });
  expect(server.events.all).toHaveLength(1);
  await server.processEnding();
});
