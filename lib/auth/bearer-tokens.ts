import { base64url, errors, type JWTVerifyOptions, jwtVerify } from 'jose';
import { parseExactJson } from '#lib/wire/exact-json.ts';
import { type KeySet, KeySetUnavailableError } from './key-set.ts';
import { tokenAlgorithms } from './published-keys.ts';
import { type Caller, readCaller } from './token-claims.ts';

export type { Caller } from './token-claims.ts';

export type TokenCheck =
  | { readonly kind: 'authenticated'; readonly caller: Caller }
  | NoToken
  /** The issuer's keys are not to be had: the token may be good, and a later try may show it. */
  | { readonly kind: 'unavailable' };

type NoToken =
  /** No Authorization header was sent. */
  | { readonly kind: 'missing' }
  /** A reason for the developer of a client: printable ASCII without quotes, and nothing secret in it. */
  | { readonly kind: 'invalid'; readonly reason: string };

export type BearerTokens = {
  /** Checks an Authorization header at `now`, epoch milliseconds. Nothing in it makes this reject. */
  check(authorization: string | undefined, now: number): Promise<TokenCheck>;
};

/** In characters. A token of this API has some hundreds. */
const longestAuthorization = 8 * 1024;

/** Seconds. The clocks of an issuer and of this service differ by a little, and a fresh token must be good at once. */
const clockTolerance = 5;

/**
 * Checks bearer tokens: JSON Web Tokens, signed by the one issuer for the one audience, with an end (`exp`). An empty
 * issuer, that of a deployment which was given none, lets nobody in.
 */
export function bearerTokens(trusted: {
  readonly issuer: string;
  readonly audience: string;
  readonly keySet: KeySet;
}): BearerTokens {
  const { issuer, audience, keySet } = trusted;
  const options: JWTVerifyOptions = {
    algorithms: [...tokenAlgorithms],
    issuer,
    audience,
    requiredClaims: ['exp'],
    clockTolerance,
  };
  return {
    async check(authorization, now) {
      const read = readAuthorization(authorization);
      if (read.kind !== 'token') return read;
      if (issuer === '') return invalid('this deployment names no issuer of tokens');
      try {
        await jwtVerify(read.token, keySet.at(now), { ...options, currentDate: new Date(now) });
        const claims = readCaller(claimsOf(read.token));
        if (claims.kind === 'wrong') return invalid(claims.reason);
        return { kind: 'authenticated', caller: claims.caller };
      } catch (error) {
        if (error instanceof KeySetUnavailableError) return { kind: 'unavailable' };
        if (error instanceof errors.JOSEError || error instanceof SyntaxError)
          return invalid(reasonOf(error));
        throw error;
      }
    },
  };
}

/** As RFC 6750 spells it; the name of the scheme in any case, as RFC 9110 has it. */
const bearer = /^bearer +([\w.~+/-]+=*)$/i;

function readAuthorization(authorization = ''): { readonly kind: 'token'; readonly token: string } | NoToken {
  const header = authorization.trim();
  if (header === '') return { kind: 'missing' };
  if (header.length > longestAuthorization) {
    return invalid(`the Authorization header is longer than ${longestAuthorization} characters`);
  }
  const token = bearer.exec(header)?.[1];
  return token === undefined
    ? invalid('the Authorization header must be the word Bearer and one token')
    : { kind: 'token', token };
}

/** The verified claims once more: the numbers in those that jose gives are doubles, and a xuid has 64 bits. */
function claimsOf(token: string): unknown {
  const [, payload = ''] = token.split('.');
  return parseExactJson(new TextDecoder().decode(base64url.decode(payload)));
}

function reasonOf(error: errors.JOSEError | SyntaxError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return reasonOfClaim(error);
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return `the token must be signed with one of ${tokenAlgorithms.join(', ')}`;
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'the token is signed with a key that its issuer does not publish';
  // OpenID Connect Core, 10.1: an issuer that publishes several keys must name one in each token.
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'the token does not say which of the keys of its issuer signed it';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'the signature of the token is not that of its issuer';
  return 'the token is no signed JSON Web Token';
}

function reasonOfClaim({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `the token has no claim ${claim}`;
  if (reason === 'invalid') return `the claim ${claim} of the token must be a number`;
  if (claim === 'iss') return 'the token is from another issuer';
  if (claim === 'aud') return 'the token is for another audience';
  return 'the token is not valid yet';
}

const invalid = (reason: string): NoToken => ({ kind: 'invalid', reason });
