import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { GetComputeAuthTokenCommand, RegisterComputeCommand } from '@aws-sdk/client-gamelift';
import { inject } from 'vitest';
import { type DoorContext, gameServersDoor } from '#functions/game-servers/door.ts';
import type { DoorContext as GameLiftContext } from '#functions/gamelift/door.ts';
import type { LogAttributes } from '#functions/log.ts';
import type { Meter } from '#functions/meter.ts';
import { makeCertificate } from '#infra/local/certificate.ts';
import { type Gateway, serveGateway } from '#infra/local/serve-gateway.ts';
import { readStack } from '#infra/local/stack.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { processAddressOf } from '#lib/servers/process-address.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import { Clock } from './clock.ts';
import { GameServer } from './game-server.ts';
import { deployment, fleetId, location, type Service, startService } from './service.ts';

/** The service with the door for game servers too: both live by the same clock and on the same table. */
export type ServerService = Service & {
  /** Whether the gateway keeps to itself that a connection is lost, as it may. */
  losesDisconnects: boolean;
  readonly gateway: Gateway;
  /** Where game servers connect. */
  readonly endpoint: string;
  /** What the door for game servers has logged, whole. */
  readonly serverLog: readonly (readonly [message: string, attributes: LogAttributes | undefined])[];
  readonly serverMetered: readonly Parameters<Meter>[];
  /** Registers a compute of the tests' fleet, or of another, and gives its token. */
  register(computeName: string, fleet?: string): Promise<string>;
  /** A game server's process on a compute that is registered, not yet connected. */
  process(options?: Partial<ConstructorParameters<typeof GameServer>[0]>): Promise<GameServer>;
  /** The same, connected, ready and heard of: a session can be placed on it. */
  readyProcess(options?: Partial<ConstructorParameters<typeof GameServer>[0]>): Promise<GameServer>;
  /** What the table knows of a process. */
  known(server: GameServer): Promise<ServerProcess | undefined>;
  /** Waits until the service knows that the connection of a process is lost. */
  hasLost(server: GameServer): Promise<void>;
};

export type ServerServiceChanges = {
  readonly door?: Partial<DoorContext>;
  readonly gameLift?: Partial<GameLiftContext>;
};

/** Starts both doors, with the routes and the limits of the stack. */
export async function startServerService(
  changes: ServerServiceChanges = {},
  clock: Clock = new Clock(),
): Promise<ServerService> {
  const serverLog: [string, LogAttributes | undefined][] = [];
  const log = (message: string, attributes?: LogAttributes) => void serverLog.push([message, attributes]);
  const serverMetered: Parameters<Meter>[] = [];
  let made: ServerService | undefined;
  const { webSocketApi } = readStack(inject('assembly'));
  const door = Promise.withResolvers<ReturnType<typeof gameServersDoor>>();
  const gateway = await serveGateway({
    port: 0,
    routes: [],
    invoke: () => Promise.reject(new Error('Nothing is routed here')),
    certificate: makeCertificate(Date.now()),
    webSocket: {
      api: webSocketApi,
      now: clock.now,
      invoke: async (_, event, awsRequestId) => {
        const isLost = made?.losesDisconnects && event.requestContext.eventType === 'DISCONNECT';
        return isLost ? { statusCode: 200 } : (await door.promise)(event, { awsRequestId });
      },
    },
  });
  const endpoint = `${gateway.webSocketUrl}/${webSocketApi?.stage}`;
  const connections: DoorContext['connections'] = {
    post: async (id, text) => (gateway.connections.post(id, Buffer.from(text)) ? 'posted' : 'gone'),
  };
  const service = await startService(
    { connections, gameServerEndpoint: endpoint, ...changes.gameLift },
    clock,
  );
  door.resolve(
    gameServersDoor({
      table: service.table,
      recentlyFull: new RecentlyFull(),
      deployment,
      retention: usualRetention,
      endpoint,
      connections,
      meter: (...counted) => void serverMetered.push(counted),
      now: clock.now,
      newId: randomUUID,
      log: { info: log, warn: log, error: log },
      ...changes.door,
    }),
  );

  const tokens = new Map<string, string>();
  const register = async (computeName: string, fleet: string = fleetId): Promise<string> => {
    const FleetId = fleet;
    const named = { FleetId, ComputeName: computeName };
    await service.gameLift.send(
      new RegisterComputeCommand({ ...named, IpAddress: '10.1.2.3', Location: location }),
    );
    const { AuthToken = '' } = await service.gameLift.send(new GetComputeAuthTokenCommand(named));
    tokens.set(`${fleet}/${computeName}`, AuthToken);
    return AuthToken;
  };
  const processes: GameServer[] = [];
  const process: ServerService['process'] = async (options = {}) => {
    const { computeName = 'machine-1', fleetId: fleet = fleetId } = options;
    const token = tokens.get(`${fleet}/${computeName}`) ?? (await register(computeName, fleet));
    const server = new GameServer({
      url: endpoint,
      token,
      fleetId: fleet,
      computeName,
      processId: randomUUID(),
      sdk: 'Go',
      ...options,
    });
    processes.push(server);
    return server;
  };
  const known: ServerService['known'] = ({ options }) =>
    findProcess(service.table, processAddressOf(options));
  made = {
    ...service,
    losesDisconnects: false,
    known,
    hasLost: async (server) => {
      while ((await known(server))?.connectionId !== undefined) await setTimeout(1);
    },
    gateway,
    endpoint,
    serverLog,
    serverMetered,
    register,
    process,
    readyProcess: async (options) => {
      const server = await process(options);
      await server.connect();
      await server.processReady({ port: 7_777 });
      await server.heartbeat();
      return server;
    },
    close: async () => {
      for (const server of processes) server.destroy();
      await gateway.close();
      await service.close();
    },
  };
  return made;
}
