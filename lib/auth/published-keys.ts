import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import * as v from 'valibot';

/** What tokens may be signed with. */
export const tokenAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

const leastModulusBits = 2048;

/**
 * Reads the public keys for signatures from a JSON Web Key Set (RFC 7517). An entry that is good for none of the
 * algorithms is left out, as the RFC says: issuers publish keys for other purposes too.
 *
 * @throws Error for anything but a key set
 */
export function readPublishedKeys(text: string): readonly JWK[] {
  const parsed = v.safeParse(keySetShape, text);
  if (!parsed.success) throw new Error('The key set must be a JSON object with a list of keys.');
  return parsed.output.keys.flatMap((written) => {
    const key = v.safeParse(keyShape, written);
    return key.success && canBeUsed(key.output) ? [key.output] : [];
  });
}

const keySetShape = v.pipe(v.string(), v.parseJson(), v.object({ keys: v.array(v.unknown()) }));

const common = {
  kid: v.exactOptional(v.string()),
  alg: v.exactOptional(v.picklist(tokenAlgorithms)),
};

/** Whoever publishes the private half has published the power to sign. */
const withoutPrivateHalf = { d: v.optional(v.never()) };

const keyShape = v.pipe(
  v.looseObject({
    use: v.optional(v.literal('sig')),
    key_ops: v.optional(v.pipe(v.array(v.string()), v.includes('verify'))),
    ...withoutPrivateHalf,
  }),
  v.variant('kty', [
    v.object({ kty: v.literal('RSA'), n: v.string(), e: v.string(), ...common }),
    v.object({ kty: v.literal('EC'), crv: v.literal('P-256'), x: v.string(), y: v.string(), ...common }),
    v.object({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: v.string(), ...common }),
  ]),
);

/** Whether the numbers are those of a key: verifying with others would end in an exception for each token. */
function canBeUsed(key: JWK): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...key }, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    return bits === undefined || bits >= leastModulusBits;
  } catch {
    return false;
  }
}
