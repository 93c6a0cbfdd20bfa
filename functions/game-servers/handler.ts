import { randomUUID } from 'node:crypto';
import { clientSettings } from '#functions/client-settings.ts';
import { gatewayConnections } from '#functions/connections.ts';
import { lazyMeter } from '#functions/lazy-meter.ts';
import { log } from '#functions/log.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { openTable } from '#lib/table/client.ts';
import { gameServersDoor } from './door.ts';
import { readEnvironment } from './environment.ts';

const environment = readEnvironment(process.env);
const settings = clientSettings(environment.AWS_REGION);

/** The Lambda entry: the door with the clients that this instance keeps. */
export const handler = gameServersDoor({
  table: openTable(environment.TABLE_NAME, settings),
  connections: gatewayConnections({ client: settings, log }),
  recentlyFull: new RecentlyFull(),
  deployment: { region: environment.AWS_REGION, accountId: environment.ACCOUNT_ID },
  retention: environment.RETENTION_SECONDS,
  endpoint: environment.GAME_SERVER_ENDPOINT,
  meter: lazyMeter,
  now: Date.now,
  newId: randomUUID,
  log,
});
