import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { FunctionFailedError, FunctionTimedOutError } from './function-errors.ts';
import type { FromFunction, FunctionSetup, ToFunction } from './function-messages.ts';
import { type FunctionOutputs, readFunctionOutput } from './function-output.ts';
import type { LocalFunction } from './stack.ts';

export type FunctionWorker = {
  /** Settles when the bundle is loaded; fails when it cannot be. */
  readonly ready: Promise<void>;
  /**
   * Calls the handler; any number of calls may be under way at once.
   *
   * @throws FunctionTimedOutError, FunctionFailedError
   */
  invoke(event: unknown, requestId: string): Promise<unknown>;
  stop(): Promise<void>;
};

/**
 * Runs a function's bundle in a thread of its own with this environment and no other variable.
 *
 * As on Lambda, a thread that crashed is replaced at the next call, and so is one in which a call ran out of time; the
 * other calls that are under way in that one may still end.
 *
 * @param outputs Take what the function writes, and why it failed.
 */
export function startFunctionWorker(
  declared: LocalFunction,
  environment: Readonly<Record<string, string>>,
  outputs: FunctionOutputs,
): FunctionWorker {
  const setup = readBundle(declared);
  const instances = new Set<Instance>();
  let current: Instance | undefined;

  const start = (): Instance => {
    const instance = startInstance(setup, environment, outputs);
    instances.add(instance);
    instance.ended.then(() => {
      instances.delete(instance);
      if (current === instance) current = undefined;
    });
    return instance;
  };
  current = start();

  return {
    ready: current.ready,
    invoke: (event, requestId) => {
      current ??= start();
      const instance = current;
      const timeOut = () => {
        if (current === instance) current = undefined;
        instance.retire();
      };
      return instance.invoke(event, requestId, declared.timeoutMs, timeOut);
    },
    stop: async () => {
      await Promise.all([...instances].map((instance) => instance.stop()));
    },
  };
}

/** Read once: the file may be replaced under a running service by the next synthesis. */
function readBundle({ name, code, handler, memoryMb }: LocalFunction): FunctionSetup {
  const [module, exportName = ''] = handler.split('.');
  const file = path.join(code, `${module}.js`);
  return { name, memoryMb, file, source: readFileSync(file, 'utf8'), exportName };
}

type Instance = {
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  invoke(event: unknown, requestId: string, timeoutMs: number, timeOut: () => void): Promise<unknown>;
  /** Ends the thread as soon as no call is under way in it. */
  retire(): void;
  stop(): Promise<void>;
};

type Call = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};

function startInstance(
  setup: FunctionSetup,
  environment: Readonly<Record<string, string>>,
  outputs: FunctionOutputs,
): Instance {
  const worker = new Worker(new URL('function-thread.ts', import.meta.url), {
    workerData: setup,
    env: { ...environment },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  readFunctionOutput(worker.stdout, outputs);
  worker.stderr.pipe(outputs.log, { end: false });
  const calls = new Map<number, Call>();
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  let isRetired = false;

  const take = (id: number): Call | undefined => {
    const call = calls.get(id);
    calls.delete(id);
    clearTimeout(call?.timer);
    if (isRetired && calls.size === 0) worker.terminate();
    return call;
  };

  worker.on('message', (message: FromFunction) => {
    if (message.kind === 'ready') ready.resolve();
    else if (message.kind === 'threw')
      take(message.id)?.reject(new FunctionFailedError(`${setup.name} threw`));
    else take(message.id)?.resolve(message.result === undefined ? undefined : JSON.parse(message.result));
  });
  worker.on('error', (error) => {
    outputs.log.write(`${setup.name} ended: ${error.stack ?? error.message}\n`);
    ready.reject(error);
  });
  worker.on('exit', () => {
    const crash = new FunctionFailedError(`${setup.name} ended during the call`);
    for (const id of [...calls.keys()]) take(id)?.reject(crash);
    ready.reject(crash);
    ended.resolve();
  });
  // Later instances are not waited for: their calls hear of a failure.
  ready.promise.catch(() => {});

  return {
    ready: ready.promise,
    ended: ended.promise,
    invoke: (event, requestId, timeoutMs, timeOut) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        const timer = setTimeout(() => {
          take(id)?.reject(new FunctionTimedOutError(`${setup.name} took longer than ${timeoutMs} ms`));
          timeOut();
        }, timeoutMs);
        calls.set(id, { resolve, reject, timer });
        const deadline = Date.now() + timeoutMs;
        worker.postMessage({ id, event: JSON.stringify(event), requestId, deadline } satisfies ToFunction);
      }),
    retire: () => {
      isRetired = true;
      if (calls.size === 0) worker.terminate();
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
