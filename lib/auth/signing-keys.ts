import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { type CredentialScope, signingAlgorithm } from './authorization.ts';
import { sha256Hex } from './canonical-request.ts';

/** A signature and what it should be the signature of. */
export type Claim = {
  readonly scope: CredentialScope;
  /** `20261121T100000Z` */
  readonly date: string;
  readonly canonicalRequest: string;
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string;
};

/**
 * Stands in for the secret of an access key that was never issued, so that refusing it is the same work. Random, so
 * that nobody can sign with it.
 */
const secretOfNobody = randomBytes(32).toString('base64');
/** Stands in for a signing key that is not remembered. */
const keyOfNobody = createSecretKey(randomBytes(32));

/**
 * Signing keys that have verified a request: at most 100, one for each issued secret, day and region in use, the oldest
 * given up first. Requests that are refused put nothing in, so strangers cannot push anything out. Node makes a key
 * object of any other key at each HMAC, which takes five times as long as the HMAC.
 */
const verifiedKeys = new Map<string, KeyObject>();
const verifiedKeysLimit = 100;

/**
 * Whether the claim was signed with the secret; never for an undefined secret.
 *
 * Accepting is one HMAC once the signing key is remembered. Refusing is always that HMAC, a derivation and a second
 * HMAC, whether the access key is unknown, its secret wrong or its signing key new here: the time tells nothing.
 */
export function isSignedWith(secretAccessKey: string | undefined, claim: Claim): boolean {
  const scope = `${claim.scope.day}/${claim.scope.region}/${claim.scope.service}/${claim.scope.terminator}`;
  const stringToSign = `${signingAlgorithm}\n${claim.date}\n${scope}\n${sha256Hex(claim.canonicalRequest)}`;
  const secret = secretAccessKey ?? secretOfNobody;
  const name = `${scope}/${secret}`;
  if (isSignature(claim.signature, verifiedKeys.get(name) ?? keyOfNobody, stringToSign)) return true;

  const signingKey = deriveSigningKey(secret, claim.scope);
  if (!isSignature(claim.signature, signingKey, stringToSign)) return false;
  remember(name, signingKey);
  return true;
}

function isSignature(signature: string, signingKey: KeyObject, stringToSign: string): boolean {
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac(signingKey, stringToSign));
}

function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  const dayKey = hmac(`AWS4${secretAccessKey}`, scope.day);
  const regionKey = hmac(dayKey, scope.region);
  const serviceKey = hmac(regionKey, scope.service);
  return createSecretKey(hmac(serviceKey, scope.terminator));
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function remember(name: string, signingKey: KeyObject): void {
  if (verifiedKeys.size >= verifiedKeysLimit) {
    const [oldest = ''] = verifiedKeys.keys();
    verifiedKeys.delete(oldest);
  }
  verifiedKeys.set(name, signingKey);
}
