import { createHmac, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { createLocalJWKSet } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { type BearerTokens, bearerTokens } from '#lib/auth/bearer-tokens.ts';
import { tokenAlgorithms } from '#lib/auth/published-keys.ts';
import {
  audience,
  issuer,
  newSigner,
  now,
  playerClaims,
  secondsFromNow,
  type TokenSigner,
} from './token-signer.ts';

let signers: Readonly<Record<(typeof tokenAlgorithms)[number], TokenSigner>>;
let signer: TokenSigner;
/** Published by the issuer, as those of `signers`, but without an id. */
let nameless: TokenSigner;
let stranger: TokenSigner;
let tokens: BearerTokens;

beforeAll(async () => {
  const [RS256, ES256, EdDSA] = await Promise.all(tokenAlgorithms.map((alg) => newSigner(alg, alg)));
  [nameless, stranger] = await Promise.all([newSigner('ES256', undefined), newSigner('ES256', 'ES256')]);
  if (!RS256 || !ES256 || !EdDSA) throw new Error('There is a signer for each algorithm');
  signers = { RS256, ES256, EdDSA };
  signer = ES256;
  const keys = [RS256, ES256, EdDSA, nameless].map(({ publicKey }) => publicKey);
  tokens = bearerTokens({ issuer, audience, keySet: { at: () => createLocalJWKSet({ keys }) } });
});

const check = (token: string, at = now) => tokens.check(`Bearer ${token}`, at);

const player = { kind: 'player', titleId: 1297287259, xuid: '2533274790395904', gamertag: 'Alice' };
const authenticated = (caller: object) => ({ kind: 'authenticated', caller });
const invalid = (reason: string) => ({ kind: 'invalid', reason });

const badSignature = invalid('the signature of the token is not that of its issuer');
const badAlgorithm = invalid('the token must be signed with one of RS256, ES256, EdDSA');
const unknownKey = invalid('the token is signed with a key that its issuer does not publish');
const noToken = invalid('the token is no signed JSON Web Token');

describe('a token of the issuer', () => {
  test.each(tokenAlgorithms)('signed with %s says who calls', async (algorithm) => {
    expect(await check(await signers[algorithm].sign(playerClaims))).toEqual(authenticated(player));
  });

  test('may be for several audiences, and say more than is asked for', async () => {
    const token = await signer.sign({
      ...playerClaims,
      aud: ['other', audience],
      sub: 'x',
      roles: [],
      jti: 1,
    });
    expect(await check(token)).toEqual(authenticated(player));
  });

  test('need not name its key where only one can be meant', async () => {
    expect(await check(await signers.EdDSA.sign(playerClaims, { kid: undefined }))).toEqual(
      authenticated(player),
    );
    expect(await check(await nameless.sign(playerClaims))).toEqual(
      invalid('the token does not say which of the keys of its issuer signed it'),
    );
  });

  test.each([
    ['Bearer ', ''],
    ['bearer ', ''],
    ['BEARER    ', ''],
    ['  Bearer ', ' '],
  ])('may follow %o', async (before, after) => {
    const header = before + (await signer.sign(playerClaims)) + after;
    expect(await tokens.check(header, now)).toEqual(authenticated(player));
  });

  test('whose scope has the word title is the title’s own', async () => {
    const { xuid: _, gamertag: __, ...claims } = playerClaims;
    const title = { kind: 'title', titleId: 1297287259 };
    expect(await check(await signer.sign({ ...claims, scope: 'title' }))).toEqual(
      authenticated({ ...title, xuid: undefined, gamertag: undefined }),
    );
    expect(await check(await signer.sign({ ...playerClaims, scope: 'openid title email' }))).toEqual(
      authenticated({ ...title, xuid: '2533274790395904', gamertag: 'Alice' }),
    );
  });

  test.each(['', 'titles', 'Title', 'subtitle', 'title,admin'])(
    'with the scope %o is a player’s',
    async (scope) => {
      expect(await check(await signer.sign({ ...playerClaims, scope }))).toEqual(authenticated(player));
    },
  );
});

describe('the claims', () => {
  const withClaim = (name: string, json: string) =>
    JSON.stringify({ ...playerClaims, [name]: undefined }).replace(/}$/, `,"${name}":${json}}`);

  test.each([
    ['0', '0'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
    ['"9007199254740993"', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['"18446744073709551615"', '18446744073709551615'],
  ])('keep every digit of the xuid %s', async (json, xuid) => {
    expect(await check(await signer.sign(withClaim('xuid', json)))).toEqual(
      authenticated({ ...player, xuid }),
    );
  });

  test.each([
    ['0', 0],
    ['4294967295', 4294967295],
    ['"1297287259"', 1297287259],
  ])('may have the title id %s', async (json, titleId) => {
    expect(await check(await signer.sign(withClaim('title_id', json)))).toEqual(
      authenticated({ ...player, titleId }),
    );
  });

  const title = 'the claim title_id of the token must be an integer from 0 to 4294967295';
  const xuid = 'the claim xuid of the token must be an integer from 0 to 18446744073709551615';
  const gamertag = 'the claim gamertag of the token must be 1 to 15 characters';
  test.each([
    ['title_id', '4294967296', title],
    ['title_id', '-1', title],
    ['title_id', '1.5', title],
    ['title_id', '18446744073709551616', title],
    ['title_id', '"0x1"', title],
    ['title_id', 'null', title],
    ['title_id', '[1]', title],
    ['xuid', '18446744073709551616', xuid],
    ['xuid', '-1', xuid],
    ['xuid', '1e20', xuid],
    ['xuid', '"01"', xuid],
    ['xuid', '"me"', xuid],
    ['xuid', 'true', xuid],
    ['xuid', 'null', xuid],
    ['gamertag', '""', gamertag],
    ['gamertag', '"SixteenCharacter"', gamertag],
    ['gamertag', '"\\ud800"', gamertag],
    ['gamertag', '7', gamertag],
    ['scope', '["title"]', 'the claim scope of the token must be words with a space between'],
  ])('must not have %s %s', async (name, json, reason) => {
    expect(await check(await signer.sign(withClaim(name, json)))).toEqual(invalid(reason));
  });

  test.each([
    ['title_id', 'the token has no claim title_id'],
    ['xuid', 'the token has no claim xuid, and its scope has no word title'],
    ['gamertag', 'the token has no claim gamertag, and its scope has no word title'],
    ['iss', 'the token has no claim iss'],
    ['aud', 'the token has no claim aud'],
    ['exp', 'the token has no claim exp'],
  ])('must not be without %s', async (name, reason) => {
    expect(await check(await signer.sign({ ...playerClaims, [name]: undefined }))).toEqual(invalid(reason));
  });

  test('of a title must have a title id, and a xuid that is one', async () => {
    const { title_id: _, ...claims } = playerClaims;
    expect(await check(await signer.sign({ ...claims, scope: 'title' }))).toEqual(
      invalid('the token has no claim title_id'),
    );
    expect(await check(await signer.sign({ ...playerClaims, xuid: -1, scope: 'title' }))).toEqual(
      invalid(xuid),
    );
  });

  test.each([
    ['iss', 'https://other.example', 'the token is from another issuer'],
    ['iss', `${issuer}/`, 'the token is from another issuer'],
    ['iss', '', 'the token is from another issuer'],
    ['iss', [issuer], 'the token is from another issuer'],
    ['aud', 'other', 'the token is for another audience'],
    ['aud', [], 'the token is for another audience'],
    ['aud', ['other'], 'the token is for another audience'],
    ['exp', '9999999999', 'the claim exp of the token must be a number'],
    ['nbf', 'yesterday', 'the claim nbf of the token must be a number'],
  ])('must not have %s %j', async (name, value, reason) => {
    expect(await check(await signer.sign({ ...playerClaims, [name]: value }))).toEqual(invalid(reason));
  });

  test.each(['[]', 'null', '"claims"', '{', ''])('must be an object, unlike %o', async (json) => {
    expect(await check(await signer.sign(json))).toEqual(noToken);
  });

  test('may be nested, and where nobody can follow them the token is refused', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}1234567890123456789${']'.repeat(levels)}`;
    expect(await check(await signer.sign(withClaim('more', nested(100))))).toEqual(authenticated(player));
    // As deep as a header can hold: how many levels are too many is for the stack to say.
    const deepest = await check(await signer.sign(withClaim('more', nested(2_900))));
    expect([noToken, authenticated(player)]).toContainEqual(deepest);
  });
});

describe('by the clock', () => {
  test('a token is good until it expires, and five seconds more', async () => {
    const token = await signer.sign({ ...playerClaims, exp: secondsFromNow(60) });
    expect(await check(token, now + 64_000)).toEqual(authenticated(player));
    expect(await check(token, now + 65_000)).toEqual(invalid('the token has expired'));
    expect(await check(token, now + 10 ** 12)).toEqual(invalid('the token has expired'));
  });

  test('a token is good from its time on, and five seconds before', async () => {
    const token = await signer.sign({ ...playerClaims, nbf: secondsFromNow(60) });
    expect(await check(token, now + 54_000)).toEqual(invalid('the token is not valid yet'));
    expect(await check(token, now + 55_000)).toEqual(authenticated(player));
  });
});

describe('the signature', () => {
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const unsigned = (header: object) =>
    `${encode(JSON.stringify(header))}.${encode(JSON.stringify(playerClaims))}`;

  test.each(['none', 'None', 'NONE', ''])('must not be left out by the algorithm %o', async (alg) => {
    const refusal = alg === '' ? noToken : badAlgorithm;
    expect(await check(`${unsigned({ alg })}.`)).toEqual(refusal);
    expect(await check(`${unsigned({ alg })}.c2lnbmF0dXJl`)).toEqual(refusal);
  });

  test('must not be an HMAC whose secret is the public key', async () => {
    const { publicKey } = signers.RS256;
    const pem = createPublicKey({ key: { ...publicKey }, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    for (const secret of [pem, JSON.stringify(publicKey), publicKey.n ?? '']) {
      const text = unsigned({ alg: 'HS256', kid: 'RS256' });
      const signature = createHmac('sha256', secret).update(text).digest('base64url');
      expect(await check(`${text}.${signature}`)).toEqual(badAlgorithm);
    }
  });

  test.each(['HS256', 'RS384', 'RS512', 'PS256', 'ES384', 'ES256K', 'Ed448', 'toString', '__proto__'])(
    'must not be of the algorithm %s',
    async (alg) => expect(await check(`${unsigned({ alg, kid: 'RS256' })}.AAAA`)).toEqual(badAlgorithm),
  );

  test('must be of the key that the token names', async () => {
    expect(await check(await stranger.sign(playerClaims))).toEqual(badSignature);
    expect(await check(await stranger.sign(playerClaims, { kid: 'other' }))).toEqual(unknownKey);
    expect(await check(await signer.sign(playerClaims, { kid: 'RS256' }))).toEqual(unknownKey);
    expect(await check(await signer.sign(playerClaims, { kid: 7 }))).toEqual(unknownKey);
  });

  test('must not bring its own key', async () => {
    const jwk = stranger.publicKey;
    expect(await check(await stranger.sign(playerClaims, { jwk }))).toEqual(badSignature);
    expect(await check(await stranger.sign(playerClaims, { kid: 'own', jwk, jku: issuer }))).toEqual(
      unknownKey,
    );
  });

  test('covers the claims: none can be changed, not even in spelling', async () => {
    const [header, payload = '', signature] = (await signer.sign(playerClaims)).split('.');
    const claims = Buffer.from(payload, 'base64url').toString();
    for (const changed of [claims.replace('5904', '5905'), claims.replace('Alice', 'Alicf'), `${claims} `]) {
      expect(changed).not.toBe(claims);
      expect(await check(`${header}.${encode(changed)}.${signature}`)).toEqual(badSignature);
    }
  });

  test('covers the header', async () => {
    const [, payload, signature] = (await signer.sign(playerClaims)).split('.');
    const header = encode('{"alg":"ES256","kid":"ES256","typ":"JWT"}');
    expect(await check(`${header}.${payload}.${signature}`)).toEqual(badSignature);
  });

  test('is good for none of its bytes changed', async () => {
    for (const algorithm of tokenAlgorithms) {
      const [header, payload, signature = ''] = (await signers[algorithm].sign(playerClaims)).split('.');
      const bytes = Buffer.from(signature, 'base64url');
      for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
        const changed = bytes.map((byte, i) => (i === place ? byte ^ 1 : byte));
        const text = Buffer.from(changed).toString('base64url');
        expect(await check(`${header}.${payload}.${text}`)).toEqual(badSignature);
      }
      for (const text of ['', 'AAAA', signature.slice(0, -4), Buffer.alloc(64).toString('base64url')]) {
        expect(await check(`${header}.${payload}.${text}`)).toEqual(badSignature);
      }
    }
  });

  test.each(['exp', 'b64', 'other'])('must not depend on the extension %s', async (name) => {
    const { alg, kid } = { alg: 'ES256', kid: 'ES256' };
    const text = unsigned({ alg, kid, crit: [name], [name]: false });
    expect(await check(`${text}.AAAA`)).toMatchObject({ kind: 'invalid' });
  });
});

describe('an Authorization header', () => {
  test.each([undefined, '', ' ', '\t'])('that is not there: %o', async (header) => {
    expect(await tokens.check(header, now)).toEqual({ kind: 'missing' });
  });

  const notBearer = invalid('the Authorization header must be the word Bearer and one token');
  test.each([
    ['Bearer'],
    ['Bearer '],
    ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['Bearer: a.b.c'],
    ['Bearer\ta.b.c'],
    ['BearerX a.b.c'],
    ['Token a.b.c'],
    ['a.b.c'],
    ['Bearer a.b.c d.e.f'],
    ['Bearer a.b.c,Bearer a.b.c'],
    ['Bearer a.b.c, Bearer a.b.c'],
    ['Bearer "a.b.c"'],
    ['Bearer a=b'],
    ['Bearer ä.b.c'],
    ['AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/gamelift/aws4_request'],
  ])('that is no bearer token: %s', async (header) => {
    expect(await tokens.check(header, now)).toEqual(notBearer);
  });

  test('with two tokens, or one cut short', async () => {
    const token = await signer.sign(playerClaims);
    expect(await tokens.check(`Bearer ${token} ${token}`, now)).toEqual(notBearer);
    expect(await tokens.check(`Bearer ${token}, Bearer ${token}`, now)).toEqual(notBearer);
    const [header, payload] = token.split('.');
    for (const short of [header, `${header}.`, `${header}.${payload}`, `${token}.`, `.${token}`, '..', 'a']) {
      expect(await tokens.check(`Bearer ${short}`, now)).toEqual(noToken);
    }
    for (let length = token.length - 1; length > 0; length -= 13) {
      expect(await check(token.slice(0, length))).toMatchObject({ kind: 'invalid' });
    }
  });

  test('that is longer than 8 KB, and none that is not', async () => {
    const token = await signer.sign({ ...playerClaims, more: 'x'.repeat(5_000) });
    expect(await check(token)).toEqual(authenticated(player));
    expect(await check('x'.repeat(8 * 1024 - 'Bearer '.length))).toEqual(noToken);
    expect(await check('x'.repeat(8 * 1024 - 'Bearer '.length + 1))).toEqual(
      invalid('the Authorization header is longer than 8192 characters'),
    );
    expect(await check('x'.repeat(4_000_000))).toMatchObject({ kind: 'invalid' });
  });
});

test('whatever the header says, the check ends, and its reason can stand in a header, without quotes', async () => {
  const token = await signer.sign(playerClaims);
  const part = fc.oneof(
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc
      .record({ alg: fc.constantFrom(...tokenAlgorithms, 'none'), kid: fc.json(), crit: fc.json() })
      .map((header) => Buffer.from(JSON.stringify(header)).toString('base64url')),
    fc.constantFrom(...token.split('.')),
    fc.base64String(),
    fc.string(),
  );
  const header = fc.oneof(
    fc.string(),
    fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `Bearer ${parts.join('.')}`),
  );
  await fc.assert(
    fc.asyncProperty(header, async (text) => {
      const result = await tokens.check(text, now);
      if (text === `Bearer ${token}`) return;
      if (result.kind !== 'missing') expect(result).toEqual(invalid(expect.stringMatching(/^[ !#-[\]-~]+$/)));
    }),
    { numRuns: 500 },
  );
});

test('a deployment that names no issuer lets nobody in, and asks nobody for keys', async () => {
  const fetched: number[] = [];
  const at = (when: number) => {
    fetched.push(when);
    return createLocalJWKSet({ keys: [signer.publicKey] });
  };
  const none = bearerTokens({ issuer: '', audience: '', keySet: { at } });
  const reason = invalid('this deployment names no issuer of tokens');
  for (const claims of [
    playerClaims,
    { ...playerClaims, iss: '', aud: '' },
    { ...playerClaims, iss: undefined },
  ]) {
    expect(await none.check(`Bearer ${await signer.sign(claims)}`, now)).toEqual(reason);
  }
  expect(await none.check(undefined, now)).toEqual({ kind: 'missing' });
  expect(fetched).toEqual([]);
});

test('what nobody expects of a key set is not taken for a bad token', async () => {
  const broken = bearerTokens({
    issuer,
    audience,
    keySet: { at: () => () => Promise.reject(new TypeError('x')) },
  });
  await expect(broken.check(`Bearer ${await signer.sign(playerClaims)}`, now)).rejects.toThrow(TypeError);
});
