import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  CreateGameSessionCommand,
  GameLiftClient,
  GetComputeAuthTokenCommand,
  ListFleetsCommand,
  RegisterComputeCommand,
} from '@aws-sdk/client-gamelift';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { localAccessKey, region } from '#infra/local/account.ts';
import { serveHttp } from '#infra/local/http.ts';
import { startLocal } from '#infra/local/start-local.ts';
import { issueToken } from '#infra/local/token-issuer.ts';
import { type IssuedKey, writeIssuedKeys } from '#lib/auth/issued-keys.ts';
import { temporaryDirectory } from './made-template.ts';
import { childrenOf, isRunning } from './processes.ts';
import { connected, refusal } from './web-socket-client.ts';

const script = fileURLToPath(new URL('../../../infra/local/start.ts', import.meta.url));
const tokenScript = fileURLToPath(new URL('../../../infra/tokens/token.ts', import.meta.url));

function gameLift(endpoint: string, { id, secret }: typeof otherKey = localAccessKey): GameLiftClient {
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  const client = new GameLiftClient({ endpoint, region, credentials });
  onTestFinished(() => client.destroy());
  return client;
}

/** `node infra/local/start.ts`, started elsewhere than in the project. */
function run(args: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
  const started = spawn(process.execPath, [script, ...args], { cwd: '/', env: environment });
  onTestFinished(() => void started.kill('SIGKILL'));
  return started;
}

/** What it prints when it is ready. */
async function greetingOf({ stdout }: Pick<ChildProcess, 'stdout'>): Promise<string> {
  if (stdout === null) throw new Error('There is no output to read');
  let printed = '';
  for await (const chunk of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (printed.includes('Ctrl-C')) return printed;
  }
  throw new Error(`It ended and had printed: ${printed}`);
}

/** The next lines, as JSON. */
async function nextLines(output: Readable, count: number): Promise<readonly unknown[]> {
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: output })) {
    lines.push(JSON.parse(line));
    if (lines.length === count) break;
  }
  return lines;
}

/** Returns when it has logged that so many events were published, or ends. */
async function publishing(log: Readable, count: number): Promise<void> {
  let published = 0;
  for await (const line of createInterface({ input: log })) {
    published += Number(/"event":"Changes".*"published":(\d+)/.exec(line)?.[1] ?? 0);
    if (published >= count) return;
  }
}

/** `npm run token` with these arguments. */
function runToken(args: readonly string[]) {
  return spawn(process.execPath, [tokenScript, ...args]);
}

