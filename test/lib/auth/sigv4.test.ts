import { describe, expect, test } from 'vitest';
import type { AccessKeys } from '#lib/auth/access-keys.ts';
import type { IssuedKey } from '#lib/auth/issued-keys.ts';
import { roles } from '#lib/auth/roles.ts';
import type { SignedRequest } from '#lib/auth/sigv4.ts';
import { authenticate } from '#lib/auth/sigv4.ts';
import {
  accessKeys,
  issued,
  issuedTo,
  now,
  receive,
  signedByEach,
  signerOf,
  signing,
  withHeader,
} from './requests.ts';
import { accessKeyId, createPlayerSession, secretAccessKey, signers } from './signers.ts';

const authenticated = { kind: 'authenticated', accessKeyId, secretAccessKey, role: 'admin' };

describe.each(await signedByEach(createPlayerSession))('a request signed by %s', (_, request) => {
  test('is accepted as it comes and says whose it is', async () => {
    expect(await receive(request)).toEqual(authenticated);
  });

  test('is accepted again, as a retry of the very same bytes is', async () => {
    await receive(request);
    expect(await receive(request)).toEqual(authenticated);
  });

  test('may pass proxies that add headers of their own', async () => {
    const proxied = withHeader(withHeader(request, 'x-amz-cf-id', 'abc'), 'x-forwarded-for', '192.0.2.1');
    expect(await receive(proxied)).toEqual(authenticated);
  });
});

