import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { catchAllRouteKeys, routeKeys } from '#functions/game-sessions/paths.ts';
import { longestWait } from '#lib/messages/limits.ts';
import { aliasesPartition, fleetsPartition, locationsPartition, partitionPrefixes } from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import { AccessKeys } from './access-keys.ts';
import { HttpFront, type RouteKey, type Throttling } from './http-front.ts';
import { ServiceFunction } from './service-function.ts';
import { SessionTable } from './session-table.ts';
import { checkTokenTrust, type TokenTrust, trustTokens } from './token-trust.ts';

export type OpenslotProps = {
  /** What becomes of the table and the access keys when they leave the stack. Default: they are retained. */
  readonly removalPolicy?: RemovalPolicy;
  /** Whether DynamoDB refuses to delete the table, whoever asks, `removalPolicy` included. Default: true. */
  readonly deletionProtection?: boolean;
  /** How long the functions' logs and the access log are kept. Default: one month. */
  readonly logRetention?: RetentionDays;
  /** How much traffic the endpoint takes before it answers 429. Default: 2,000 requests a second, 1,000 at once. */
  readonly throttling?: Throttling;
  /** Megabytes of memory of each function; its share of a processor grows with them. Default: 1,024. */
  readonly memorySize?: number;
  /** Whose tokens players and titles call the GameSession API with. Without it that API is not deployed. */
  readonly tokens?: TokenTrust;
  /**
   * How many requests of the GameSession API run at once, readers who wait for messages among them; the others are turned
   * away. Default: as many as the account has left, which are then the GameLift API's too.
   */
  readonly gameSessionConcurrency?: number;
};

const anyOf = (prefix: string) => `${prefix}*`;

/** The GameLift API: JSON, which names the operation in a header or in the query, and CBOR, which has it in the path. */
const gameLiftRouteKeys: readonly RouteKey[] = ['POST /', 'POST /service/{service}/operation/{operation}'];

/**
 * The whole service, to be put into a stack of one's own:
 *
 * ```ts
 * const openslot = new Openslot(stack, 'Openslot', { logRetention: RetentionDays.ONE_YEAR });
 * new CfnOutput(stack, 'Endpoint', { value: openslot.endpoint });
 * ```
 *
 * Nothing in it has a fixed name, so that one account can hold as many as are wanted.
 */
export class Openslot extends Construct {
  /** Where AWS SDKs and command lines are pointed to: `https://...`, without a slash at the end. */
  readonly endpoint: string;

  /** All that the service keeps. */
  readonly table: Table;

  /** The access keys by their ids, which `npm run keys` manages. */
  readonly accessKeysSecret: Secret;

  /** The id of the access key that the deployment generates in `accessKeysSecret`. */
  readonly accessKeyId: string;

  constructor(scope: Construct, id: string, props: OpenslotProps = {}) {
    super(scope, id);
    const {
      removalPolicy = RemovalPolicy.RETAIN,
      deletionProtection = true,
      logRetention = RetentionDays.ONE_MONTH,
      throttling = { rateLimit: 2000, burstLimit: 1000 },
      // The share of a processor comes with the memory, a whole one at 1,769 MB. Loading the code and checking a signature
      // are bound by it: with less they take longer and cost about the same.
      memorySize = 1024,
      tokens,
      gameSessionConcurrency,
    } = props;
    if (tokens !== undefined) checkTokenTrust(tokens);

    const sessions = new SessionTable(this, 'Sessions', { removalPolicy, deletionProtection });
    const accessKeys = new AccessKeys(this, 'AccessKeys', { removalPolicy });
    const http = new HttpFront(this, 'Http', { throttling, logRetention });

    const gameLift = new ServiceFunction(this, 'GameLift', {
      folder: 'gamelift',
      description: 'Openslot: answers the GameLift API',
      timeout: Duration.seconds(10),
      memorySize,
      logRetention,
    });
    gameLift.lambda.addEnvironment('ACCOUNT_ID', Stack.of(this).account);
    // Fleets, locations and aliases can be deleted, and game and player sessions cannot.
    const { session, players, creator, roster, messages } = partitionPrefixes;
    const fleets = [aliasesPartition, fleetsPartition, locationsPartition];
    sessions.connect(gameLift.lambda, {
      queries: Object.values(indexes),
      writes: [...[session, players, creator].map(anyOf), ...fleets],
      deletes: fleets,
    });
    accessKeys.connect(gameLift.lambda);
    http.connect(
      gameLift.lambda,
      gameLiftRouteKeys,
      'The function itself verifies the SigV4 signature. An IAM authorizer insists on the scope execute-api where game back ends sign for gamelift, and a Lambda authorizer is not given the body that was signed.',
    );

    if (tokens !== undefined) {
      const gameSessions = new ServiceFunction(this, 'GameSessions', {
        folder: 'game-sessions',
        description: 'Openslot: answers the GameSession API',
        // A reader waits for a message, and whoever looks last may find DynamoDB slow.
        timeout: Duration.seconds(longestWait + 8),
        ...(gameSessionConcurrency !== undefined && { concurrency: gameSessionConcurrency }),
        memorySize,
        logRetention,
      });
      trustTokens(gameSessions.lambda, tokens);
      // Messages that everybody has read are dropped. Sessions, with all who were ever in them, are not.
      sessions.connect(gameSessions.lambda, {
        queries: [indexes.playerSessionsByPlayer, indexes.sessionsByFleet],
        writes: [session, roster, messages].map(anyOf),
        deletes: [anyOf(messages)],
      });
      http.connect(
        gameSessions.lambda,
        [...routeKeys, ...catchAllRouteKeys],
        'The function itself verifies the bearer token, with key sets that it keeps. A JWT authorizer of the gateway takes RSA keys alone, answers 401 without a problem detail, and does not say how it passes on a player id of 64 bits; /openapi.json is for everybody.',
      );
    }

    this.endpoint = http.endpoint;
    this.table = sessions.table;
    this.accessKeysSecret = accessKeys.secret;
    this.accessKeyId = accessKeys.accessKeyId;
  }
}
