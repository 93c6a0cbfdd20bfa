import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPublishedKeys } from '#lib/auth/published-keys.ts';

type Keys = { readonly publicKey: JsonWebKey; readonly privateKey: JsonWebKey };

function rsa(modulusLength: number): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { publicKey: publicKey.export({ format: 'jwk' }), privateKey: privateKey.export({ format: 'jwk' }) };
}

function ec(namedCurve: string): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return { publicKey: publicKey.export({ format: 'jwk' }), privateKey: privateKey.export({ format: 'jwk' }) };
}

const [rsa2048, p256] = [rsa(2048), ec('P-256')];
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });

const read = (...keys: readonly unknown[]) => readPublishedKeys(JSON.stringify({ keys }));

describe('a published key', () => {
  test.each([
    ['RSA of 2,048 bits', rsa2048.publicKey],
    ['P-256', p256.publicKey],
    ['Ed25519', ed25519],
  ])('of %s is read with its id and algorithm', (_, key) => {
    expect(read(key)).toEqual([key]);
    expect(read({ ...key, kid: '1', use: 'sig', key_ops: ['verify'], x5t: 'abc' })).toEqual([
      { ...key, kid: '1' },
    ]);
  });

  test.each([
    ['RSA of 1,024 bits', rsa(1024).publicKey],
    ['P-384', ec('P-384').publicKey],
    ['Ed448', ed448],
    ['a secret', { kty: 'oct', k: 'c2VjcmV0' }],
    ['RSA with its private half', rsa2048.privateKey],
    ['P-256 with its private half', p256.privateKey],
    ['P-256 and no point of the curve', { ...p256.publicKey, y: p256.publicKey.x }],
    ['RSA without a modulus', { kty: 'RSA', e: 'AQAB' }],
    ['RSA with an empty modulus', { kty: 'RSA', e: 'AQAB', n: '' }],
    ['no kind', {}],
    ['encryption', { ...rsa2048.publicKey, use: 'enc' }],
    ['other operations', { ...rsa2048.publicKey, key_ops: ['encrypt'] }],
    ['another algorithm', { ...rsa2048.publicKey, alg: 'RS512' }],
    ['an id that is no text', { ...rsa2048.publicKey, kid: 7 }],
    ['null', null],
    ['text', 'key'],
  ])('of %s is left out, and the others stay', (_, key) => {
    expect(read(key, p256.publicKey)).toEqual([p256.publicKey]);
  });

  test.each(['', '[]', 'null', '{}', '{"keys":null}', '{"keys":{"0":{}}}', '{"keys":['])(
    'is not looked for in what is no key set: %s',
    (text) => expect(() => readPublishedKeys(text)).toThrow('The key set must be a JSON object'),
  );
});
