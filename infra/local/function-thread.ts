/**
 * Runs in a worker thread, which has the function's environment and none of ours: loads the bundle and calls its
 * handler, as Lambda's runtime does.
 */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { logAsLambda } from './function-console.ts';
import type { FromFunction, FunctionSetup, ToFunction } from './function-messages.ts';
import { lambdaContext } from './lambda-context.ts';

type Handler = (event: unknown, context: unknown) => unknown;

logAsLambda(console, (line) => process.stdout.write(line), process.env['AWS_LAMBDA_LOG_LEVEL'] ?? 'INFO');

const setup: FunctionSetup = workerData;
const handler = loadHandler(setup);
const send = (message: FromFunction) => parentPort?.postMessage(message);

parentPort?.on('message', async (message: ToFunction) => send(await run(message)));
send({ kind: 'ready' });

async function run({ id, event, requestId, deadline }: ToFunction): Promise<FromFunction> {
  const { name: functionName, memoryMb } = setup;
  try {
    const context = lambdaContext({ functionName, memoryMb, requestId, deadline });
    const result = await handler(JSON.parse(event), context);
    return { kind: 'returned', id, result: JSON.stringify(result) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${functionName} ${requestId} ${text}\n`);
    return { kind: 'threw', id };
  }
}

/**
 * Loaded as CommonJS whatever the package.json above it says: Lambda unpacks the bundle where there is none, but locally
 * it lies inside a package of ES modules.
 */
function loadHandler({ file, source, exportName }: FunctionSetup): Handler {
  const url = pathToFileURL(file).href;
  registerHooks({
    load: (loaded, context, nextLoad) =>
      loaded === url ? { format: 'commonjs', source, shortCircuit: true } : nextLoad(loaded, context),
  });
  const exported: unknown = createRequire(url)(file)[exportName];
  if (typeof exported !== 'function') throw new Error(`${file} does not export a function ${exportName}`);
  return (event, context) => exported(event, context);
}
