import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { clientSettings } from '#functions/client-settings.ts';
import { lazyMeter } from '#functions/lazy-meter.ts';
import { describeError, log } from '#functions/log.ts';
import { bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { keySetFromUrl } from '#lib/auth/key-set.ts';
import { openTable } from '#lib/table/client.ts';
import { gameSessionsDoor } from './door.ts';
import { readEnvironment } from './environment.ts';

const environment = readEnvironment(process.env);

/** The Lambda entry: the door with the clients that this instance keeps. */
export const handler = gameSessionsDoor({
  table: openTable(environment.TABLE_NAME, clientSettings(environment.AWS_REGION)),
  tokens: bearerTokens({
    issuer: environment.TOKEN_ISSUER,
    audience: environment.TOKEN_AUDIENCE,
    keySet: keySetFromUrl({
      url: environment.TOKEN_KEY_SET_URL,
      onFetchFailed: (error) =>
        log.warn("The keys of the tokens' issuer could not be fetched", describeError(error)),
    }),
  }),
  retention: environment.RETENTION_SECONDS,
  idleTime: environment.IDLE_SECONDS,
  meter: lazyMeter,
  clock: Date.now,
  sleep: setTimeout,
  newId: randomUUID,
  random: Math.random,
  log,
});
