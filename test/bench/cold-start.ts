import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import * as v from 'valibot';
import { readStack } from '#infra/local/stack.ts';
import { developmentAudience, developmentIssuer } from '#infra/local/token-issuer.ts';
import { openslotApp } from '#infra/openslot-app.ts';
import { tokenParameters } from '#infra/token-parameters.ts';
import { localEnvironment } from './local-environment.ts';
import { startProcess } from './own-process.ts';
import { nameSession, signedEvents } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import { rosterEvent } from './roster-calls.ts';
import { median, pairedRatio } from './statistics.ts';
import { stubSessionId } from './stub-session.ts';
import { startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** What gets a cold start: the functions of the stack, and beside them a bundle with lib-dynamodb alone. */
type Bundled = { readonly file: string; readonly environment: Readonly<Record<string, string>> };
type Bundles = { readonly gameLift: Bundled; readonly gameSessions: Bundled; readonly bare: Bundled };

/**
 * Time from nothing loaded to the first call answered, in new processes one after another: a reservation by the GameLift
 * function, a join by the GameSession function, and the writes of a reservation by lib-dynamodb alone. AWS is the stub, in
 * a process of its own.
 */
export async function measureColdStart({ quick }: Extent): Promise<readonly Result[]> {
  // Outside of this project, whose package.json would make ES modules of the bundles.
  const directory = mkdtempSync(path.join(tmpdir(), 'openslot-bench-'));
  const stub = startProcess('./stub-server-process.ts');
  const issuer = await startTokenIssuer();
  try {
    const runner = bundle('cold-start-process.ts', path.join(directory, 'runner.js'));
    const bundles = bundleFunctions(directory, await stub.ask(v.string(), 'endpoint'), issuer);
    const starts = { gameLift: [] as Start[], gameSessions: [] as Start[], bare: [] as Start[] };
    const start = async (name: keyof Bundles, event: object) => {
      const eventFile = path.join(directory, 'event.json');
      writeFileSync(eventFile, JSON.stringify(event));
      starts[name].push(await startOnce(runner, bundles[name], eventFile));
    };
    for (let round = 0; round < (quick ? 1 : 21); round++) {
      const [reservation = {}] = await signedEvents([nameSession()]);
      const join = await joinEvent(issuer);
      const turns = [
        () => start('gameLift', reservation),
        () => start('bare', {}),
        () => start('gameSessions', join),
      ];
      for (const turn of round % 2 === 0 ? turns : turns.reverse()) await turn();
    }
    const compare = (called: string, name: keyof Bundles) => [
      ...times(called, starts[name], starts.bare),
      ...sizes(called, bundles[name].file, bundles.bare.file),
    ];
    return [...compare('GameLift', 'gameLift'), ...compare('GameSession', 'gameSessions')];
  } finally {
    await Promise.all([stub.stop(), issuer.stop()]);
    rmSync(directory, { recursive: true });
  }
}

async function joinEvent({ tokenOf }: TokenIssuer): Promise<object> {
  const token = await tokenOf({ xuid: '2533274790395904', gamertag: 'Alice' });
  return rosterEvent({
    routeKey: 'POST /sessions/{sessionId}/players',
    path: { sessionId: stubSessionId },
    token,
  });
}

/** The bundles that the stack deploys, each known by a route that it has, and the bare one. */
function bundleFunctions(directory: string, endpoint: string, { keySetUrl }: TokenIssuer): Bundles {
  openslotApp({ outdir: directory, checks: false }).synth();
  const { routes, functions } = readStack(directory, {
    [tokenParameters.issuer]: developmentIssuer,
    [tokenParameters.audience]: developmentAudience,
    [tokenParameters.keySetUrl]: keySetUrl,
  });
  const environment = localEnvironment({
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  });
  const functionAt = (wanted: string): Bundled => {
    const route = routes.find((known) => known.method === 'POST' && known.path === wanted);
    const declared = functions.find(({ logicalId }) => logicalId === route?.functionId);
    if (declared === undefined) throw new Error(`The stack declares no function for POST ${wanted}`);
    return {
      file: path.join(declared.code, 'index.js'),
      environment: { ...environment, ...declared.environment },
    };
  };
  return {
    gameLift: functionAt('/'),
    gameSessions: functionAt('/sessions'),
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
  statusCode: v.picklist([200, 201]),
  /** All in milliseconds. */
  init: v.number(),
  firstCall: v.number(),
  cpu: v.number(),
});
type Start = v.InferOutput<typeof Start>;

async function startOnce(runner: string, { file, environment }: Bundled, eventFile: string): Promise<Start> {
  const { stdout } = await promisify(execFile)(process.execPath, [runner, file, eventFile], {
    env: { ...environment },
    timeout: 20_000,
  });
  return v.parse(Start, JSON.parse(stdout.split('\n').at(-1) ?? ''));
}

function times(called: string, openslot: readonly Start[], bare: readonly Start[]): readonly Result[] {
  const row = (name: string, time: (start: Start) => number) => ({
    name: `Cold start of ${called}, ${name}`,
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

function sizes(called: string, openslot: string, bare: string): readonly Result[] {
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
  return [
    row(`Bundle of ${called}`, ({ length }) => length),
    row(`Bundle of ${called}, gzip`, (content) => gzipSync(content).length),
  ];
}
