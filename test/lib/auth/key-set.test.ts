import { createServer } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BearerTokens, bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { type KeySet, keySetFetchInterval, keySetFromUrl, keySetMaximumAge } from '#lib/auth/key-set.ts';
import { type KeySetServer, startKeySetServer } from './key-set-server.ts';
import { audience, issuer, newSigner, now, playerClaims, type TokenSigner } from './token-signer.ts';

const seconds = 1000;
const hours = 3600 * seconds;

let first: TokenSigner;
let second: TokenSigner;
beforeAll(async () => {
  [first, second] = await Promise.all([newSigner('ES256', 'first'), newSigner('ES256', 'second')]);
});

let server: KeySetServer;
let tokens: BearerTokens;
let failures: unknown[];
let byFirst: string;
let bySecond: string;

const tokensOf = (keySet: KeySet): BearerTokens => bearerTokens({ issuer, audience, keySet });

beforeEach(async () => {
  failures = [];
  server = await startKeySetServer([first.publicKey]);
  tokens = tokensOf(keySetFromUrl({ url: server.url, onFetchFailed: (error) => failures.push(error) }));
  const lasting = { ...playerClaims, exp: now / 1000 + 100 * 3600 };
  byFirst = `Bearer ${await first.sign(lasting)}`;
  bySecond = `Bearer ${await second.sign(lasting)}`;
});
afterEach(() => server.stop());

const good = { kind: 'authenticated' };
const unknownKey = {
  kind: 'invalid',
  reason: 'the token is signed with a key that its issuer does not publish',
};
const unavailable = { kind: 'unavailable' };

describe('the keys of the issuer', () => {
  test('are fetched when the first token wants one, and kept', async () => {
    expect(server.requests).toBe(0);
    for (let later = 0; later <= keySetMaximumAge; later += keySetMaximumAge / 10) {
      expect(await tokens.check(byFirst, now + later)).toMatchObject(good);
    }
    expect(server.requests).toBe(1);
  });

  test('are fetched for no token that could not be good with any key', async () => {
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const header of [undefined, 'Basic abc', 'Bearer abc', 'Bearer a.b.c', `Bearer ${none}.e30.`]) {
      await tokens.check(header, now);
    }
    expect(server.requests).toBe(0);
  });

  test('are fetched once for all who come first', async () => {
    const checks = Array.from({ length: 50 }, () => tokens.check(byFirst, now));
    expect(await Promise.all(checks)).toEqual(Array(50).fill(expect.objectContaining(good)));
    expect(server.requests).toBe(1);
  });

  test('are fetched again when they are old, and a withdrawn key is then no longer good', async () => {
    await tokens.check(byFirst, now);
    server.answer = [second.publicKey];
    expect(await tokens.check(byFirst, now + keySetMaximumAge)).toMatchObject(good);
    expect(await tokens.check(byFirst, now + keySetMaximumAge + 1)).toEqual(unknownKey);
    expect(server.requests).toBe(2);
  });

  test('may all be withdrawn', async () => {
    await tokens.check(byFirst, now);
    server.answer = [];
    expect(await tokens.check(byFirst, now + keySetMaximumAge + 1)).toEqual(unknownKey);
  });
});

describe('a token signed with an unknown key', () => {
  test('is good as soon as its key is published, and those of the old key stay so', async () => {
    await tokens.check(byFirst, now);
    server.answer = [first.publicKey, second.publicKey];
    const later = now + keySetFetchInterval + 1;
    expect(await tokens.check(bySecond, later)).toMatchObject(good);
    expect(await tokens.check(byFirst, later)).toMatchObject(good);
    expect(server.requests).toBe(2);
  });

  test('has the keys fetched once a minute at most', async () => {
    await tokens.check(byFirst, now);
    for (let later = 0; later <= 3 * keySetFetchInterval; later += 5 * seconds) {
      expect(await tokens.check(bySecond, now + later)).toEqual(unknownKey);
      expect(await tokens.check(byFirst, now + later)).toMatchObject(good);
    }
    // The first fetch, and those of 65 and 130 seconds later.
    expect(server.requests).toBe(3);
  });

  test('has them fetched no more often while that fails, and the known keys stay good', async () => {
    await tokens.check(byFirst, now);
    server.answer = undefined;
    for (let later = 0; later <= 3 * keySetFetchInterval; later += 5 * seconds) {
      expect(await tokens.check(bySecond, now + later)).toEqual(unknownKey);
      expect(await tokens.check(byFirst, now + later)).toMatchObject(good);
    }
    expect(server.requests).toBe(3);
    expect(failures).toHaveLength(2);
  });

  test('has them fetched once for all who come with one', async () => {
    await tokens.check(byFirst, now);
    server.answer = [second.publicKey];
    const later = now + keySetFetchInterval + 1;
    const checks = Array.from({ length: 50 }, () => tokens.check(bySecond, later));
    expect(await Promise.all(checks)).toEqual(Array(50).fill(expect.objectContaining(good)));
    expect(server.requests).toBe(2);
  });

  test('may name the id of a known key and another kind of signature', async () => {
    const other = await newSigner('EdDSA', 'first');
    expect(await tokens.check(`Bearer ${await other.sign(playerClaims)}`, now)).toEqual(unknownKey);
    expect(server.requests).toBe(1);
  });
});

