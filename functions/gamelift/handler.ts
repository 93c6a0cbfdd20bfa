import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { openTable } from '#lib/table/client.ts';
import { gameLiftDoor } from './door.ts';
import { readEnvironment } from './environment.ts';

const environment = readEnvironment(process.env);
const log = new Logger();

/** The Lambda entry: the door with the clients that this instance keeps. */
export const handler = gameLiftDoor({
  table: openTable(environment.TABLE_NAME),
  accessKeys: accessKeysFromSecretsManager({
    client: new SecretsManagerClient({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 500, requestTimeout: 2_000, throwOnRequestTimeout: true },
    }),
    secretId: environment.ACCESS_KEYS_SECRET,
    onReadingFailed: () => log.warn('Access keys could not be read: the last known ones stay in use'),
  }),
  recentlyFull: new RecentlyFull(),
  deployment: { region: environment.AWS_REGION, accountId: environment.ACCOUNT_ID },
  now: Date.now,
  newId: randomUUID,
  random: Math.random,
  log,
});
