import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fileStore } from '#infra/keys/file-store.ts';
import { temporaryDirectory } from '#test/infra/local/made-template.ts';
import { secretName, startSecretsManager } from './secrets-manager.ts';

const command = fileURLToPath(new URL('../../../infra/keys/keys.ts', import.meta.url));
const commandForFile = fileURLToPath(new URL('keys-of-a-file.ts', import.meta.url));

/** An environment in which nothing of the developer's own AWS set-up counts. */
const environment = {
  PATH: process.env['PATH'],
  AWS_CONFIG_FILE: os.devNull,
  AWS_SHARED_CREDENTIALS_FILE: os.devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
};

async function run(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, args, { cwd: '/', env: { ...environment, ...variables } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

const oneLine = (pattern: string) => expect.stringMatching(new RegExp(`^openslot: ${pattern}[^\n]*\n$`));
const failed = (pattern: string) => ({ code: 1, stdout: '', stderr: oneLine(pattern) });

/** What is pasted into a shell. */
function pairIn(stdout: string) {
  const [, id = ''] = /^export AWS_ACCESS_KEY_ID=(\w+)$/m.exec(stdout) ?? [];
  const [, secretAccessKey = ''] = /^export AWS_SECRET_ACCESS_KEY=(\w+)$/m.exec(stdout) ?? [];
  return { id, secretAccessKey };
}

describe('npm run keys, for the local run', () => {
  let file: string;
  beforeEach(() => {
    file = path.join(temporaryDirectory(), 'access-keys.json');
  });
  const keys = (line: string) => run([commandForFile, file, ...line.split(' ')]);
  const stored = async () => (await fileStore(file).read()).keys;

  test('lists the fixed key at first', async () => {
    expect(await keys('list')).toEqual({
      code: 0,
      stdout: 'id             role   valid until\nOPENSLOTLOCAL  admin  (no end)\n',
      stderr: '',
    });
  });

  test('adds a key and shows its secret once, ready to be pasted', async () => {
    const { code, stdout, stderr } = await keys('add --role game-backend --id GAMEBACKEND2026');
    const { id, secretAccessKey } = pairIn(stdout);
    expect([code, stderr, id]).toEqual([0, '', 'GAMEBACKEND2026']);
    expect(secretAccessKey).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(await stored()).toEqual(
      new Map([
        ['OPENSLOTLOCAL', { secretAccessKey: 'openslot-local', role: 'admin' }],
        ['GAMEBACKEND2026', { secretAccessKey, role: 'game-backend' }],
      ]),
    );
    const listed = await keys('list');
    expect(listed.stdout).toContain('GAMEBACKEND2026  game-backend  (no end)\n');
    for (const secret of ['openslot-local', secretAccessKey]) expect(listed.stdout).not.toContain(secret);
  });

  test('rotates a key: another with the same role, and a day more for the old one', async () => {
    await keys('add --role read-only --id OLD');
    const before = Date.now();
    const { code, stdout } = await keys('rotate OLD');
    const { id, secretAccessKey } = pairIn(stdout);
    expect(code).toBe(0);
    expect(id).toMatch(/^OPENSLOT[A-Z0-9]{12}$/);
    const { until = 0 } = (await stored()).get('OLD') ?? {};
    expect(until - before).toBeGreaterThan(86_400_000 - 1_000);
    expect(until - before).toBeLessThan(86_400_000 + 60_000);
    const written = new Date(until).toISOString().replace('.000', '');
    expect(stdout).toContain(`${id} is issued in place of OLD, which is good until ${written}.`);
    expect((await stored()).get(id)).toEqual({ secretAccessKey, role: 'read-only' });
    expect((await keys('list')).stdout).toContain(`read-only  ${written}\n`);
  });

  test('rotates a key without grace', async () => {
    await keys('add --role read-only --id OLD');
    const { code, stdout } = await keys('rotate OLD --grace 0');
    expect(code).toBe(0);
    expect(stdout).toContain('in place of OLD, which is refused in 5 minutes at the latest.');
    expect((await keys('list')).stdout).toMatch(/^OLD .*Z, which is past$/m);
  });

  test('revokes a key, and the last admin key by force alone', async () => {
    expect(await keys('revoke OPENSLOTLOCAL')).toEqual(failed('OPENSLOTLOCAL is the last lasting admin key'));
    await keys('add --role admin --id OTHER');
    expect(await keys('revoke OPENSLOTLOCAL')).toEqual({
      code: 0,
      stdout: 'OPENSLOTLOCAL is revoked: it is refused in 5 minutes at the latest.\n',
      stderr: '',
    });
    expect([...(await stored()).keys()]).toEqual(['OTHER']);
    expect((await keys('revoke OTHER --force')).code).toBe(0);
    expect((await stored()).size).toBe(0);
  });

  test('loses no key when it runs several times at once', async () => {
    const ids = ['A', 'B', 'C', 'D'];
    const outcomes = await Promise.all(ids.map((id) => keys(`add --role read-only --id ${id}`)));
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect([...(await stored()).keys()].toSorted()).toEqual([...ids, 'OPENSLOTLOCAL']);
  });

  test.each([
    ['add --role admin --id OPENSLOTLOCAL', 'OPENSLOTLOCAL is issued already'],
    ['rotate NOBODY', 'There is no access key NOBODY'],
    ['revoke NOBODY --force', 'There is no access key NOBODY'],
  ])('%s ends with one line and exit code 1', async (line, reason) => {
    expect(await keys(line)).toEqual(failed(reason));
  });

  test('ends with one line where the file holds something else', async () => {
    writeFileSync(file, '{"OPENSLOTLOCAL":"openslot-local"');
    expect(await keys('list')).toEqual(failed(`${file} cannot be used: `));
  });

  test('shows what is no access key, and does not touch it', async () => {
    writeFileSync(file, '{"OPENSLOTLOCAL":"openslot-local","BACKEND":{"secret":"hush","role":"king"}}');
    expect((await keys('list')).stdout).toContain('BACKEND        -      not valid: this is no access key\n');
    expect(await keys('add --role admin')).toEqual(failed('Among the keys is what is none: BACKEND'));
  });
});

describe('npm run keys, for a deployed stack', () => {
  async function deployed() {
    const secretsManager = await startSecretsManager('{"OPENSLOT0123456789AB":"generated"}');
    onTestFinished(secretsManager.close);
    const keys = (line: string, secret = secretName) =>
      run([command, ...line.split(' '), '--secret', secret], {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
      });
    return { secretsManager, keys };
  }

  test('lists, adds, rotates and revokes the keys in its secret', async () => {
    const { secretsManager, keys } = await deployed();
    const { id, secretAccessKey } = pairIn((await keys('add --role game-backend')).stdout);
    expect(JSON.parse(secretsManager.current())).toEqual({
      OPENSLOT0123456789AB: 'generated',
      [id]: { secret: secretAccessKey, role: 'game-backend' },
    });
    const { id: next } = pairIn((await keys(`rotate ${id} --grace 30m`)).stdout);
    expect((await keys('list')).stdout.split('\n').map((row) => row.split(/ +/).slice(0, 2))).toEqual([
      ['id', 'role'],
      ['OPENSLOT0123456789AB', 'admin'],
      [id, 'game-backend'],
      [next, 'game-backend'],
      [''],
    ]);
    expect((await keys(`revoke ${id}`)).code).toBe(0);
    expect(Object.keys(JSON.parse(secretsManager.current()))).toEqual(['OPENSLOT0123456789AB', next]);
  });

  test('loses no key when it runs several times at once', async () => {
    const { secretsManager, keys } = await deployed();
    const ids = ['A', 'B', 'C'];
    await Promise.all(ids.map((id) => keys(`add --role read-only --id ${id}`)));
    expect(Object.keys(JSON.parse(secretsManager.current())).toSorted()).toEqual([
      ...ids,
      'OPENSLOT0123456789AB',
    ]);
  });

  test('ends with one line where there is no such secret', async () => {
    const { keys } = await deployed();
    expect(await keys('list', 'another')).toEqual(failed("Secrets Manager can't find the specified secret"));
  });

  test.each([
    ['there is no region', {}, 'Region is missing: set AWS_REGION'],
    ['there are no credentials', { AWS_REGION: 'eu-west-1' }, 'Could not load credentials'],
    [
      'nothing answers',
      {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1',
      },
      '.*ECONNREFUSED',
    ],
  ])('ends with one line where %s', async (_, variables, reason) => {
    expect(await run([command, 'list', '--secret', secretName], variables)).toEqual(failed(reason));
  });
});

describe('npm run keys', () => {
  test('shows its usage when asked', async () => {
    const { code, stdout, stderr } = await run([command, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/list.*add --role.*rotate <id>.*revoke <id>.*--secret/s);
  });

  test.each([
    [[], 'Give a command: list, add, rotate or revoke'],
    [['add', '--role', 'king'], '--role wants one of admin, game-backend, compute, read-only'],
    [['rotate', 'A', '--grace', 'soon'], '--grace wants a time such as'],
  ])('ends with one line and exit code 1 for %j', async (args, reason) => {
    expect(await run([command, ...args])).toEqual(failed(reason));
  });
});
