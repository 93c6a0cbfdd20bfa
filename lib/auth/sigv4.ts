import type { AccessKeys } from './access-keys.ts';
import { type Authorization, formatSigningDate, readAuthorization } from './authorization.ts';
import { canonicalRequest, headerOf, type SignedRequest, sha256Hex } from './canonical-request.ts';
import { type IssuedKeys, isInForce } from './issued-keys.ts';
import type { Role } from './roles.ts';
import { type Claim, isSignedWith } from './signing-keys.ts';

export type { SignedRequest } from './canonical-request.ts';

/** How far a request's date may lie from `now`, before or after. */
const clockSkewMinutes = 5;

export type Requirements = {
  /** The service in the credential scope. */
  readonly service: 'gamelift';
  /** Lower-case names of headers that, with `host`, must be signed because they decide what the request does. */
  readonly signedHeaders: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
};

/** A caller that holds an issued key, or why the request is refused, with a message that may be shown to anybody. */
export type Authentication = Authenticated | Refusal;

export type Authenticated = {
  readonly kind: 'authenticated';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly role: Role;
};

export type Refusal = {
  readonly kind: 'missing' | 'incomplete' | 'unknown-key' | 'bad-signature' | 'outside-clock-skew';
  readonly message: string;
};

/**
 * Verifies a request's AWS Signature Version 4 (Authorization header, AWS4-HMAC-SHA256) against the issued access keys.
 * The order is: a signature is there, it is whole, its scope fits, the clock, the body's hash, and last the key and
 * the signature. The clock comes before the signature, as in the services of AWS: it gives away nothing but this
 * server's time, and old requests then cause no reading of keys.
 *
 * An x-amz-* header that nobody requires may go unsigned, as proxies add their own; nothing here acts on one. The date
 * and the body are part of what is signed whichever headers are.
 *
 * Nothing in the request makes it throw; it rejects when no access keys are to be had.
 */
export async function authenticate(
  request: SignedRequest,
  requirements: Requirements,
  accessKeys: AccessKeys,
): Promise<Authentication> {
  const authorization = readAuthorization(request);
  if (authorization.kind !== 'read') return { kind: authorization.kind, message: authorization.message };
  const bodyHash = sha256Hex(request.body);
  const refusal =
    checkScope(authorization, requirements) ??
    checkSignedHeaders(authorization, requirements) ??
    checkClock(authorization, requirements) ??
    checkBodyHash(request, bodyHash);
  if (refusal !== undefined) return refusal;

  const claim: Claim = {
    scope: authorization.scope,
    date: authorization.date.text,
    canonicalRequest: canonicalRequest(request, authorization.signedHeaders, bodyHash),
    signature: authorization.signature,
  };
  const issued = await accessKeys.current(requirements.now);
  const authentication = verify(authorization.accessKeyId, claim, issued, requirements.now);
  if (authentication.kind === 'authenticated') return authentication;

  // A key issued or changed a moment ago is good at once: what failed is tried again if the keys were read anew.
  const latest = await accessKeys.latest(requirements.now);
  if (latest === issued) return authentication;
  return verify(authorization.accessKeyId, claim, latest, requirements.now);
}

/**
 * Both refusals come after the same work: neither is cheaper to ask for, and the time tells nothing more than they do. A
 * key past its time is one that was never issued, to whoever signs with it.
 */
function verify(accessKeyId: string, claim: Claim, issued: IssuedKeys, now: number): Authentication {
  const found = issued.get(accessKeyId);
  const key = found !== undefined && isInForce(found, now) ? found : undefined;
  const isSigned = isSignedWith(key?.secretAccessKey, claim);
  if (key === undefined) {
    return { kind: 'unknown-key', message: 'The security token included in the request is invalid.' };
  }
  if (!isSigned) {
    return badSignature(
      'The request signature we calculated does not match the signature you provided. Check the secret access key and the signing method.',
    );
  }
  return { kind: 'authenticated', accessKeyId, secretAccessKey: key.secretAccessKey, role: key.role };
}

function checkScope({ scope, date }: Authorization, { service }: Requirements): Refusal | undefined {
  if (scope.service !== service) {
    return badSignature(`Credential should be scoped to correct service: '${service}'.`);
  }
  if (scope.terminator !== 'aws4_request') {
    return badSignature("Credential should be scoped with a valid terminator: 'aws4_request'.");
  }
  const day = date.text.slice(0, 8);
  if (scope.day !== day) {
    return badSignature(`Date in Credential scope does not match the request's date: '${day}'.`);
  }
  return undefined;
}

function checkSignedHeaders(authorization: Authorization, requirements: Requirements): Refusal | undefined {
  const required = ['host', ...requirements.signedHeaders];
  const unsigned = required.find((name) => !authorization.signedHeaders.includes(name));
  if (unsigned === undefined) return undefined;
  return badSignature(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
}

function checkClock({ date }: Authorization, requirements: Requirements): Refusal | undefined {
  // Signing dates have no fraction: against one, five minutes would be up half a second early.
  const now = Math.floor(requirements.now / 1000) * 1000;
  const [earliest, latest] = [now - clockSkewMinutes * 60_000, now + clockSkewMinutes * 60_000];
  if (date.time < earliest) {
    return outsideClockSkew(
      `Signature expired: ${date.text} is now earlier than ${formatSigningDate(earliest)} (${formatSigningDate(now)} - ${clockSkewMinutes} min.)`,
    );
  }
  if (date.time > latest) {
    return outsideClockSkew(
      `Signature not yet current: ${date.text} is still later than ${formatSigningDate(latest)} (${formatSigningDate(now)} + ${clockSkewMinutes} min.)`,
    );
  }
  return undefined;
}

/** A client's own word on its body must be true. `UNSIGNED-PAYLOAD` and the streaming kinds are no hash of it. */
function checkBodyHash(request: SignedRequest, bodyHash: string): Refusal | undefined {
  const declared = headerOf(request, 'x-amz-content-sha256');
  if (declared === undefined || declared === bodyHash) return undefined;
  return badSignature("'x-amz-content-sha256' is not the SHA-256 of the body.");
}

function badSignature(message: string): Refusal {
  return { kind: 'bad-signature', message };
}

function outsideClockSkew(message: string): Refusal {
  return { kind: 'outside-clock-skew', message };
}
