import path from 'node:path';
import { tokenParameters } from '#infra/token-parameters.ts';
import {
  accessKeysFile,
  firstKeyIn,
  readAccessKeysFile,
  readAccessKeysWithFirst,
} from './access-keys-file.ts';
import type { localAccessKey } from './account.ts';
import type { LocalApis } from './apis.ts';
import { assemble } from './assembly.ts';
import { type BackgroundOptions, startBackground } from './background.ts';
import { makeCertificate } from './certificate.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type DynamoDbLocal, type DynamoDbLocalStore, startDynamoDbLocal } from './dynamodb.ts';
import { type BusEvent, serveEventBus } from './event-bus.ts';
import { firstFleetId } from './first-fleet.ts';
import { functionEnvironment, type ServiceEndpoints } from './function-environment.ts';
import { FunctionFailedError } from './function-errors.ts';
import type { MetricLine } from './function-output.ts';
import { type FunctionWorker, startFunctionWorker } from './function-worker.ts';
import type { ParameterValues } from './identities.ts';
import { LocalRunError } from './local-run-error.ts';
import { prepareTable } from './prepare-table.ts';
import { serveSecrets } from './secrets.ts';
import { serveGateway } from './serve-gateway.ts';
import { type LocalStack, readStack } from './stack.ts';
import { developmentAudience, developmentIssuer, serveKeySet } from './token-issuer.ts';
import { tokenIssuerFile } from './token-issuer-file.ts';
import { inTurn, webSocketsInTurn } from './turns.ts';

const projectDirectory = path.resolve(import.meta.dirname, '../..');
const assemblyCache = path.join(projectDirectory, '.openslot', 'assembly');
const defaultDataDirectory = path.join(projectDirectory, '.openslot', 'data');

export type LocalRunOptions = {
  /** 0 for one that is free. */
  readonly port: number;
  /** Whether the data is thrown away at the end. */
  readonly memory: boolean;
  /** Where the data is kept; below `.openslot` in the project by default. */
  readonly dataDirectory?: string;
  /** Where `npm run keys` keeps the access keys; below `.openslot` in the project by default. */
  readonly keysFile?: string;
  /** Where the development issuer of tokens keeps its key; below `.openslot` in the project by default. */
  readonly issuerFile?: string;
  /** Is told what is published on the stack's event bus. */
  readonly onEvent?: (event: BusEvent) => void;
  /** Is told what functions count. */
  readonly onMetric?: (metric: MetricLine) => void;
  /** Is told of changes that a function was handed in vain, as the queue of that name is. By default the log is. */
  readonly onDeadLetter?: BackgroundOptions['onDeadLetter'];
  /** Whether changes are handed to nobody and no schedule runs, so that a benchmark measures what callers cause alone. */
  readonly isStill?: boolean;
};