describe('while the keys cannot be fetched', () => {
  test('no token can be judged when none were ever fetched, and the issuer is asked again after five seconds', async () => {
    server.answer = undefined;
    expect(await tokens.check(byFirst, now)).toEqual(unavailable);
    expect(await tokens.check(byFirst, now + 5 * seconds)).toEqual(unavailable);
    expect(server.requests).toBe(1);
    server.answer = [first.publicKey];
    expect(await tokens.check(byFirst, now + 5 * seconds + 1)).toMatchObject(good);
    expect(server.requests).toBe(2);
  });

  test('the last keys stay in use for a day and no longer', async () => {
    await tokens.check(byFirst, now);
    server.answer = undefined;
    expect(await tokens.check(byFirst, now + 2 * hours)).toMatchObject(good);
    expect(await tokens.check(byFirst, now + 24 * hours)).toMatchObject(good);
    expect(await tokens.check(byFirst, now + 24 * hours + 1)).toEqual(unavailable);
    server.answer = [first.publicKey];
    expect(await tokens.check(byFirst, now + 25 * hours)).toMatchObject(good);
  });

  test('callers who have keys wait for the issuer once a minute, not each', async () => {
    await tokens.check(byFirst, now);
    server.answer = undefined;
    for (let later = 1; later <= 60; later++) {
      expect(await tokens.check(byFirst, now + keySetMaximumAge + later * seconds)).toMatchObject(good);
    }
    expect(server.requests).toBe(2);
  });

  test.each<[string, KeySetServer['answer'], RegExp]>([
    ['an error', undefined, /answered 503, not 200$/],
    ['a redirect', (response) => response.writeHead(302, { location: '/keys' }).end(), /answered 302/],
    ['no JSON', '<html>', /^The key set must be a JSON object/],
    ['no list', '{"keys":{}}', /^The key set must be a JSON object/],
    ['a list alone', '[]', /^The key set must be a JSON object/],
    ['more than 128 KB', `{"keys":[]${' '.repeat(128 * 1024)}}`, /more than 131072 bytes$/],
    [
      'no whole answer',
      (response) => response.writeHead(200).write('{', () => response.destroy()),
      /aborted/,
    ],
    ['no answer', (response) => response.destroy(), /socket hang up/],
  ])('(%s) the failure is told, and the last keys stay in use', async (_, answer, reason) => {
    await tokens.check(byFirst, now);
    server.answer = answer;
    expect(await tokens.check(bySecond, now + 61 * seconds)).toEqual(unknownKey);
    expect(await tokens.check(byFirst, now + 61 * seconds)).toMatchObject(good);
    expect(failures).toEqual([expect.objectContaining({ message: expect.stringMatching(reason) })]);
  });

  test.each<[string, KeySetServer['answer']]>([
    ['begins no answer', () => {}],
    ['ends none', (response) => response.writeHead(200).write('{')],
  ])('an issuer that %s is not waited for', async (_, answer) => {
    server.answer = answer;
    const limits = { milliseconds: 50, bytes: 1000 };
    const impatient = tokensOf(
      keySetFromUrl({ url: server.url, limits, onFetchFailed: (error) => failures.push(error) }),
    );
    expect(await impatient.check(byFirst, now)).toEqual(unavailable);
    expect(failures).toHaveLength(1);
  });
});

describe('the URL of a key set', () => {
  async function failureOf(url: string): Promise<unknown> {
    const failed: unknown[] = [];
    const there = tokensOf(keySetFromUrl({ url, onFetchFailed: (error) => failed.push(error) }));
    expect(await there.check(byFirst, now)).toEqual(unavailable);
    return failed[0];
  }

  test.each([
    '',
    'jwks.json',
    'file:///jwks.json',
    'http://issuer.example/jwks',
    'http://127.0.0.1.example/jwks',
  ])('is https, or http on this machine; nothing is sent to %o', async (url) => {
    expect(await failureOf(url)).toMatchObject({
      message: expect.stringMatching(/is no https URL$|Invalid URL/),
    });
  });

  test.each(['localhost', '127.0.0.1'])('may be http on %s', async (host) => {
    const url = server.url.replace('127.0.0.1', host);
    expect(await tokensOf(keySetFromUrl({ url })).check(byFirst, now)).toMatchObject(good);
  });

  test('that is https is asked by TLS alone', async () => {
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    const listener = createServer((socket) => {
      socket.once('data', (data) => {
        resolve(data);
        socket.destroy();
      });
    });
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
    const address = listener.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await failureOf(`https://127.0.0.1:${port}/jwks.json`)).toBeInstanceOf(Error);
    const handshake = 22;
    expect((await promise)[0]).toBe(handshake);
    await new Promise((closed) => listener.close(closed));
  });
});
