import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { tokenAlgorithms } from '#lib/auth/published-keys.ts';

/** Somebody who signs tokens, with a key of their own. */
export type TokenSigner = {
  /** As it stands in a key set. */
  readonly publicKey: JWK;
  readonly privateKey: JWK;
  /** Signs claims, given as they stand in JSON, or bytes of whatever kind. */
  sign(claims: object | string, header?: object): Promise<string>;
};

export async function newSigner(
  alg: (typeof tokenAlgorithms)[number],
  kid: string | undefined,
): Promise<TokenSigner> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const named = kid === undefined ? {} : { kid };
  return {
    publicKey: { ...(await exportJWK(pair.publicKey)), ...named },
    privateKey: { ...(await exportJWK(pair.privateKey)), ...named },
    sign(claims, header = {}) {
      const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
      return new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg, ...named, ...header })
        .sign(pair.privateKey);
    },
  };
}

export const issuer = 'https://issuer.example';
export const audience = 'openslot-test';

/** A moment, in epoch milliseconds, and not on a whole second. */
export const now = Date.UTC(2026, 10, 21, 12) + 700;

const nowSeconds = Math.floor(now / 1000);

/** What a player's token says; good until an hour from `now`. */
export const playerClaims = {
  iss: issuer,
  aud: audience,
  exp: nowSeconds + 3600,
  xuid: 2533274790395904,
  gamertag: 'Alice',
  title_id: 1297287259,
} as const;

/** Seconds since the epoch, from `now`. */
export const secondsFromNow = (seconds: number): number => nowSeconds + seconds;
