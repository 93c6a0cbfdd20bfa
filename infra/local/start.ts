/** `npm start`: the whole service on this machine, until Ctrl-C or SIGTERM. */
import { parseArgs } from 'node:util';
import { greeting } from './greeting.ts';
import { LocalRunError } from './local-run-error.ts';
import { startLocal } from './start-local.ts';

const defaultPort = 4800;

const usage = `Usage: npm start -- [options]

Runs Openslot on this machine, at http://127.0.0.1:${defaultPort}, and keeps its data in .openslot.

  --port <number>  listen on another port; 0 picks a free one
  --memory         keep nothing: the data ends with the run
  --events         print each event that is published, as it happens, as a line of JSON
  --metrics        print what functions count, as lines of CloudWatch's embedded metric format
  --help           show this

With AWS_LAMBDA_LOG_LEVEL=INFO in the environment every request is logged; without it, what goes wrong.
`;

/** Stopped by a signal is no failure: npm would report one. */
const exitCodes = { stopped: 0, failed: 1, wrongUsage: 2, forced: 130 } as const;

/** One Ctrl-C comes twice, from the terminal and again from npm. */
const echoMs = 500;

const parentWatchMs = 250;

const options = readOptions();
if (options.help) process.stdout.write(usage);
else await run(options);

type Options = {
  readonly port: number;
  readonly memory: boolean;
  readonly events: boolean;
  readonly metrics: boolean;
  readonly help: boolean;
};

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: String(defaultPort) },
        memory: { type: 'boolean', default: false },
        events: { type: 'boolean', default: false },
        metrics: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, port: readPort(values.port) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // parseArgs explains at length what else might have been meant.
    const [reason = ''] = error.message.split(/\. |\n/, 1);
    return fail(`${reason}. Options are shown by: npm start -- --help`, exitCodes.wrongUsage);
  }
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new TypeError(`--port wants a number from 0 to 65535, not '${text}'`);
}

/** An exception that nobody expected ends this process, and with it the threads and Java. */
async function run({ port, memory, events, metrics }: Options): Promise<never> {
  const stop = askedToStop();
  try {
    const told = { ...(events && { onEvent: printLine }), ...(metrics && { onMetric: printLine }) };
    const service = await Promise.race([startLocal({ port, memory, ...told }), stop]);
    if (service === undefined) process.exit(exitCodes.stopped);

    const seconds = performance.now() / 1000;
    process.stdout.write(greeting(service, { memory, seconds }));
    const output = await Promise.race([service.ended, stop]);
    await service.stop();
    if (output === undefined) process.exit(exitCodes.stopped);
    return fail(`DynamoDB Local has ended: ${output.trim() || 'it did not say why'}`, exitCodes.failed);
  } catch (error) {
    if (!(error instanceof LocalRunError)) throw error;
    return fail(error.message, exitCodes.failed);
  }
}

function printLine(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Settles when asked to stop. Asked again, it does not wait for anything. */
function askedToStop(): Promise<undefined> {
  return new Promise((resolve) => {
    let stoppingSince: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        stoppingSince ??= performance.now();
        resolve(undefined);
        if (performance.now() - stoppingSince > echoMs) process.exit(exitCodes.forced);
      });
    }
    if (process.env['npm_lifecycle_event'] !== undefined) parentEnds(resolve);
  });
}

/**
 * npm runs a script in a shell and passes SIGTERM on to that shell, which ends and tells nobody. All that is left to
 * see here is another parent.
 */
function parentEnds(callback: (nothing: undefined) => void): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    callback(undefined);
  }, parentWatchMs);
}

function fail(message: string, exitCode: number): never {
  process.stderr.write(`openslot: ${message}\n`);
  process.exit(exitCode);
}
