import { APIGatewayProxyEventV2Schema } from '@aws-lambda-powertools/parser/schemas/api-gatewayv2';
import { describe, expect, test } from 'vitest';
import { type GatewayRequest, gatewayEvent } from '#infra/local/gateway-event.ts';

const plain: GatewayRequest = {
  method: 'POST',
  path: '/',
  query: '',
  rawHeaders: ['Host', '127.0.0.1:4800', 'User-Agent', 'tests/1.0'],
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  port: 4800,
  receivedAt: Date.UTC(2020, 2, 5, 9, 3, 8, 390),
};
const match = {
  route: { method: 'POST', path: '/', functionId: 'Door' },
  routeKey: 'POST /',
  pathParameters: {},
};
const eventOf = (changes: Partial<GatewayRequest>, pathParameters: Record<string, string> = {}) =>
  gatewayEvent({ ...plain, ...changes }, { ...match, pathParameters });
const withType = (contentType: string, body: Buffer) =>
  eventOf({ rawHeaders: ['Content-Type', contentType], body });

describe('an event of the HTTP API, payload format version 2.0', () => {
  test('of a bare request has these members and no other', () => {
    const { requestContext, headers, ...event } = eventOf({});
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /',
      rawPath: '/',
      rawQueryString: '',
      isBase64Encoded: false,
    });
    expect(headers).toEqual({
      host: '127.0.0.1:4800',
      'user-agent': 'tests/1.0',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-5e60c04c-[0-9a-f]{24}$/),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': '4800',
      'x-forwarded-proto': 'http',
    });
    expect(requestContext).toEqual({
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: {
        method: 'POST',
        path: '/',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'tests/1.0',
      },
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
      routeKey: 'POST /',
      stage: '$default',
      time: '05/Mar/2020:09:03:08 +0000',
      timeEpoch: 1583398988390,
    });
  });

  test.each([
    ['bare', eventOf({})],
    [
      'with everything',
      eventOf(
        {
          path: '/a%20b/c',
          query: 'x=1&x=2',
          rawHeaders: ['Cookie', 'a=b; c=d', 'Content-Type', 'text/plain'],
          body: Buffer.from('hello'),
        },
        { proxy: 'a b/c' },
      ),
    ],
    ['with bytes', withType('application/cbor', Buffer.from([0xbf, 0xff]))],
  ])('satisfies the published schema: %s', (_, event) => {
    expect(APIGatewayProxyEventV2Schema.safeParse(event).error).toBeUndefined();
  });

  test.each([
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['text/plain', true],
    ['TEXT/HTML', true],
    ['application/x-amz-json-1.1', false],
    ['application/x-amz-json-1.0', false],
    ['application/cbor', false],
    ['application/jsonlines', false],
    ['application/octet-stream', false],
  ])('carries a body of the type %s as text: %s', (contentType, isText) => {
    const event = withType(contentType, Buffer.from('{"é":1}'));
    expect(event.isBase64Encoded).toBe(!isText);
    expect(event.body).toBe(isText ? '{"é":1}' : Buffer.from('{"é":1}').toString('base64'));
  });

  test('carries a body without a type as Base64', () => {
    expect(eventOf({ body: Buffer.from('x') })).toMatchObject({ isBase64Encoded: true, body: 'eA==' });
  });

  test('has the path decoded and the query both as sent and decoded', () => {
    expect(eventOf({ path: '/a%20b', query: 'q=a%2Bb+c&q=2&empty=&%20=s' })).toMatchObject({
      rawPath: '/a b',
      rawQueryString: 'q=a%2Bb+c&q=2&empty=&%20=s',
      queryStringParameters: { q: 'a+b c,2', empty: '', ' ': 's' },
      requestContext: { http: { path: '/a b' } },
    });
  });

  test('has header names in lower case, duplicates joined, cookies apart, the connection left out', () => {
    const rawHeaders = ['X-A', '1', 'x-a', '2', 'Cookie', 'a=b; c=d', 'cookie', 'e=f', 'Connection', 'close'];
    const { headers, cookies } = eventOf({ rawHeaders });
    expect(headers).toMatchObject({ 'x-a': '1,2' });
    expect(Object.keys(headers)).not.toContain('cookie');
    expect(Object.keys(headers)).not.toContain('connection');
    expect(cookies).toEqual(['a=b', 'c=d', 'e=f']);
  });

  test('extends the list of proxies and keeps the trace that the caller began', () => {
    const rawHeaders = [
      'X-Forwarded-For',
      '10.0.0.1',
      'X-Amzn-Trace-Id',
      'Root=1-67891233-abcdef012345678912345678',
    ];
    expect(eventOf({ rawHeaders }).headers).toMatchObject({
      'x-forwarded-for': '10.0.0.1, 127.0.0.1',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
    });
  });
});
