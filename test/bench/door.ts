import { randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { gameSessionsDoor } from '#functions/game-sessions/door.ts';
import { type DoorContext, gameLiftDoor } from '#functions/gamelift/door.ts';
import { localAwsAccess } from '#infra/local/account.ts';
import { developmentAudience, developmentIssuer } from '#infra/local/token-issuer.ts';
import { accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { keySetFromUrl } from '#lib/auth/key-set.ts';
import { RecentSearches } from '#lib/sessions/recent-searches.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { stubHandler } from './aws-stub.ts';
import { deployment } from './reservation.ts';
import type { TokenIssuer } from './token-issuer.ts';

const times = { retention: usualRetention, idleTime: usualIdleTime };

/** The log of what is only measured. */
export const silentLog: DoorContext['log'] = { info() {}, warn() {}, error() {} };

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
    ...times,
    gameServerEndpoint: 'ws://127.0.0.1/live',
    connections: { post: async () => 'gone' },
    meter: () => {},
    now: Date.now,
    newId: randomUUID,
    random: Math.random,
    log,
  });
  return async (event) => (await door(event, { awsRequestId: randomUUID() })).statusCode;
}

/** Calls the GameSession function and gives what it answers. */
export type RosterDoor = (
  event: APIGatewayProxyEventV2,
) => Promise<{ readonly status: number | undefined; readonly body: string }>;

/**
 * The GameSession function as its handler sets it up, but for the table and the log. Whoever waits in it waits by a clock
 * that is turned: no time passes.
 */
export function openRosterDoor(table: Table, { keySetUrl }: Pick<TokenIssuer, 'keySetUrl'>): RosterDoor {
  let turned = 0;
  const door = gameSessionsDoor({
    table,
    tokens: bearerTokens({
      issuer: developmentIssuer,
      audience: developmentAudience,
      keySet: keySetFromUrl({ url: keySetUrl }),
    }),
    ...times,
    meter: () => {},
    clock: () => Date.now() + turned,
    sleep: async (milliseconds) => {
      turned += milliseconds;
    },
    newId: randomUUID,
    random: Math.random,
    log: silentLog,
  });
  return async (event) => {
    const { statusCode, body = '' } = await door(event, { awsRequestId: randomUUID() });
    return { status: statusCode, body };
  };
}
