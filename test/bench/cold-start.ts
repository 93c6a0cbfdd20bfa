import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import * as v from 'valibot';
import { readStack } from '#infra/local/stack.ts';
import { openslotApp } from '#infra/openslot-app.ts';
import { localEnvironment } from './local-environment.ts';
import { startProcess } from './own-process.ts';
import { nameSession, signedEvents } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import { median, pairedRatio } from './statistics.ts';

/**
 * Time from nothing loaded to the first reservation answered, in new processes one after another, beside a bundle with
 * lib-dynamodb alone that makes the same two writes. AWS is the stub, in a process of its own.
 */
export async function measureColdStart({ quick }: Extent): Promise<readonly Result[]> {
  // Outside of this project, whose package.json would make ES modules of the bundles.
  const directory = mkdtempSync(path.join(tmpdir(), 'openslot-bench-'));
  const stub = startProcess('./stub-server-process.ts');
  try {
    const runner = bundle('cold-start-process.ts', path.join(directory, 'runner.js'));
    const functions = bundleFunctions(directory, await stub.ask(v.string(), 'endpoint'));
    const openslot: Start[] = [];
    const bare: Start[] = [];
    for (let round = 0; round < (quick ? 1 : 21); round++) {
      const [event] = await signedEvents([nameSession()]);
      const eventFile = path.join(directory, 'event.json');
      writeFileSync(eventFile, JSON.stringify(event));
      const turns = [
        async () => openslot.push(await startOnce(runner, functions.openslot, eventFile)),
        async () => bare.push(await startOnce(runner, functions.bare, eventFile)),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    return [...times(openslot, bare), ...sizes(functions.openslot.file, functions.bare.file)];
  } finally {
    await stub.stop();
    rmSync(directory, { recursive: true });
  }
}

type BundledFunction = { readonly file: string; readonly environment: Readonly<Record<string, string>> };

/** The bundle that the stack deploys, and the bare one. */
function bundleFunctions(
  directory: string,
  endpoint: string,
): { readonly openslot: BundledFunction; readonly bare: BundledFunction } {
  openslotApp({ outdir: directory, checks: false }).synth();
  const [declared] = readStack(directory).functions;
  if (declared === undefined) throw new Error('The stack declares no function');
  const environment = localEnvironment({
    ...declared.environment,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  });
  return {
    openslot: { file: path.join(declared.code, 'index.js'), environment },
    // In the stack's format, and without its own savings: a measure must not move with what it measures.
    bare: { file: bundle('bare-function.ts', path.join(directory, 'bare', 'index.js')), environment },
  };
}

/** Bundles a file of this folder. */
function bundle(name: string, outfile: string): string {
  buildSync({
    entryPoints: [path.join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
  });
  return outfile;
}

const Start = v.object({
  statusCode: v.literal(200),
  /** All in milliseconds. */
  init: v.number(),
  firstCall: v.number(),
  cpu: v.number(),
});
type Start = v.InferOutput<typeof Start>;

async function startOnce(
  runner: string,
  { file, environment }: BundledFunction,
  eventFile: string,
): Promise<Start> {
  const { stdout } = await promisify(execFile)(process.execPath, [runner, file, eventFile], {
    env: { ...environment },
    timeout: 20_000,
  });
  return v.parse(Start, JSON.parse(stdout.split('\n').at(-1) ?? ''));
}

function times(openslot: readonly Start[], bare: readonly Start[]): readonly Result[] {
  const row = (name: string, time: (start: Start) => number) => ({
    name: `Cold start, ${name}`,
    unit: 'ms',
    openslot: median(openslot.map(time)),
    beside: { what: 'lib-dynamodb alone', value: median(bare.map(time)) },
    ratio: pairedRatio(openslot.map(time), bare.map(time)),
  });
  return [
    row('init', ({ init }) => init),
    row('first call', ({ firstCall }) => firstCall),
    row('both', ({ init, firstCall }) => init + firstCall),
    { ...row('CPU time of both', ({ cpu }) => cpu), target: { atMost: 1.15 } },
  ];
}

function sizes(openslot: string, bare: string): readonly Result[] {
  const row = (name: string, size: (bundle: Buffer) => number) => {
    const [value, other] = [size(readFileSync(openslot)) / 1024, size(readFileSync(bare)) / 1024];
    return {
      name,
      unit: 'KiB',
      openslot: value,
      beside: { what: 'lib-dynamodb alone', value: other },
      ratio: value / other,
    };
  };
  return [row('Bundle', ({ length }) => length), row('Bundle, gzip', (content) => gzipSync(content).length)];
}
