import path from 'node:path';
import { tokenParameters } from '#infra/token-parameters.ts';
import { openTable } from '#lib/table/client.ts';
import {
  accessKeysFile,
  firstKeyIn,
  readAccessKeysFile,
  readAccessKeysWithFirst,
} from './access-keys-file.ts';
import { type localAccessKey, localAwsAccess } from './account.ts';
import { assemble } from './assembly.ts';
import { type BackgroundOptions, startBackground } from './background.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type DynamoDbLocal, startDynamoDbLocal } from './dynamodb.ts';
import { type BusEvent, serveEventBus } from './event-bus.ts';
import { createFirstFleet, firstFleetId } from './first-fleet.ts';
import { functionEnvironment } from './function-environment.ts';
import { FunctionFailedError } from './function-errors.ts';
import type { MetricLine } from './function-output.ts';
import { type FunctionWorker, startFunctionWorker } from './function-worker.ts';
import { serveHttp } from './http.ts';
import type { ParameterValues } from './identities.ts';
import { LocalRunError } from './local-run-error.ts';
import { serveSecrets } from './secrets.ts';
import { type LocalRoute, type LocalStack, readStack } from './stack.ts';
import { createTable } from './tables.ts';
import { developmentAudience, developmentIssuer, serveKeySet } from './token-issuer.ts';
import { tokenIssuerFile } from './token-issuer-file.ts';
import { inTurn } from './turns.ts';

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
};

/** The service, running on this machine. */
export type LocalRun = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly fleetId: string;
  /** The fixed key; undefined when `npm run keys` has taken it back. */
  readonly accessKey: typeof localAccessKey | undefined;
  readonly tableName: string;
  readonly dynamoDb: Pick<DynamoDbLocal, 'endpoint' | 'pid'>;
  /** Settles when DynamoDB Local has ended, asked to or not, with the last that it printed. */
  readonly ended: Promise<string>;
  /** Runs what the stack's schedules run each minute, now and once. Rejects where a function fails. */
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
  const { onEvent = () => {}, onMetric = () => {}, onDeadLetter = logDeadLetter } = options;

  // The port first: when it is taken, nothing else need start. Requests that come early wait for the routes.
  const routes = Promise.withResolvers<readonly LocalRoute[]>();
  const functions = new Map<string, FunctionWorker>();
  const invoke = invokeIn(functions);
  const gateway = await serveHttp({ port, routes: routes.promise, invoke: inTurn(invoke) });
  closers.push(() => {
    routes.reject(new LocalRunError('The local run is stopping'));
    return gateway.close();
  });

  const startingDynamoDb = startDynamoDbLocal(memory ? { memory } : { directory: dataDirectory });
  closers.push(() => startingDynamoDb.then(({ stop }) => stop()).catch(() => {}));
  const [assembly, dynamoDb] = await Promise.all([
    assemble(projectDirectory, assemblyCache),
    startingDynamoDb,
  ]);

  const stack = readStack(assembly, await startTokenIssuer(options, closers));
  const readAccessKeys = memory ? readAccessKeysWithFirst : readAccessKeysFile;
  const secrets = await serveSecrets(stack.secrets, () => readAccessKeys(keysFile));
  closers.push(secrets.close);
  const bus = await serveEventBus(stack.buses, onEvent);
  closers.push(bus.close);
  const endpoints = {
    dynamoDb: dynamoDb.endpoint,
    eventBridge: bus.endpoint,
    secretsManager: secrets.endpoint,
  };
  const outputs = { log: process.stderr, onMetric };
  for (const declared of stack.functions) {
    const worker = startFunctionWorker(declared, functionEnvironment(declared, endpoints), outputs);
    functions.set(declared.logicalId, worker);
    closers.push(worker.stop);
  }
  const [tableName] = await Promise.all([
    prepareTable(stack, dynamoDb.endpoint),
    ...[...functions.values()].map(({ ready }) => ready),
  ]);

  const directory = memory ? undefined : dataDirectory;
  const background = await startBackground(stack, {
    endpoint: dynamoDb.endpoint,
    invoke,
    directory,
    onDeadLetter,
  });
  closers.push(background.stop);

  routes.resolve(stack.routes);
  return {
    url: gateway.url,
    fleetId: firstFleetId,
    accessKey: firstKeyIn(await readAccessKeys(keysFile), Date.now()),
    tableName,
    dynamoDb,
    ended: dynamoDb.ended,
    runSchedules: background.runSchedules,
    removeExpired: background.removeExpired,
  };
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

/** Creates the one table, and in it the first fleet. */
async function prepareTable({ tables }: LocalStack, endpoint: string): Promise<string> {
  const [declared, ...others] = tables;
  if (declared === undefined || others.length > 0) {
    throw new LocalRunError(`The stack declares ${tables.length} tables: the local run expects one`);
  }
  const table = openTable(declared.input.TableName, {
    ...localAwsAccess,
    endpoint,
    // On a busy machine the first answers take seconds, and a table is not created twice without complaint.
    requestHandler: { requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  try {
    await createTable(table.client, declared);
    await createFirstFleet(table, Date.now());
  } finally {
    table.client.destroy();
  }
  return table.name;
}
