import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { developmentAudience, developmentIssuer, serveKeySet } from '#infra/local/token-issuer.ts';
import { tokenIssuerFile } from '#infra/local/token-issuer-file.ts';
import { type Outcome, tokenCommand } from '#infra/tokens/command.ts';
import { bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { keySetFromUrl } from '#lib/auth/key-set.ts';
import { temporaryDirectory } from '#test/infra/local/made-template.ts';

const now = Date.UTC(2026, 10, 21, 12);
const alice = ['--xuid', '2533274790395904', '--gamertag', 'Alice', '--title', '1297287259'];

const newFile = () => path.join(temporaryDirectory(), 'token-issuer.json');
const command = (...args: string[]): Promise<Outcome> => tokenCommand(args, { file: newFile(), now });

async function claimsOf(...args: string[]): Promise<object> {
  const { exitCode, stdout, stderr } = await command(...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return decodeJwt(stdout.trim());
}

const standing = { iss: developmentIssuer, aud: developmentAudience, iat: now / 1000 };

describe('npm run token', () => {
  test('prints a token of a player, good for a day', async () => {
    expect(await claimsOf(...alice)).toEqual({
      ...standing,
      exp: now / 1000 + 24 * 3600,
      xuid: 2533274790395904,
      gamertag: 'Alice',
      title_id: 1297287259,
    });
  });

  test.each([
    ['1', 3600],
    ['0.5', 1800],
    ['0.0001', 1],
    ['8784', 366 * 24 * 3600],
  ])('prints one that is good for %s hours', async (hours, seconds) => {
    expect(await claimsOf(...alice, '--hours', hours)).toMatchObject({ exp: now / 1000 + seconds });
  });

  test('prints a token of a title, which need not name a player', async () => {
    expect(await claimsOf('--title', '7', '--scope', 'title')).toEqual({
      ...standing,
      exp: now / 1000 + 24 * 3600,
      title_id: 7,
      scope: 'title',
    });
    expect(await claimsOf(...alice, '--scope', 'title')).toMatchObject({ gamertag: 'Alice', scope: 'title' });
  });

  test('prints tokens that its key set verifies, to the last bit of the xuid', async () => {
    const file = newFile();
    const args = ['--xuid=18446744073709551615', '--gamertag=Bob', '--title=1'];
    const { stdout } = await tokenCommand(args, { file, now });
    const { url, close } = await serveKeySet(file);
    onTestFinished(close);
    const tokens = bearerTokens({
      issuer: developmentIssuer,
      audience: developmentAudience,
      keySet: keySetFromUrl({ url }),
    });
    expect(await tokens.check(`Bearer ${stdout.trim()}`, now)).toEqual({
      kind: 'authenticated',
      caller: { kind: 'player', titleId: 1, xuid: '18446744073709551615', gamertag: 'Bob' },
    });
  });

  test('shows its usage when asked', async () => {
    expect(await command(...alice, '--help')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Usage: npm run --silent token -- /),
      stderr: '',
    });
  });
});

describe('wrong arguments are told in one line:', () => {
  const xuid = '--xuid wants a whole number from 0 to 18446744073709551615, not';
  const title = '--title wants a whole number from 0 to 4294967295';
  const hours = '--hours wants a number above 0 and of at most 8784, not';
  test.each<[string, readonly string[], string]>([
    ['nothing', [], title],
    ['no player', ['--title', '1'], 'Give --xuid and --gamertag, or --scope title'],
    ['no gamertag', ['--title', '1', '--xuid', '1'], 'Give --xuid and --gamertag, or --scope title'],
    ['no xuid', ['--title', '1', '--gamertag', 'A'], 'Give --xuid and --gamertag, or --scope title'],
    ['no title', ['--xuid', '1', '--gamertag', 'A'], title],
    ['no title, for a title', ['--scope', 'title'], title],
    ['an unknown option', [...alice, '--name', 'x'], "Unknown option '--name'"],
    ['a word', [...alice, 'x'], "Unexpected argument 'x'"],
    ['no value', ['--title'], "Option '--title <value>' argument missing"],
    ['a xuid beyond 64 bits', [...alice, '--xuid=18446744073709551616'], `${xuid} '18446744073709551616'`],
    ['a negative xuid', [...alice, '--xuid=-1'], `${xuid} '-1'`],
    ['a name for a xuid', [...alice, '--xuid', 'Alice'], `${xuid} 'Alice'`],
    ['an empty gamertag', [...alice, '--gamertag', ''], "--gamertag wants 1 to 15 characters, not ''"],
    ['a long gamertag', [...alice, '--gamertag', 'SixteenCharacter'], '--gamertag wants 1 to 15 characters'],
    ['a gamertag of two lines', [...alice, '--gamertag', `A\n${'x'.repeat(15)}`], '--gamertag wants 1 to 15'],
    ['a title beyond 32 bits', [...alice, '--title', '4294967296'], `${title}, not '4294967296'`],
    ['another scope', [...alice, '--scope', 'admin'], "--scope wants the word title, not 'admin'"],
    ['no time', [...alice, '--hours', '0'], `${hours} '0'`],
    ['a negative time', [...alice, '--hours=-1'], `${hours} '-1'`],
    ['a long time', [...alice, '--hours', '8785'], `${hours} '8785'`],
    ['a time with a unit', [...alice, '--hours', '24h'], `${hours} '24h'`],
  ])('%s', async (_, args, reason) => {
    const { exitCode, stdout, stderr } = await command(...args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^openslot: [^\n]+\. What there is: npm run token -- --help\n$/);
    expect(stderr).toContain(reason);
  });
});

test('a key file that cannot be used is told in one line', async () => {
  const file = newFile();
  writeFileSync(file, '{}');
  const directory = newFile();
  mkdirSync(directory);
  for (const unusable of [file, directory]) {
    expect(await tokenCommand(alice, { file: unusable, now })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^openslot: [^\n]+token-issuer\.json cannot be used: [^\n]+anew\n$/),
    });
  }
});

test('the command itself prints the token and nothing else', () => {
  const script = path.resolve(import.meta.dirname, '../../../infra/tokens/token.ts');
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 30_000 });

  const { status, stdout, stderr } = run(alice);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(decodeJwt(stdout.trim())).toMatchObject({ xuid: 2533274790395904, iss: developmentIssuer });
  expect(stdout.split('\n')).toHaveLength(2);
  expect(tokenIssuerFile).toMatch(/[\\/]\.openslot[\\/]token-issuer\.json$/);

  expect(run(['--xuid', '1'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^openslot: .+\n$/),
  });
});