function createSession(endpoint: string, token: string): Promise<Response> {
  return fetch(`${endpoint}/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"maxPlayers":4}',
  });
}

/** The query with which a server process of a new compute connects. */
async function serverQuery(client: GameLiftClient): Promise<string> {
  const compute = { FleetId: 'fleet-servers', ComputeName: 'this-machine' };
  const where = { Location: 'custom-local', IpAddress: '127.0.0.1' };
  await client.send(new RegisterComputeCommand({ ...compute, ...where }));
  const { AuthToken = '' } = await client.send(new GetComputeAuthTokenCommand(compute));
  const { FleetId, ComputeName: ComputeId } = compute;
  return String(new URLSearchParams({ pID: 'one', FleetId, ComputeId, Authorization: AuthToken }));
}

const endpointIn = (greeting: string) => /endpoint\s+(\S+)/.exec(greeting)?.[1] ?? '';

/** Exit code and outputs of a run that ends by itself. */
async function outcomeOf(started: ReturnType<typeof run>) {
  const [stdout, stderr, [code]] = await Promise.all([
    text(started.stdout),
    text(started.stderr),
    once(started, 'close'),
  ]);
  return { code, stdout, stderr };
}

const oneLine = (pattern: string) => expect.stringMatching(new RegExp(`^openslot: ${pattern}[^\n]*\n$`));

describe('npm start', () => {
  test('prints what a first request needs, answers it, tells what happens to whoever listens, and stops on SIGTERM with nothing left', async () => {
    const environment = { ...process.env, AWS_LAMBDA_LOG_LEVEL: 'INFO' };
    const started = run(['--port', '0', '--memory', '--events', '--metrics'], environment);
    const greeting = await greetingOf({ stdout: started.stderr });
    const endpoint = endpointIn(greeting);
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const fact of [
      'OPENSLOTLOCAL',
      'openslot-local',
      'us-east-1',
      'fleet-local',
      'aws gamelift ',
      'curl --aws-sigv4 ',
    ]) {
      expect(greeting).toContain(fact);
    }
    const { FleetIds } = await gameLift(endpoint).send(new ListFleetsCommand({}));
    expect(FleetIds).toEqual(['fleet-local', 'fleet-servers']);
    const [, wish = ''] = /npm run --silent token -- (.*)\)/.exec(greeting) ?? [];
    const token = (await outcomeOf(runToken(wish.split(' ')))).stdout.trim();
    expect((await createSession(endpoint, token)).status).toBe(201);
    const happened = await nextLines(started.stdout, 2);
    expect(happened).toContainEqual(expect.objectContaining({ 'detail-type': 'Game Session Activated' }));
    expect(happened).toContainEqual(expect.objectContaining({ _aws: expect.anything(), EventsPublished: 1 }));

    // Who read the lines is gone, as `head` is after some. The service is there for others.
    started.stdout.destroy();
    expect((await createSession(endpoint, token)).status).toBe(201);
    await publishing(started.stderr, 2);
    expect((await createSession(endpoint, token)).status).toBe(201);

    const [, servers = '', secureServers = ''] =
      /servers +(ws:\S+\/live), .*(wss:\S+\/live)/.exec(greeting) ?? [];
    expect(await refusal(servers)).toMatchObject({ status: 403 });
    const query = await serverQuery(gameLift(endpoint));
    const server = await connected(`${secureServers}/?${query}`, { rejectUnauthorized: false });

    const [java, ...others] = childrenOf(started.pid ?? 0);
    expect([java, others]).toEqual([expect.any(Number), []]);
    // Twice, as npm passes on what the terminal has sent already.
    started.kill('SIGTERM');
    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
    expect(isRunning(java ?? 0)).toBe(false);
    // Game servers come back after it.
    expect(await server.closed).toMatchObject({ code: 1012 });
  });

  test('stops when the shell that npm runs it in has ended', async () => {
    const shell = spawn(
      'sh',
      ['-c', '"$0" "$@"; true', process.execPath, script, '--port', '0', '--memory'],
      {
        env: { ...process.env, npm_lifecycle_event: 'start' },
      },
    );
    await greetingOf(shell);
    const [service = 0] = childrenOf(shell.pid ?? 0);
    onTestFinished(() => {
      if (isRunning(service)) process.kill(service, 'SIGKILL');
    });
    shell.kill('SIGTERM');
    // The last process that writes to the outputs closes them, and is listed for a moment longer.
    await once(shell, 'close');
    await vi.waitFor(() => expect(isRunning(service)).toBe(false), { timeout: 10_000 });
  });

  test('ends with one line when DynamoDB Local does', async () => {
    const started = run(['--port', '0', '--memory']);
    await greetingOf(started);
    const [java] = childrenOf(started.pid ?? 0);
    process.kill(java ?? 0, 'SIGKILL');
    expect(await outcomeOf(started)).toMatchObject({ code: 1, stderr: oneLine('DynamoDB Local has ended') });
  });

  test('ends with one line where the port is taken, before anything else is started', async () => {
    const { url, close } = await serveHttp({ port: 0, routes: [], invoke: async () => '' });
    onTestFinished(close);
    const { port } = new URL(url);
    expect(await outcomeOf(run(['--port', port]))).toEqual({
      code: 1,
      stdout: '',
      stderr: oneLine(`Port ${port} is taken`),
    });
  });

  test('ends with one line where there is no Java', async () => {
    const { JAVA_HOME: _, ...environment } = process.env;
    const outcome = await outcomeOf(run(['--port', '0', '--memory'], { ...environment, PATH: '/nowhere' }));
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: oneLine('Java 17 or later is needed') });
  });

  test('ends with one line and exit code 2 for options that it does not have', async () => {
    const outcome = await outcomeOf(run(['--prot', '4900']));
    expect(outcome).toEqual({ code: 2, stdout: '', stderr: oneLine("Unknown option '--prot'. Options are") });
  });

  test('shows its options when asked', async () => {
    const { code, stdout, stderr } = await outcomeOf(run(['--help']));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/--port.*--memory.*--events.*--metrics/s);
  });
});

/** Has a run keep all that it keeps in this directory. */
const filesIn = (directory: string) => ({
  dataDirectory: directory,
  keysFile: path.join(directory, 'access-keys.json'),
  issuerFile: path.join(directory, 'token-issuer.json'),
});

const otherKey = { id: 'ANOTHERKEY', secret: 'another-secret' };

/** Leaves one access key, which is not the fixed one. */
function replaceKeys(keysFile: string): void {
  const key: IssuedKey = { secretAccessKey: otherKey.secret, role: 'admin' };
  writeFileSync(keysFile, writeIssuedKeys(new Map([[otherKey.id, key]])));
}

/** How many servers listen in this process. */
const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;

describe('the development issuer of tokens', () => {
  const player = { xuid: '1', gamertag: 'Alice', title: 1, scope: undefined, hours: 1 };

  test('is the one whose tokens the GameSession API takes, and stops with the rest', async () => {
    const { issuerFile, keysFile } = filesIn(temporaryDirectory());
    replaceKeys(keysFile);
    const run = await startLocal({ port: 0, memory: true, issuerFile, keysFile });
    onTestFinished(run.stop);
    // Whatever the file says of it: the data is gone as well in the end.
    expect(run.accessKey).toEqual(localAccessKey);
    const token = await issueToken(issuerFile, player, Date.now());
    expect((await createSession(run.url, token)).status).toBe(201);
    const ofAnother = await issueToken(`${issuerFile}.another`, player, Date.now());
    expect((await createSession(run.url, ofAnother)).status).toBe(401);
    await run.stop();
    // One that was closed is listed for a moment longer.
    await vi.waitFor(() => expect(servers()).toBe(0));
  });

  test('ends the start where its key cannot be read, with nothing left running', async () => {
    const issuerFile = path.join(temporaryDirectory(), 'token-issuer.json');
    writeFileSync(issuerFile, '{"kty":');
    const before = childrenOf(process.pid);
    await expect(startLocal({ port: 0, memory: true, issuerFile })).rejects.toThrow(
      `${issuerFile} cannot be used`,
    );
    expect(childrenOf(process.pid)).toEqual(before);
  });
});

test('a session is there after a restart, for the access keys that are kept', async () => {
  const files = filesIn(temporaryDirectory());
  replaceKeys(files.keysFile);
  const create = (url: string) =>
    gameLift(url, otherKey).send(
      new CreateGameSessionCommand({
        FleetId: 'fleet-local',
        Location: 'custom-local',
        MaximumPlayerSessionCount: 4,
        IdempotencyToken: 'the-same',
      }),
    );
  const first = await startLocal({ port: 0, memory: false, ...files });
  onTestFinished(first.stop);
  const { GameSession: created } = await create(first.url);
  await first.stop();

  const second = await startLocal({ port: 0, memory: false, ...files });
  onTestFinished(second.stop);
  expect(second.accessKey).toBeUndefined();
  const { GameSession: found } = await create(second.url);
  expect(found?.GameSessionId).toBe(created?.GameSessionId);
  expect(found?.CreationTime).toEqual(created?.CreationTime);
});
