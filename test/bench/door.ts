import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type DoorContext, gameLiftDoor } from '#functions/gamelift/door.ts';
import { localAwsAccess } from '#infra/local/account.ts';
import { accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import type { Table } from '#lib/table/client.ts';
import { stubHandler } from './aws-stub.ts';
import { deployment } from './reservation.ts';

/** Calls the function and gives the status code that it answers. */
export type Door = (event: APIGatewayProxyEventV2) => Promise<number | undefined>;

/**
 * The function as its handler sets it up, but for the table, the log and, if need be, the searches that it remembers. Its
 * access keys come from the stub.
 */
export function openDoor(
  table: Table,
  log: DoorContext['log'],
  recentSearches = new RecentSearches(Date.now),
): Door {
  const secrets = new SecretsManagerClient({ ...localAwsAccess, requestHandler: stubHandler() });
  const door = gameLiftDoor({
    table,
    accessKeys: accessKeysFromSecretsManager({ client: secrets, secretId: 'AccessKeys' }),
    recentlyFull: new RecentlyFull(),
    recentSearches,
    deployment,
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
    log,
  });
  return async (event) => (await door(event, { awsRequestId: randomUUID() })).statusCode;
}
