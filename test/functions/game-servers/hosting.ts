import { randomUUID } from 'node:crypto';
import {
  type CreateFleetInput,
  type CreateGameSessionInput,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  type GameLiftClient,
  type GameSession,
} from '@aws-sdk/client-gamelift';
import { WebSocket } from 'ws';
import { type SweepReport, sweep } from '#lib/cleanup/sweep.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { connected } from '#test/infra/local/web-socket-client.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import {
  readServerMessage,
  type ServerEvent,
  type ServerResponse,
} from '#test/support/game-server-messages.ts';
import { type Members, spellRequest } from '#test/support/game-server-requests.ts';
import { type Sdk, upgradeUrl } from '#test/support/game-server-socket.ts';
import type { ServerService } from '#test/support/game-servers.ts';
import type { Service } from '#test/support/service.ts';

/** Game servers in fleets of their own, so that the sessions of one test never come to the processes of another. */

export type Hosted = {
  readonly server: GameServer;
  readonly fleetId: string;
  /** The GameSessionId. */
  readonly session: string;
};

/** A fleet of a test's own: its id. */
export const newFleet = async (service: Service, members: Partial<CreateFleetInput> = {}): Promise<string> =>
  (await createFleet(service, members)).FleetId;

/** A game server, in a fleet of its own, that hosts an ACTIVE session of 4 slots. */
export async function hosted(
  service: ServerService,
  {
    sdk = 'Go',
    fleet = {},
    session = {},
  }: {
    readonly sdk?: Sdk;
    readonly fleet?: Partial<CreateFleetInput>;
    readonly session?: Partial<CreateGameSessionInput>;
  } = {},
): Promise<Hosted> {
  const fleetId = await newFleet(service, fleet);
  const server = await service.readyProcess({ fleetId, sdk });
  return { server, fleetId, session: await activeSession(service, server, session) };
}

/** A session that a server, the only free one of its fleet, has been told to host and has activated: its GameSessionId. */
export async function activeSession(
  { gameLift }: Service,
  server: GameServer,
  members: Partial<CreateGameSessionInput> = {},
): Promise<string> {
  const { GameSessionId } = await createGameSession(gameLift, {
    FleetId: server.options.fleetId,
    ...members,
  });
  await server.nextEvent('CreateGameSession');
  const { StatusCode } = await server.activateGameSession();
  if (StatusCode !== 200) throw new Error(`The session was not activated: ${StatusCode}`);
  return GameSessionId;
}

export async function sessionNow(gameLift: GameLiftClient, GameSessionId: string): Promise<GameSession> {
  const { GameSessions } = await gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  const [session] = GameSessions ?? [];
  if (session === undefined) throw new Error('There is no such session');
  return session;
}

/** The players of a session, as `ada ACTIVE`. */
export async function playersNow(gameLift: GameLiftClient, GameSessionId: string): Promise<string[]> {
  const { PlayerSessions = [] } = await gameLift.send(new DescribePlayerSessionsCommand({ GameSessionId }));
  return PlayerSessions.map(({ PlayerId, Status }) => `${PlayerId} ${Status}`).toSorted();
}

/** One run of the sweep, in which nothing may fail. */
export const sweepOnce = ({ table, clock }: Service): Promise<SweepReport> =>
  sweep({
    table,
    clock: clock.now,
    random: Math.random,
    retention: usualRetention,
    onFailure: (error) => {
      throw error;
    },
  });

/** A game server without an SDK: it does nothing by itself about what it is told. */
export type BareServer = {
  readonly socket: WebSocket;
  /** What it was told that no earlier call has given, in order. */
  told(): readonly ServerEvent[];
  request(action: string, members?: Members): Promise<ServerResponse>;
  heartbeat(): Promise<ServerResponse>;
};

/** Connects a game server without an SDK. The same process may be connected several times. */
export async function bareServer(
  service: ServerService,
  options: { readonly fleetId: string; readonly token: string; readonly processId?: string },
): Promise<BareServer> {
  const { processId = randomUUID(), ...named } = options;
  const where = { sdk: 'Go', url: service.endpoint, computeName: 'machine-1', processId, ...named } as const;
  const client = await connected(upgradeUrl(where, randomUUID()));
  let events: ServerEvent[] = [];
  const request: BareServer['request'] = async (action, members = {}) => {
    const requestId = randomUUID();
    client.send(spellRequest('Go', action, requestId, members));
    for (;;) {
      // What was sent before the response comes before it.
      const message = readServerMessage(await client.next());
      if (message.kind === 'event') events.push(message.event);
      if (message.kind === 'response' && message.response.RequestId === requestId) return message.response;
    }
  };
  return {
    socket: client.socket,
    request,
    heartbeat: () => request('HeartbeatServerProcess', { HealthStatus: true }),
    told: () => {
      const given = events;
      events = [];
      return given;
    },
  };
}

/** How whoever asks for a connection is answered. 101 lets them in, and they stay until the service is closed. */
export function knock(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.on('error', () => resolve(undefined));
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    socket.once('open', () => resolve(101));
  });
}