/** The service, running on this machine. */
export type LocalRun = {
  /** Without a slash at the end. */
  readonly url: string;
  /** Where game servers connect to, without a slash at the end; the same with `wss` for those that want TLS. */
  readonly gameServerUrl: string;
  readonly fleetId: string;
  /** The fixed key; undefined when `npm run keys` has taken it back. */
  readonly accessKey: typeof localAccessKey | undefined;
  readonly tableName: string;
  readonly dynamoDb: Pick<DynamoDbLocal, 'endpoint' | 'pid'>;
  /** Settles when DynamoDB Local has ended, asked to or not, with the last that it printed. */
  readonly ended: Promise<string>;
  /** Runs now, once, what the stack's schedules run time and again. Rejects where a function fails. */
  runSchedules(): Promise<void>;
  /** Removes the items that are past their time, which happens each minute as well. */
  removeExpired(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts the synthesized stack on this machine and waits until it answers.
 *
 * @throws LocalRunError, with nothing left running.
 */
export async function startLocal(options: LocalRunOptions): Promise<LocalRun> {
  const closers: Closer[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return { ...(await startParts(options, closers)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends one part. Called in the opposite order of starting, also for a part that is still starting. */
type Closer = () => Promise<unknown>;

async function startParts(options: LocalRunOptions, closers: Closer[]): Promise<Omit<LocalRun, 'stop'>> {
  const { port, memory, dataDirectory = defaultDataDirectory, keysFile = accessKeysFile } = options;
  const { onMetric = () => {}, onDeadLetter = logDeadLetter } = options;
  const readAccessKeys = () => (memory ? readAccessKeysWithFirst : readAccessKeysFile)(keysFile);

  // The port first: when it is taken, nothing else need start.
  const functions = new Map<string, FunctionWorker>();
  const invoke = invokeIn(functions);
  const gateway = await openGateway(port, invoke, closers);
  const [dynamoDb, assembly] = await Promise.all([
    startDatabase(memory ? { memory } : { directory: dataDirectory }, closers),
    assemble(projectDirectory, assemblyCache),
  ]);
  const { endpoint } = dynamoDb;

  const stack = readStack(assembly, await startTokenIssuer(options, closers), gateway.port);
  const endpoints = {
    dynamoDb: endpoint,
    managementApi: gateway.managementEndpoint,
    ...(await startStandIns(stack, readAccessKeys, options, closers)),
  };
  for (const declared of stack.functions) {
    const outputs = { log: process.stderr, onMetric };
    const worker = startFunctionWorker(declared, functionEnvironment(declared, endpoints), outputs);
    functions.set(declared.logicalId, worker);
    closers.push(worker.stop);
  }
  const [tableName] = await Promise.all([
    prepareTable(stack, endpoint),
    gateway.certificate,
    ...[...functions.values()].map(({ ready }) => ready),
  ]);

  const directory = memory ? undefined : dataDirectory;
  const active = options.isStill ? { ...stack, streams: [], schedules: [] } : stack;
  const background = await startBackground(active, { endpoint, invoke, directory, onDeadLetter });
  closers.push(background.stop);
  gateway.open(stack);
  // Before the functions, which would be told of each that ends.
  closers.push(gateway.closeWebSockets);
  return {
    url: gateway.url,
    gameServerUrl: `${gateway.webSocketUrl}/${stack.webSocketApi?.stage ?? ''}`,
    fleetId: firstFleetId,
    accessKey: firstKeyIn(await readAccessKeys(), Date.now()),
    tableName,
    dynamoDb,
    ended: dynamoDb.ended,
    runSchedules: background.runSchedules,
    removeExpired: background.removeExpired,
  };
}

/** Takes the port. Requests that come before it is opened wait for that. */
async function openGateway(port: number, invoke: BackgroundOptions['invoke'], closers: Closer[]) {
  const { promise: apis, resolve: open, reject } = Promise.withResolvers<LocalApis>();
  const certificate = makeCertificate(Date.now());
  const gateway = await serveGateway({
    port,
    routes: apis.then(({ routes }) => routes),
    invoke: inTurn(invoke),
    webSocket: { api: apis.then(({ webSocketApi }) => webSocketApi), invoke: webSocketsInTurn(invoke) },
    certificate,
  });
  closers.push(() => {
    reject(new LocalRunError('The local run is stopping'));
    return gateway.close();
  });
  return { ...gateway, port: Number(new URL(gateway.url).port), certificate, open };
}

function startDatabase(store: DynamoDbLocalStore, closers: Closer[]): Promise<DynamoDbLocal> {
  const starting = startDynamoDbLocal(store);
  closers.push(() => starting.then(({ stop }) => stop()).catch(() => {}));
  return starting;
}

/** Starts what stands in for the AWS services that functions call beside DynamoDB. */
async function startStandIns(
  { secrets, buses }: LocalStack,
  readAccessKeys: () => Promise<string>,
  { onEvent = () => {} }: LocalRunOptions,
  closers: Closer[],
): Promise<Pick<ServiceEndpoints, 'secretsManager' | 'eventBridge'>> {
  const secretsManager = await serveSecrets(secrets, readAccessKeys);
  closers.push(secretsManager.close);
  const eventBridge = await serveEventBus(buses, onEvent);
  closers.push(eventBridge.close);
  return { secretsManager: secretsManager.endpoint, eventBridge: eventBridge.endpoint };
}

/** Publishes the key of the development issuer, and gives the stack's parameters the values with which it trusts it. */
async function startTokenIssuer(
  { issuerFile = tokenIssuerFile }: LocalRunOptions,
  closers: Closer[],
): Promise<ParameterValues> {
  const keySet = await serveKeySet(issuerFile);
  closers.push(keySet.close);
  return {
    [tokenParameters.issuer]: developmentIssuer,
    [tokenParameters.audience]: developmentAudience,
    [tokenParameters.keySetUrl]: keySet.url,
  };
}

/** The thread of the function, by its logical id; nobody calls one that the template does not declare. */
function invokeIn(functions: ReadonlyMap<string, FunctionWorker>): BackgroundOptions['invoke'] {
  return async (functionId, event, requestId) => {
    const worker = functions.get(functionId);
    if (worker === undefined) throw new FunctionFailedError(`There is no function ${functionId}`);
    return worker.invoke(event, requestId);
  };
}

function logDeadLetter(letter: DeadLetter, queue: string | undefined): void {
  process.stderr.write(`${queue ?? 'No queue'} is told of what was given up: ${JSON.stringify(letter)}\n`);
}
