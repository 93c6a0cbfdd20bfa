import type { AccessKeys } from '#lib/auth/access-keys.ts';
import type { IssuedKeys } from '#lib/auth/issued-keys.ts';
import { type Authentication, authenticate, type SignedRequest } from '#lib/auth/sigv4.ts';
import { accessKeyId, type Draft, type Signer, secretAccessKey, signers, signWithTheSdk } from './signers.ts';

/** 2026-11-21T10:00:00Z, when the tests' requests are signed and received. */
export const now = Date.UTC(2026, 10, 21, 10);

export const signing = { accessKeyId, secretAccessKey, region: 'us-east-1', service: 'gamelift', time: now };

/** Keys of admins, by access key id. */
export const issuedTo = (keys: Readonly<Record<string, string>>): IssuedKeys =>
  new Map(
    Object.entries(keys).map(([id, secretAccessKey]) => [id, { secretAccessKey, role: 'admin' as const }]),
  );

/** Keys as a cache would hold them. */
export function issued(keys: Readonly<Record<string, string>>): AccessKeys {
  const map = issuedTo(keys);
  return { current: async () => map, latest: async () => map };
}

export const accessKeys = issued({ OTHER: 'other-secret', [accessKeyId]: secretAccessKey });

/** Authenticates as the door for AWS JSON does. */
export function receive(
  request: SignedRequest,
  at: { readonly now?: number; readonly accessKeys?: AccessKeys } = {},
): Promise<Authentication> {
  const requirements = { service: 'gamelift', signedHeaders: ['x-amz-target'], now: at.now ?? now } as const;
  return authenticate(request, requirements, at.accessKeys ?? accessKeys);
}

/** Every signer's rendering of the ordinary call, the AWS SDK's own among them. */
export async function signedByEach(draft: Draft): Promise<readonly (readonly [string, SignedRequest])[]> {
  const others = Object.entries(signers).map(
    async ([name, sign]) => [name, await sign(draft, signing)] as const,
  );
  return [['@aws-sdk/client-gamelift', await signWithTheSdk(signing)], ...(await Promise.all(others))];
}

export function signerOf(name: string): Signer {
  const signer = signers[name];
  if (signer === undefined) throw new Error(`No signer ${name}`);
  return signer;
}

export function withHeader(request: SignedRequest, name: string, value: string | undefined): SignedRequest {
  const { [name]: _, ...others } = request.headers;
  return { ...request, headers: value === undefined ? others : { ...others, [name]: value } };
}

/** The request with its Authorization header edited, and proof that the edit found something to change. */
export function withAuthorization(request: SignedRequest, from: string | RegExp, to: string): SignedRequest {
  const before = request.headers['authorization'] ?? '';
  const after = before.replace(from, to);
  if (after === before) throw new Error(`The Authorization header has no ${from}`);
  return withHeader(request, 'authorization', after);
}

export function signedHeadersOf(request: SignedRequest): readonly string[] {
  return /SignedHeaders=([^,]*)/.exec(request.headers['authorization'] ?? '')?.[1]?.split(';') ?? [];
}
