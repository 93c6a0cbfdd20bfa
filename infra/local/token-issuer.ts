import { createServer } from 'node:http';
import { CompactSign, importJWK } from 'jose';
import { rawNumber } from '#lib/wire/exact-json.ts';
import { closeAtOnce, listenOnLoopback } from './http.ts';
import { readIssuerKey } from './token-issuer-file.ts';

/** The claims `iss` and `aud` of the development issuer's tokens. */
export const developmentIssuer = 'https://openslot.local';
export const developmentAudience = 'openslot-local';

export type KeySetServer = { readonly url: string; close(): Promise<void> };

/**
 * Publishes the development issuer's public key on 127.0.0.1 alone. The file is read anew at each request, so that the
 * service learns of another key as a deployed one does.
 *
 * @throws LocalRunError where the file holds no such key
 */
export async function serveKeySet(file: string): Promise<KeySetServer> {
  await readIssuerKey(file);
  const server = createServer((_request, response) => {
    keySet(file)
      .then((body) => response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(body))
      .catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    close: () => closeAtOnce(server),
  };
}

async function keySet(file: string): Promise<string> {
  const { kty, crv, x, y, alg, kid } = await readIssuerKey(file);
  return JSON.stringify({ keys: [{ kty, crv, x, y, alg, kid, use: 'sig' }] });
}

export type TokenWish = {
  /** 64 bits, unsigned, in decimal. */
  readonly xuid: string | undefined;
  readonly gamertag: string | undefined;
  /** 32 bits, unsigned. */
  readonly title: number;
  /** Words with a space between: `title` for the title's own backend. */
  readonly scope: string | undefined;
  /** How long the token is good. */
  readonly hours: number;
};

/**
 * Issues a token that the local run takes. `now` is epoch milliseconds.
 *
 * @throws LocalRunError where the file holds no key
 */
export async function issueToken(file: string, wish: TokenWish, now: number): Promise<string> {
  const { kid, alg, ...key } = await readIssuerKey(file);
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: developmentIssuer,
    aud: developmentAudience,
    iat: issuedAt,
    exp: issuedAt + Math.ceil(wish.hours * 3600),
    xuid: wish.xuid === undefined ? undefined : rawNumber(wish.xuid),
    gamertag: wish.gamertag,
    title_id: wish.title,
    scope: wish.scope,
  };
  // jose's own writer of claims copies them, and a number beyond 2^53 would not come through.
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .sign(await importJWK(key, alg));
}
