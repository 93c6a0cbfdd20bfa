import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '#functions/client-settings.ts';
import { gatewayConnections } from '#functions/connections.ts';
import { lazyMeter } from '#functions/lazy-meter.ts';
import { log } from '#functions/log.ts';
import { accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { openTable } from '#lib/table/client.ts';
import { gameLiftDoor } from './door.ts';
import { readEnvironment } from './environment.ts';

const environment = readEnvironment(process.env);

const settings = clientSettings(environment.AWS_REGION);
const table = openTable(environment.TABLE_NAME, settings);
const secretsManager = new SecretsManagerClient({
  ...settings,
  maxAttempts: table.client.config.maxAttempts,
  requestHandler: table.client.config.requestHandler,
});

/** The Lambda entry: the door with the clients that this instance keeps. */
export const handler = gameLiftDoor({
  table,
  accessKeys: accessKeysFromSecretsManager({
    client: secretsManager,
    secretId: environment.ACCESS_KEYS_SECRET,
    onReadingFailed: () => log.warn('Access keys could not be read: the last known ones stay in use'),
    onMalformed: (entries) =>
      log.warn('The access keys secret has entries that are no access keys: they are good for nobody', {
        entries,
      }),
  }),
  recentlyFull: new RecentlyFull(),
  recentSearches: new RecentSearches(Date.now),
  deployment: { region: environment.AWS_REGION, accountId: environment.ACCOUNT_ID },
  retention: environment.RETENTION_SECONDS,
  idleTime: environment.IDLE_SECONDS,
  gameServerEndpoint: environment.GAME_SERVER_ENDPOINT,
  connections: gatewayConnections({ client: settings, log }),
  meter: lazyMeter,
  now: Date.now,
  newId: randomUUID,
  random: Math.random,
  log,
});
