import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SignedRequest } from '#lib/auth/sigv4.ts';
import { receive, signedByEach, signedHeadersOf, withAuthorization, withHeader } from './requests.ts';
import { createPlayerSession, secretAccessKey } from './signers.ts';

type Tampering = (request: SignedRequest) => SignedRequest;

const authorization = (from: string | RegExp, to: string): Tampering => {
  return (request) => withAuthorization(request, from, to);
};
const header = (name: string, value: string | undefined): Tampering => {
  return (request) => withHeader(request, name, value);
};

const badSignature: readonly (readonly [string, Tampering])[] = [
  ['another method', (request) => ({ ...request, method: 'PUT' })],
  ['another path', (request) => ({ ...request, path: '/service' })],
  ['a query', (request) => ({ ...request, query: 'a=1' })],
  ['another body', (request) => ({ ...request, body: Buffer.from('{"PlayerId":"eve"}') })],
  ['no body', (request) => ({ ...request, body: new Uint8Array() })],
  [
    'another body whose hash is given anew',
    (request) => {
      const body = Buffer.from('{"PlayerId":"eve"}');
      return { ...withHeader(request, 'x-amz-content-sha256', sha256(body)), body };
    },
  ],
  ['a body hash of something else', header('x-amz-content-sha256', sha256(Buffer.from('else')))],
  ['an unsigned payload', header('x-amz-content-sha256', 'UNSIGNED-PAYLOAD')],
  ['a streamed payload', header('x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD')],
  ['a date one minute later', header('x-amz-date', '20261121T100100Z')],
  ['a date on another day than the scope', header('x-amz-date', '20261122T095900Z')],
  ['a scope on another day than the date', authorization('/20261121/', '/20261120/')],
  ['another region', authorization('/us-east-1/', '/us-east-2/')],
  ['another service', authorization('/gamelift/', '/dynamodb/')],
  ["another key's id", authorization('OPENSLOTLOCAL', 'OTHER')],
  ['a signature of zeros', authorization(/Signature=.*/, `Signature=${'0'.repeat(64)}`)],
  ['a signature cut short', authorization(/.$/, '')],
  ['a signature with more after it', authorization(/$/, '00')],
  ['a signature that is not hexadecimal', authorization(/Signature=.*/, `Signature=${'z'.repeat(64)}`)],
  ['the target not signed', authorization(/;x-amz-target/, '')],
  ['a header signed that was not', authorization(/;x-amz-target/, ';x-amz-target;x-amz-zzz')],
  [
    'names signed that every object has',
    authorization(/;x-amz-target/, ';x-amz-target;__proto__;constructor'),
  ],
  ['both kinds of authentication', (request) => ({ ...request, query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256' })],
];

const others: readonly (readonly [string, Tampering, object])[] = [
  [
    'host not signed',
    authorization(/(;|=)host;/, '$1'),
    { kind: 'bad-signature', message: "'host' must be a 'SignedHeader' in the AWS Authorization." },
  ],
  [
    'a header signed twice',
    authorization('SignedHeaders=', 'SignedHeaders=host;'),
    { kind: 'bad-signature', message: 'SignedHeaders must name each header once.' },
  ],
  [
    'another terminator',
    authorization('aws4_request', 'aws4_reply'),
    {
      kind: 'bad-signature',
      message: "Credential should be scoped with a valid terminator: 'aws4_request'.",
    },
  ],
  ['an unknown key', authorization('OPENSLOTLOCAL', 'AKIDUNKNOWN'), { kind: 'unknown-key' }],
  ['a date ten minutes early', header('x-amz-date', '20261121T095000Z'), { kind: 'outside-clock-skew' }],
  ['a date ten minutes late', header('x-amz-date', '20261121T101000Z'), { kind: 'outside-clock-skew' }],
  [
    'no Authorization header',
    header('authorization', undefined),
    { kind: 'missing', message: 'Missing Authentication Token' },
  ],
  [
    'an Authorization header of another kind',
    header('authorization', 'Bearer abc'),
    { kind: 'missing', message: 'Missing Authentication Token' },
  ],
  ['an empty Authorization header', header('authorization', ' '), { kind: 'missing' }],
  [
    'the elliptic-curve algorithm',
    authorization('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
    { kind: 'incomplete', message: 'Unsupported algorithm: use AWS4-HMAC-SHA256.' },
  ],
  [
    'no Credential',
    authorization(/Credential=[^,]*, /, ''),
    { kind: 'incomplete', message: "Authorization header requires 'Credential' parameter." },
  ],
  [
    'an empty Signature',
    authorization(/Signature=.*/, 'Signature='),
    { kind: 'incomplete', message: "Authorization header requires 'Signature' parameter." },
  ],
  [
    'no SignedHeaders',
    authorization(/SignedHeaders=[^,]*, /, ''),
    { kind: 'incomplete', message: "Authorization header requires 'SignedHeaders' parameter." },
  ],
  [
    'no date',
    header('x-amz-date', undefined),
    {
      kind: 'incomplete',
      message: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    },
  ],
  [
    'an Authorization header of the algorithm alone, and no date',
    (request) =>
      withHeader(withHeader(request, 'authorization', 'AWS4-HMAC-SHA256 x'), 'x-amz-date', undefined),
    {
      kind: 'incomplete',
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    },
  ],
  [
    'a date that is none',
    header('x-amz-date', '20261321T100000Z'),
    {
      kind: 'incomplete',
      message: "Date must be in ISO-8601 'basic format', YYYYMMDDTHHMMSSZ, or an HTTP date.",
    },
  ],
  [
    'a credential of four elements',
    authorization('/aws4_request', ''),
    {
      kind: 'incomplete',
      message: 'Credential must have exactly 5 slash-delimited elements, keyid/date/region/service/term.',
    },
  ],
  ['a credential of six elements', authorization('/us-', '/a/us-'), { kind: 'incomplete' }],
  [
    'authentication in the query alone',
    (request) => ({
      ...withHeader(request, 'authorization', undefined),
      query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    }),
    {
      kind: 'incomplete',
      message: "Query-string signatures are not supported: use the 'Authorization' header.",
    },
  ],
];

describe.each(await signedByEach(createPlayerSession))(
  'a request signed by %s, then sent with',
  (_, request) => {
    test.each(badSignature)('%s, is a bad signature', async (_, tamper) => {
      const authentication = await receive(tamper(request));
      expect(authentication).toMatchObject({ kind: 'bad-signature' });
    });

    test.each(others)('%s, is refused', async (_, tamper, refusal) => {
      expect(await receive(tamper(request))).toMatchObject(refusal);
    });

    test.each(signedHeadersOf(request).filter((name) => name !== 'x-amz-date'))(
      '%s changed, left out or no longer signed, is a bad signature',
      async (name) => {
        const value = request.headers[name];
        expect(value).not.toBeUndefined();
        for (const tampered of [
          withHeader(request, name, `${value}1`),
          withHeader(request, name, undefined),
          withAuthorization(
            request,
            new RegExp(`(=|;)${name}(;|,)`),
            name === signedHeadersOf(request)[0] ? '$1' : '$2',
          ),
        ]) {
          expect(await receive(tampered)).toMatchObject({ kind: 'bad-signature' });
        }
      },
    );

    test('anything wrong, is told nothing that would help to forge it', async () => {
      const signature = /Signature=(.*)/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      for (const [, tamper] of [...badSignature, ...others]) {
        const told = JSON.stringify(await receive(tamper(request)));
        expect(told).not.toContain(secretAccessKey);
        expect(told).not.toContain(signature);
      }
    });
  },
);

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
