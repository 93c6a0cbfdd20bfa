import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receive, signedByEach, signedHeadersOf, withHeader } from './requests.ts';
import { createPlayerSession } from './signers.ts';

const requests = (await signedByEach(createPlayerSession)).map(([, request]) => request);
const anyRequest = fc.constantFrom(...requests);

test('no bit of a signed body can be flipped', async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, fc.nat(), fc.nat({ max: 7 }), async (request, position, bit) => {
      const body = Uint8Array.from(request.body);
      const index = position % body.length;
      body[index] = (body[index] ?? 0) ^ (1 << bit);
      expect(await receive({ ...request, body })).toMatchObject({ kind: 'bad-signature' });
    }),
  );
});

test('no character of a signed header can be replaced', async () => {
  const character = fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      anyRequest,
      fc.nat(),
      fc.nat(),
      character,
      async (request, which, position, replacement) => {
        const names = signedHeadersOf(request);
        const name = names[which % names.length] ?? '';
        const value = request.headers[name] ?? '';
        const index = position % value.length;
        const tampered = value.slice(0, index) + replacement + value.slice(index + 1);
        fc.pre(collapsed(tampered) !== collapsed(value));
        expect((await receive(withHeader(request, name, tampered))).kind).not.toBe('authenticated');
      },
    ),
  );
});

test('no character of an Authorization header can be replaced', async () => {
  const character = fc.constantFrom(...'0123456789abcdefABCDEF/=;,- AWSZ');
  await fc.assert(
    fc.asyncProperty(anyRequest, fc.nat(), character, async (request, position, replacement) => {
      const value = request.headers['authorization'] ?? '';
      const index = position % value.length;
      fc.pre(value[index] !== replacement && value[index] !== ' ');
      const tampered = value.slice(0, index) + replacement + value.slice(index + 1);
      expect((await receive(withHeader(request, 'authorization', tampered))).kind).not.toBe('authenticated');
    }),
  );
});

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), loneSurrogates());
const part = fc.oneof(
  text,
  fc.constantFrom('Credential', 'SignedHeaders', 'Signature', '=', ',', '/', ';', 'host', 'x-amz-target'),
  fc.constantFrom('OPENSLOTLOCAL/20261121/us-east-1/gamelift/aws4_request', '__proto__', 'a'.repeat(64)),
);
const authorization = fc.array(part).map((parts) => `AWS4-HMAC-SHA256 ${parts.join('')}`);

test('whatever a request says, it is refused and never an exception', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: text,
        path: text,
        query: text,
        headers: fc.record(
          { authorization: fc.oneof(authorization, text), 'x-amz-date': text, date: text, host: text },
          { requiredKeys: [] },
        ),
        body: fc.uint8Array(),
      }),
      async (request) => {
        expect((await receive(request)).kind).not.toBe('authenticated');
      },
    ),
    { numRuns: 500 },
  );
});

test('any method, path and query under a whole signature are a bad signature, never an exception', async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, text, text, text, async (request, method, path, query) => {
      fc.pre(method !== request.method);
      const answer = await receive({ ...request, method, path, query });
      expect(answer.kind).toBe('bad-signature');
    }),
  );
});

function collapsed(value: string): string {
  return value.trim().replace(/[ \t\r\n]+/g, ' ');
}

function loneSurrogates(): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 0xd800, max: 0xdfff })).map((units) => String.fromCharCode(...units));
}
