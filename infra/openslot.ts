import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Names, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import { AccessKeys } from './access-keys.ts';
import { Alarms } from './alarms.ts';
import { dashboard } from './dashboard.ts';
import { gameLiftDoor, gameServersDoor, gameSessionsDoor } from './doors.ts';
import { HttpFront, type Throttling } from './http-front.ts';
import { checkLifetimes } from './lifetimes.ts';
import { SessionEvents } from './session-events.ts';
import { SessionTable } from './session-table.ts';
import { Sweep } from './sweep.ts';
import { checkTokenTrust, type TokenTrust } from './token-trust.ts';
import { WebSocketFront } from './web-socket-front.ts';

export type OpenslotProps = {
  /** What becomes of the table and the access keys when they leave the stack. Default: they are retained. */
  readonly removalPolicy?: RemovalPolicy;
  /** Whether DynamoDB refuses to delete the table, whoever asks, `removalPolicy` included. Default: true. */
  readonly deletionProtection?: boolean;
  /** How long the functions' logs and the access logs are kept. Default: one month. */
  readonly logRetention?: RetentionDays;
  /**
   * How much traffic each endpoint takes before it turns requests and messages away. Default: 2,000 a second, 1,000 at once.
   */
  readonly throttling?: Throttling;
  /**
   * Whether the endpoint of game servers writes an access log beside the log of its function. For that API Gateway needs a role
   * in its settings of the account and region, which a deployment without one fails of. Default: false.
   */
  readonly gameServerAccessLog?: boolean;
  /** Megabytes of memory of each function; its share of a processor grows with them. Default: 1,024. */
  readonly memorySize?: number;
  /** Whose tokens players and titles call the GameSession API with. Without it that API is not deployed. */
  readonly tokens?: TokenTrust;
  /**
   * How many requests of the GameSession API run at once, readers who wait for messages among them; the others are turned
   * away. Default: as many as the account has left, which are then the GameLift API's too.
   */
  readonly gameSessionConcurrency?: number;
  /** How long a session can be read once it has ended; an hour at least. What has ended before keeps its time. Default: 30 days. */
  readonly retention?: Duration;
  /**
   * How long nobody may hold a slot in a session or touch it before it is ended; an hour at least. A fleet's tag
   * `openslot:idle-hours` overrides it. Both count for sessions that are created from then on. Default: 7 days.
   */
  readonly idleTime?: Duration | 'never';
  /** Who is told when an alarm goes off, and when it is over. Without it they are seen in CloudWatch alone. */
  readonly alarmTopic?: ITopic;
};

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

  /** Where game servers connect to: `wss://...`, without a slash at the end. */
  readonly gameServerEndpoint: string;

  /** All that the service keeps. */
  readonly table: Table;

  /** Where events of what happens in sessions are published: rules of one's own subscribe to them. */
  readonly eventBus: EventBus;

  /** Makes these events of the table's changes. */
  readonly changesFunction: LambdaFunction;

  /** Where it is told which changes could not be processed. */
  readonly deadLetters: Queue;

  /** What somebody has to look at, by docs/operations.md. */
  readonly alarms: readonly Alarm[];

  /** What an operator asks, at a glance. */
  readonly dashboard: Dashboard;

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
      gameServerAccessLog = false,
      // The share of a processor comes with the memory, a whole one at 1,769 MB. Loading the code and checking a signature
      // are bound by it: with less they take longer and cost about the same.
      memorySize = 1024,
      tokens,
      gameSessionConcurrency,
      retention = Duration.millis(usualRetention),
      idleTime = Duration.millis(usualIdleTime),
      alarmTopic,
    } = props;
    if (tokens !== undefined) checkTokenTrust(tokens);
    const lifetimes = { retention, idleTime };
    checkLifetimes(lifetimes);
    const settings = {
      service: Names.uniqueResourceName(this, { separator: '-' }),
      memorySize,
      logRetention,
    };

    const sessions = new SessionTable(this, 'Sessions', { removalPolicy, deletionProtection });
    const accessKeys = new AccessKeys(this, 'AccessKeys', { removalPolicy });
    const http = new HttpFront(this, 'Http', { throttling, logRetention });
    const webSocket = new WebSocketFront(this, 'WebSocket', {
      throttling,
      accessLog: gameServerAccessLog ? logRetention : undefined,
    });

    const surroundings = { sessions, http, lifetimes, settings };
    const gameLift = gameLiftDoor(this, 'GameLift', {
      ...surroundings,
      accessKeys,
      gameServers: webSocket,
    });
    const gameServers = gameServersDoor(this, 'GameServers', { ...surroundings, gameServers: webSocket });
    const gameSessions =
      tokens &&
      gameSessionsDoor(this, 'GameSessions', {
        ...surroundings,
        tokens,
        concurrency: gameSessionConcurrency,
      });
    const events = new SessionEvents(this, 'Events', { sessions, ...settings });
    const sweep = new Sweep(this, 'Sweep', { sessions, lifetimes, ...settings });
    const watched = {
      service: settings.service,
      http: http.api,
      table: sessions.table,
      functions: {
        GameLift: gameLift.lambda,
        GameServers: gameServers.lambda,
        ...(gameSessions !== undefined && { GameSessions: gameSessions.lambda }),
        OnChange: events.onChange.lambda,
        Sweep: sweep.function.lambda,
      },
      onChange: events.onChange.lambda,
      deadLetters: events.deadLetters,
    };
    const alarms = new Alarms(this, 'Alarms', {
      watched,
      ...(alarmTopic !== undefined && { topic: alarmTopic }),
    });

    this.endpoint = http.endpoint;
    this.gameServerEndpoint = webSocket.endpoint;
    this.table = sessions.table;
    this.eventBus = events.bus;
    this.changesFunction = events.onChange.lambda;
    this.deadLetters = events.deadLetters;
    this.alarms = alarms.all;
    this.dashboard = dashboard(this, 'Dashboard', { watched, alarms: alarms.all });
    this.accessKeysSecret = accessKeys.secret;
    this.accessKeyId = accessKeys.accessKeyId;
  }
}
