import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { catchAllRouteKeys, routeKeys } from '#functions/game-sessions/paths.ts';
import { longestWait } from '#lib/messages/limits.ts';
import { aliasesPartition, fleetsPartition, locationsPartition, partitionPrefixes } from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import type { AccessKeys } from './access-keys.ts';
import type { HttpFront, RouteKey } from './http-front.ts';
import { type Lifetimes, tellIdleTime, tellRetention } from './lifetimes.ts';
import { type FunctionSettings, ServiceFunction } from './service-function.ts';
import { anyOf, type SessionTable } from './session-table.ts';
import { type TokenTrust, trustTokens } from './token-trust.ts';
import type { WebSocketFront } from './web-socket-front.ts';

/** What the front doors are built into. */
export type Surroundings = {
  readonly sessions: SessionTable;
  readonly http: HttpFront;
  readonly lifetimes: Lifetimes;
  readonly settings: FunctionSettings;
};

const { session, players, creator, roster, messages, computes, processes, connection } = partitionPrefixes;

/** The GameLift API: JSON, which names the operation in a header or in the query, and CBOR, which has it in the path. */
const gameLiftRouteKeys: readonly RouteKey[] = ['POST /', 'POST /service/{service}/operation/{operation}'];

/** The function that answers the GameLift API, to callers with these access keys, and tells game servers of sessions. */
export function gameLiftDoor(
  scope: Construct,
  id: string,
  {
    sessions,
    http,
    lifetimes,
    settings,
    accessKeys,
    gameServers,
  }: Surroundings & { readonly accessKeys: AccessKeys; readonly gameServers: WebSocketFront },
): ServiceFunction {
  const door = new ServiceFunction(scope, id, {
    folder: 'gamelift',
    description: 'Openslot: answers the GameLift API',
    timeout: Duration.seconds(10),
    ...settings,
  });
  door.lambda.addEnvironment('ACCOUNT_ID', Stack.of(scope).account);
  tellRetention(door.lambda, lifetimes);
  tellIdleTime(door.lambda, lifetimes);
  // Fleets, locations, aliases and computes can be deleted, and game and player sessions cannot.
  const fleets = [aliasesPartition, fleetsPartition, locationsPartition];
  sessions.connect(door.lambda, {
    readsBatches: true,
    queries: [indexes.sessionsByFleet, indexes.playerSessionsByPlayer, indexes.searchableSessions],
    puts: [...[session, players, creator, computes].map(anyOf), ...fleets],
    updates: [...[session, players, creator, computes, processes].map(anyOf), ...fleets],
    deletes: [anyOf(computes), ...fleets],
  });
  accessKeys.connect(door.lambda);
  gameServers.letPost(door.lambda);
  http.connect(
    door.lambda,
    gameLiftRouteKeys,
    'The function itself verifies the SigV4 signature. An IAM authorizer insists on the scope execute-api where game back ends sign for gamelift, and a Lambda authorizer is not given the body that was signed.',
  );
  return door;
}

/** The function that answers the GameSession API, to callers whose tokens are trusted. */
export function gameSessionsDoor(
  scope: Construct,
  id: string,
  {
    sessions,
    http,
    lifetimes,
    settings,
    tokens,
    concurrency,
  }: Surroundings & { readonly tokens: TokenTrust; readonly concurrency: number | undefined },
): ServiceFunction {
  const door = new ServiceFunction(scope, id, {
    folder: 'game-sessions',
    description: 'Openslot: answers the GameSession API',
    // A reader waits for a message, and whoever looks last may find DynamoDB slow.
    timeout: Duration.seconds(longestWait + 8),
    ...(concurrency !== undefined && { concurrency }),
    ...settings,
  });
  trustTokens(door.lambda, tokens);
  tellRetention(door.lambda, lifetimes);
  tellIdleTime(door.lambda, lifetimes);
  // Messages that everybody has read are dropped. Sessions, with all who were ever in them, are not.
  sessions.connect(door.lambda, {
    readsBatches: true,
    queries: [indexes.playerSessionsByPlayer, indexes.sessionsByFleet],
    puts: [session, roster, messages].map(anyOf),
    updates: [anyOf(session)],
    deletes: [anyOf(messages)],
  });
  http.connect(
    door.lambda,
    [...routeKeys, ...catchAllRouteKeys],
    'The function itself verifies the bearer token, with key sets that it keeps. A JWT authorizer of the gateway takes RSA keys alone, answers 401 without a problem detail, and does not say how it passes on a player id of 64 bits; /openapi.json is for everybody.',
  );
  return door;
}

/** The function that answers game servers, over the WebSockets that they hold. */
export function gameServersDoor(
  scope: Construct,
  id: string,
  {
    sessions,
    lifetimes,
    settings,
    gameServers,
  }: Pick<Surroundings, 'sessions' | 'lifetimes' | 'settings'> & { readonly gameServers: WebSocketFront },
): ServiceFunction {
  const door = new ServiceFunction(scope, id, {
    folder: 'game-servers',
    description: 'Openslot: answers game servers',
    timeout: Duration.seconds(10),
    ...settings,
  });
  door.lambda.addEnvironment('ACCOUNT_ID', Stack.of(scope).account);
  tellRetention(door.lambda, lifetimes);
  // Connections are forgotten. Processes, with the sessions that they host, and computes are not.
  sessions.connect(door.lambda, {
    readsBatches: true,
    queries: [indexes.playerSessionsByPlayer],
    puts: [connection, processes].map(anyOf),
    updates: [session, players, processes, computes].map(anyOf),
    deletes: [anyOf(connection)],
  });
  gameServers.connect(
    door.lambda,
    'The function itself verifies the token of the compute when a process connects. A Lambda authorizer would be a second function in front of it with the same read, and one of the server SDKs gives the whole handshake two seconds.',
  );
  gameServers.letPost(door.lambda);
  return door;
}