describe.each(Object.entries(signers))('%s', (_, sign) => {
  test.each([
    ['/service/GameLift/operation/CreatePlayerSession', ''],
    ['/', 'b=2&a=1&a=0&a-b=3'],
    ['/', 'name=%C3%A9t%C3%A9%20%2F%2B%7E*&empty='],
    ['/sessions/a%20b/%C3%A9', ''],
    ['/it%27s%28not%29%2Aplain%21', ''],
  ])('signs %s?%s as it is verified', async (path, query) => {
    const request = await sign({ ...createPlayerSession, path, query }, signing);
    expect(await receive(request)).toEqual(authenticated);
  });

  test.each(['eu-central-1', 'us-gov-west-1', 'custom'])(
    'may sign for any region, such as %s',
    async (region) => {
      expect(await receive(await sign(createPlayerSession, { ...signing, region }))).toEqual(authenticated);
    },
  );

  test('may send no body', async () => {
    expect(await receive(await sign({ ...createPlayerSession, body: '' }, signing))).toEqual(authenticated);
  });

  test('may sign a header with spaces around and within', async () => {
    const headers = { ...createPlayerSession.headers, 'x-amz-note': 'two  spaces   and three' };
    expect(await receive(await sign({ ...createPlayerSession, headers }, signing))).toEqual(authenticated);
  });

  test('must sign for the service', async () => {
    const request = await sign(createPlayerSession, { ...signing, service: 'execute-api' });
    expect(await receive(request)).toEqual({
      kind: 'bad-signature',
      message: "Credential should be scoped to correct service: 'gamelift'.",
    });
  });

  test('is refused with a wrong secret', async () => {
    const request = await sign(createPlayerSession, { ...signing, secretAccessKey: 'openslot-other' });
    expect(await receive(request)).toMatchObject({ kind: 'bad-signature' });
  });

  test("is refused with another key's secret", async () => {
    const request = await sign(createPlayerSession, { ...signing, secretAccessKey: 'other-secret' });
    expect(await receive(request)).toMatchObject({ kind: 'bad-signature' });
  });

  test.each(['AKIDUNKNOWN', '__proto__', 'constructor'])(
    'is refused with the unknown key %s',
    async (unknown) => {
      const request = await sign(createPlayerSession, { ...signing, accessKeyId: unknown });
      expect(await receive(request)).toEqual({
        kind: 'unknown-key',
        message: 'The security token included in the request is invalid.',
      });
    },
  );

  test('must sign the headers that decide what is done', async () => {
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const request = await sign({ ...createPlayerSession, headers }, signing);
    expect(await receive(withHeader(request, 'x-amz-target', 'GameLift.DeleteFleet'))).toEqual({
      kind: 'bad-signature',
      message: "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });
});

describe('a request that a client was seen to send', () => {
  const sentAt = Date.UTC(2026, 10, 21, 20, 26, 50);
  const credential = `Credential=${accessKeyId}/20261121/us-east-1/gamelift/aws4_request`;

  function sent(request: {
    readonly signedHeaders: string;
    readonly signature: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
    readonly path?: string;
    readonly query?: string;
  }): SignedRequest {
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${request.signedHeaders}, Signature=${request.signature}`;
    return {
      method: 'POST',
      path: request.path ?? '/',
      query: request.query ?? '',
      headers: {
        ...request.headers,
        host: '127.0.0.1:47811',
        'x-amz-date': '20261121T202650Z',
        authorization,
      },
      body: Buffer.from(request.body),
    };
  }

  test('boto3 1.43: amz-sdk-request and the body hash are not signed', async () => {
    const request = sent({
      signedHeaders: 'content-type;host;x-amz-date;x-amz-target',
      signature: '182ae75ba30d59753a7a95ebba42f39df1a183a6d092480a1ae49e0c3230c1f6',
      headers: {
        'x-amz-target': 'GameLift.CreatePlayerSession',
        'content-type': 'application/x-amz-json-1.1',
        'amz-sdk-invocation-id': '99a4b3ff-e578-4048-a17c-9cc276395181',
        'amz-sdk-request': 'attempt=1',
        'content-length': '45',
      },
      body: '{"GameSessionId": "arn:x", "PlayerId": "ada"}',
    });
    expect(await receive(request, { now: sentAt })).toEqual(authenticated);
  });

  test('curl 7.88 with --aws-sigv4 aws:amz:us-east-1:gamelift', async () => {
    const request = sent({
      signedHeaders: 'content-type;host;x-amz-date;x-amz-target',
      signature: '4c632c6500300ff2548592667c4e287fe9345c6c691e7c5c676b29f8dc11becd',
      headers: {
        'x-amz-target': 'GameLift.CreatePlayerSession',
        'content-type': 'application/x-amz-json-1.1',
        'user-agent': 'curl/7.88.1',
        accept: '*/*',
        'content-length': '42',
      },
      body: '{"GameSessionId":"arn:x","PlayerId":"ada"}',
    });
    expect(await receive(request, { now: sentAt })).toEqual(authenticated);
  });
});

describe('the date', () => {
  const sign = signerOf('aws4');
  const request = () => sign(createPlayerSession, signing);

  test.each(['Sat, 21 Nov 2026 10:00:00 GMT', 'Sat, 21 Nov 2026 10:00:00 -0000'])(
    'is read from the date header when there is no x-amz-date: %s',
    async (date) => {
      const headers = { ...createPlayerSession.headers, date };
      const dated = await sign({ ...createPlayerSession, headers }, signing);
      expect(dated.headers).not.toHaveProperty('x-amz-date');
      expect(await receive(dated)).toEqual(authenticated);
      expect(await receive(dated, { now: now + 301_000 })).toMatchObject({ kind: 'outside-clock-skew' });
    },
  );

  test.each([
    [-300_000, 'authenticated'],
    [300_000, 'authenticated'],
    [300_999, 'authenticated'],
    [301_000, 'outside-clock-skew'],
    [-301_000, 'outside-clock-skew'],
  ])('may lie five minutes from the clock: %i ms is %s', async (milliseconds, kind) => {
    expect(await receive(await request(), { now: now + milliseconds })).toMatchObject({ kind });
  });

  test('that is too old is named with the earliest that would do', async () => {
    expect(await receive(await request(), { now: now + 600_000 })).toEqual({
      kind: 'outside-clock-skew',
      message:
        'Signature expired: 20261121T100000Z is now earlier than 20261121T100500Z (20261121T101000Z - 5 min.)',
    });
  });

  test('that is yet to come is named with the latest that would do', async () => {
    expect(await receive(await request(), { now: now - 600_000 })).toEqual({
      kind: 'outside-clock-skew',
      message:
        'Signature not yet current: 20261121T100000Z is still later than 20261121T095500Z (20261121T095000Z + 5 min.)',
    });
  });
});

describe('keys that change', () => {
  const old = issuedTo({ [accessKeyId]: 'old-secret' });
  const fresh = issuedTo({ [accessKeyId]: secretAccessKey });
  const requirements = { service: 'gamelift', signedHeaders: ['x-amz-target'], now } as const;

  test.each([
    ['a new secret', old],
    ['a key issued a moment ago', issuedTo({})],
  ])('%s is good as soon as the keys are read anew', async (_, current) => {
    for (const [, request] of await signedByEach(createPlayerSession)) {
      const keys = { current: async () => current, latest: async () => fresh };
      expect(await authenticate(request, requirements, keys)).toEqual(authenticated);
    }
  });

  test('a key taken back is unknown once the keys are read anew', async () => {
    for (const [, request] of await signedByEach(createPlayerSession)) {
      const keys = { current: async () => old, latest: async () => issuedTo({}) };
      expect(await authenticate(request, requirements, keys)).toMatchObject({ kind: 'unknown-key' });
    }
  });

  test('a request that verifies never asks for the latest keys', async () => {
    const latest = () => Promise.reject(new Error('Read anew'));
    for (const [, request] of await signedByEach(createPlayerSession)) {
      expect(await authenticate(request, requirements, { ...accessKeys, latest })).toEqual(authenticated);
    }
  });

  test('no keys at all are an exception, not a refusal of the caller', async () => {
    const current = () => Promise.reject(new Error('Secrets Manager is away'));
    for (const [, request] of await signedByEach(createPlayerSession)) {
      await expect(authenticate(request, requirements, { ...issued({}), current })).rejects.toThrow(
        'is away',
      );
    }
  });
});

describe('an issued key', () => {
  const holding = (key: IssuedKey): AccessKeys => {
    const keys = new Map([[accessKeyId, key]]);
    return { current: async () => keys, latest: async () => keys };
  };

  test.each(roles)('says that its holder is %s', async (role) => {
    for (const [, request] of await signedByEach(createPlayerSession)) {
      const keys = holding({ secretAccessKey, role });
      expect(await receive(request, { accessKeys: keys })).toEqual({ ...authenticated, role });
    }
  });

  test.each([
    ['a minute before its last', now + 60_000, 'authenticated'],
    ['a millisecond before its last', now + 1, 'authenticated'],
    ['at its last', now, 'unknown-key'],
    ['long after it', now - 86_400_000, 'unknown-key'],
  ])('is good until its time: %s', async (_, until, kind) => {
    for (const [, request] of await signedByEach(createPlayerSession)) {
      const keys = holding({ secretAccessKey, role: 'admin', until });
      expect(await receive(request, { accessKeys: keys })).toMatchObject({ kind });
    }
  });

  test('past its time is refused in the words for one that was never issued', async () => {
    for (const [, request] of await signedByEach(createPlayerSession)) {
      const past = holding({ secretAccessKey, role: 'admin', until: now });
      expect(await receive(request, { accessKeys: past })).toEqual(
        await receive(request, { accessKeys: issued({}) }),
      );
    }
  });

  test('that was taken back and given out again in the meantime is good as soon as the keys are read anew', async () => {
    const past = new Map([[accessKeyId, { secretAccessKey, role: 'admin', until: now } as const]]);
    const keys = {
      current: async () => past,
      latest: async () => issuedTo({ [accessKeyId]: secretAccessKey }),
    };
    for (const [, request] of await signedByEach(createPlayerSession)) {
      expect(await receive(request, { accessKeys: keys })).toEqual(authenticated);
    }
  });
});
