import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import {
  developmentAudience,
  developmentIssuer,
  issueToken,
  serveKeySet,
  type TokenWish,
} from '#infra/local/token-issuer.ts';
import { type IssuerKey, readIssuerKey } from '#infra/local/token-issuer-file.ts';
import { type BearerTokens, bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { keySetFromUrl } from '#lib/auth/key-set.ts';
import { readPublishedKeys } from '#lib/auth/published-keys.ts';
import { temporaryDirectory } from './made-template.ts';

const now = Date.UTC(2026, 10, 21, 12);
const minutes = 60_000;
const hours = 60 * minutes;

const alice: TokenWish = {
  xuid: '2533274790395904',
  gamertag: 'Alice',
  title: 1297287259,
  scope: undefined,
  hours: 24,
};

const newFile = () => path.join(temporaryDirectory(), '.openslot', 'token-issuer.json');

async function published(file: string): Promise<{ readonly url: string; readonly tokens: BearerTokens }> {
  const server = await serveKeySet(file);
  onTestFinished(server.close);
  const keySet = keySetFromUrl({ url: server.url });
  const tokens = bearerTokens({ issuer: developmentIssuer, audience: developmentAudience, keySet });
  return { url: server.url, tokens };
}

describe('the development issuer', () => {
  test.each<[string, TokenWish, object]>([
    ['a player', alice, { kind: 'player', titleId: 1297287259, xuid: '2533274790395904', gamertag: 'Alice' }],
    [
      'a player with the greatest xuid',
      { ...alice, xuid: '18446744073709551615' },
      { kind: 'player', titleId: 1297287259, xuid: '18446744073709551615', gamertag: 'Alice' },
    ],
    [
      'a title',
      { ...alice, scope: 'title', xuid: undefined, gamertag: undefined, title: 0 },
      { kind: 'title', titleId: 0, xuid: undefined, gamertag: undefined },
    ],
    [
      'a title that acts for one player',
      { ...alice, scope: 'title', xuid: '9007199254740993', gamertag: undefined },
      { kind: 'title', titleId: 1297287259, xuid: '9007199254740993', gamertag: undefined },
    ],
  ])('issues tokens that its key set verifies: %s', async (_, wish, caller) => {
    const file = newFile();
    const { tokens } = await published(file);
    const token = await issueToken(file, wish, now);
    expect(await tokens.check(`Bearer ${token}`, now)).toEqual({ kind: 'authenticated', caller });
  });

  test('issues tokens for as long as they are wished', async () => {
    const file = newFile();
    const { tokens } = await published(file);
    const header = `Bearer ${await issueToken(file, { ...alice, hours: 1.5 }, now)}`;
    expect(await tokens.check(header, now + 1.5 * hours)).toMatchObject({ kind: 'authenticated' });
    expect(await tokens.check(header, now + 1.5 * hours + 5_000)).toMatchObject({ kind: 'invalid' });
  });

  test('publishes the public half of its key alone', async () => {
    const file = newFile();
    const { url } = await published(file);
    const { d, kty, crv, x, y, alg, kid } = await readIssuerKey(file);
    const text = await (await fetch(url)).text();
    expect(JSON.parse(text)).toEqual({ keys: [{ kty, crv, x, y, alg, kid, use: 'sig' }] });
    expect(readPublishedKeys(text)).toEqual([{ kty, crv, x, y, alg, kid }]);
    expect(text).not.toContain(d);
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  test('has another key once its file is deleted, of which a running service learns', async () => {
    const file = newFile();
    const { tokens } = await published(file);
    const before = `Bearer ${await issueToken(file, alice, now)}`;
    expect(await tokens.check(before, now)).toMatchObject({ kind: 'authenticated' });
    await rm(file);
    const after = `Bearer ${await issueToken(file, alice, now)}`;
    expect(await tokens.check(after, now + 2 * minutes)).toMatchObject({ kind: 'authenticated' });
    expect(await tokens.check(before, now + 2 * minutes)).toMatchObject({ kind: 'invalid' });
  });
});

describe('its key', () => {
  test('is in a file of its owner alone, with no draft beside it', async () => {
    const file = newFile();
    const key = await readIssuerKey(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['token-issuer.json']);
  });

  test('is one for all who come first, one shortly after the other', async () => {
    const file = newFile();
    const arrivals: Promise<IssuerKey>[] = [];
    for (let i = 0; i < 30; i++) {
      arrivals.push(readIssuerKey(file));
      await setImmediate();
    }
    const keys = await Promise.all(arrivals);
    expect(new Set(keys.map(({ d }) => d)).size).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual(['token-issuer.json']);
  });

  test('is one for processes that start at once', async () => {
    const file = newFile();
    const module = new URL('../../../infra/local/token-issuer-file.ts', import.meta.url).href;
    const script = `const { readIssuerKey } = await import(${JSON.stringify(module)});
      process.stdout.write((await readIssuerKey(${JSON.stringify(file)})).kid);`;
    const runs = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]),
    );
    const kids = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(kids).toEqual(Array(4).fill((await readIssuerKey(file)).kid));
  });

  test.each(['', '{', '{}', 'null', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","alg":"ES256","kid":"1"}'])(
    'is not made anew in place of what is none: %o',
    async (text) => {
      const file = newFile();
      await mkdir(path.dirname(file));
      writeFileSync(file, text);
      const complaint = `${file} cannot be used: it holds no private key for ES256. Delete it to start anew`;
      await expect(readIssuerKey(file)).rejects.toThrow(new LocalRunError(complaint));
      await expect(serveKeySet(file)).rejects.toThrow(LocalRunError);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );
});
