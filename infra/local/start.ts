/** `npm start`: the whole service on this machine, until Ctrl-C or SIGTERM. */
import { hasCode } from '#infra/error-code.ts';
import { greeting } from './greeting.ts';
import { LocalRunError } from './local-run-error.ts';
import { type Options, readOptions, usage } from './options.ts';
import { startLocal } from './start-local.ts';

/** Stopped by a signal is no failure: npm would report one. */
const exitCodes = { stopped: 0, failed: 1, wrongUsage: 2, forced: 130 } as const;

/** One Ctrl-C comes twice, from the terminal and again from npm. */
const echoMs = 500;

const parentWatchMs = 250;

for (const output of [process.stdout, process.stderr]) output.on('error', unlessNobodyReads);

const read = readOptions(process.argv.slice(2));
if (read.kind === 'wrong')
  fail(`${read.reason}. Options are shown by: npm start -- --help`, exitCodes.wrongUsage);
else if (read.options.help) process.stdout.write(usage);
else await run(read.options);

/** Whoever watched has seen enough, as `head` has after some lines. The service may still be in use. */
function unlessNobodyReads(error: Error): void {
  if (!hasCode(error, 'EPIPE')) throw error;
}

/** An exception that nobody expected ends this process, and with it the threads and Java. */
async function run({ port, memory, events, metrics }: Options): Promise<never> {
  const stop = askedToStop();
  try {
    const told = { ...(events && { onEvent: printLine }), ...(metrics && { onMetric: printLine }) };
    const service = await Promise.race([startLocal({ port, memory, ...told }), stop]);
    if (service === undefined) process.exit(exitCodes.stopped);

    const seconds = performance.now() / 1000;
    // Where lines of JSON are asked for, there is nothing else among them.
    const greeted = events || metrics ? process.stderr : process.stdout;
    greeted.write(greeting(service, { memory, seconds }));
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
