import { randomUUID } from 'node:crypto';
import {
  GameLiftClient,
  type GameLiftClientConfig,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-gamelift';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import { inject } from 'vitest';
import { type DoorContext, gameLiftDoor } from '#functions/gamelift/door.ts';
import type { LogAttributes } from '#functions/log.ts';
import type { Meter } from '#functions/meter.ts';
import { answerRequest, type Invoke } from '#infra/local/gateway.ts';
import type { GatewayAnswer } from '#infra/local/gateway-answer.ts';
import type { GatewayRequest } from '#infra/local/gateway-event.ts';
import { serveHttp } from '#infra/local/http.ts';
import { createRouter } from '#infra/local/routes.ts';
import { readStack } from '#infra/local/stack.ts';
import type { AccessKeys } from '#lib/auth/access-keys.ts';
import type { Role } from '#lib/auth/roles.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { Clock } from './clock.ts';
import type { DynamoDbWire } from './dynamodb-wire.ts';
import { newTable } from './table.ts';

export const credentials = { accessKeyId: 'OPENSLOTTEST', secretAccessKey: 'a secret of the tests' };
export const deployment = { region: 'us-east-1', accountId: '123456789012' };
export const fleetId = 'fleet-of-the-tests';
export const location = 'custom-test';
/** Where game servers connect to. */
export const gameServerEndpoint = 'ws://127.0.0.1/live';

/** The service over HTTP, with the routes of the stack, on a table and a clock of its own. */
export type Service = {
  readonly url: string;
  readonly clock: Clock;
  readonly table: Table;
  readonly wire: DynamoDbWire;
  readonly gameLift: GameLiftClient;
  /** Another client of the same service. It lives by the same clock, unless its configuration says by which other one. */
  client(config?: GameLiftClientConfig): GameLiftClient;
  /** What the gateway does with a request once it is there, for tests of more requests than HTTP has time for. */
  answer(request: GatewayRequest): Promise<GatewayAnswer>;
  /** What the function has logged, whole. */
  readonly logged: readonly (readonly [message: string, attributes: LogAttributes])[];
  /** What it has counted. */
  readonly metered: readonly Parameters<Meter>[];
  close(): Promise<void>;
};

/** An access key that a test calls with; an admin's unless it says otherwise. */
export type Caller = typeof credentials & { readonly role?: Role };

/** Issued access keys, as a service holds them. */
export function accessKeysOf(...callers: readonly Caller[]): AccessKeys {
  const issued = new Map(
    callers.map(({ accessKeyId, secretAccessKey, role = 'admin' }) => [
      accessKeyId,
      { secretAccessKey, role },
    ]),
  );
  return { current: async () => issued, latest: async () => issued };
}

/** Starts the service with one fleet in one location. */
export async function startService(
  changes: Partial<DoorContext> = {},
  clock: Clock = new Clock(),
): Promise<Service> {
  const { table, wire } = await newTable();
  const logged: [string, LogAttributes][] = [];
  const log = (message: string, attributes: LogAttributes) => {
    logged.push([message, attributes]);
  };
  const metered: Parameters<Meter>[] = [];
  const door = gameLiftDoor({
    table,
    accessKeys: accessKeysOf(credentials),
    recentlyFull: new RecentlyFull(),
    recentSearches: new RecentSearches(clock.now),
    deployment,
    retention: usualRetention,
    idleTime: usualIdleTime,
    gameServerEndpoint,
    connections: { post: async () => 'gone' },
    meter: (...counted) => void metered.push(counted),
    now: clock.now,
    newId: randomUUID,
    random: Math.random,
    log: { info: log, warn: log, error: log },
    ...changes,
  });
  const { routes } = readStack(inject('assembly'));
  const invoke: Invoke = (_, event, awsRequestId) => door(event, { awsRequestId });
  const gateway = await serveHttp({ port: 0, routes, invoke });
  const router = createRouter(routes);

  await createLocation(table, { name: location, createdAt: clock.now(), createdBy: 'the tests' });
  await createFleet(table, {
    fleetId,
    name: 'Test',
    createdAt: clock.now(),
    locations: [location],
    protectionPolicy: 'NoProtection',
  });
  wire.count();
  const client = (config: GameLiftClientConfig = {}) => {
    const made = new GameLiftClient({
      endpoint: gateway.url,
      region: deployment.region,
      credentials,
      ...config,
    });
    if (config.systemClockOffset === undefined) signByClock(made, clock);
    return made;
  };
  const gameLift = client();
  return {
    url: gateway.url,
    clock,
    table,
    wire,
    gameLift,
    client,
    answer: (request) => answerRequest(request, router, invoke),
    logged,
    metered,
    async close() {
      gameLift.destroy();
      await gateway.close();
      table.client.destroy();
    },
  };
}

/**
 * Makes a client live by the clock of the test: a request that is signed by another one would be too old or too new. At
 * every try anew, since between two of them the SDK goes by the time at which the first was answered.
 */
function signByClock(client: GameLiftClient, clock: Clock): void {
  const sign: FinalizeRequestMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => (request) => {
    client.config.systemClockOffset = clock.now() - Date.now();
    return next(request);
  };
  client.middlewareStack.addRelativeTo(sign, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    name: 'signByClock',
  });
}
