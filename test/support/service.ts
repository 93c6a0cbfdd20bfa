import { randomUUID } from 'node:crypto';
import { GameLiftClient, type GameLiftClientConfig } from '@aws-sdk/client-gamelift';
import { inject } from 'vitest';
import { type DoorContext, gameLiftDoor } from '#functions/gamelift/door.ts';
import type { LogAttributes } from '#functions/log.ts';
import { serveHttp } from '#infra/local/http.ts';
import { readStack } from '#infra/local/stack.ts';
import type { AccessKeys } from '#lib/auth/access-keys.ts';
import { createFleet } from '#lib/fleets/fleets.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import type { Table } from '#lib/table/client.ts';
import { Clock } from './clock.ts';
import type { DynamoDbWire } from './dynamodb-wire.ts';
import { newTable } from './table.ts';

export const credentials = { accessKeyId: 'OPENSLOTTEST', secretAccessKey: 'a secret of the tests' };
export const deployment = { region: 'us-east-1', accountId: '123456789012' };
export const fleetId = 'fleet-of-the-tests';
export const location = 'custom-test';

/** The service over HTTP, with the routes of the stack, on a table and a clock of its own. */
export type Service = {
  readonly url: string;
  readonly clock: Clock;
  readonly table: Table;
  readonly wire: DynamoDbWire;
  readonly gameLift: GameLiftClient;
  /** Another client of the same service. It lives by the same clock, unless its configuration says by which other one. */
  client(config?: GameLiftClientConfig): GameLiftClient;
  /** What the function has logged, whole. */
  readonly logged: readonly (readonly [message: string, attributes: LogAttributes])[];
  close(): Promise<void>;
};

const accessKeys: AccessKeys = {
  current: async () => issued,
  latest: async () => issued,
};
const issued = new Map([[credentials.accessKeyId, credentials.secretAccessKey]]);

/** Starts the service with one fleet in one location. */
export async function startService(changes: Partial<DoorContext> = {}): Promise<Service> {
  const { table, wire } = await newTable();
  const clock = new Clock();
  const logged: [string, LogAttributes][] = [];
  const log = (message: string, attributes: LogAttributes) => {
    logged.push([message, attributes]);
  };
  const door = gameLiftDoor({
    table,
    accessKeys,
    recentlyFull: new RecentlyFull(),
    deployment,
    now: clock.now,
    newId: randomUUID,
    random: Math.random,
    log: { info: log, error: log },
    ...changes,
  });
  const { routes } = readStack(inject('assembly'));
  const gateway = await serveHttp({
    port: 0,
    routes,
    invoke: (_, event, awsRequestId) => door(event, { awsRequestId }),
  });

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
    logged,
    async close() {
      gameLift.destroy();
      await gateway.close();
      table.client.destroy();
    },
  };
}

/** Makes a client live by the clock of the test: a request that is signed by another one would be too old or too new. */
function signByClock(client: GameLiftClient, clock: Clock): void {
  client.middlewareStack.add(
    (next) => (request) => {
      client.config.systemClockOffset = clock.now() - Date.now();
      return next(request);
    },
    { step: 'initialize', name: 'signByClock' },
  );
}
