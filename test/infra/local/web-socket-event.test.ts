import { APIGatewayProxyWebsocketEventSchema } from '@aws-lambda-powertools/parser/schemas/api-gateway-websocket';
import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import {
  connectEvent,
  disconnectEvent,
  messageEvent,
  type UpgradeRequest,
} from '#infra/local/web-socket-event.ts';

const connectedAt = Date.UTC(2026, 2, 5, 9, 3, 8, 390);
const connection = {
  id: 'L0SM9cOFvHcCIhw=',
  connectedAt,
  stage: 'live',
  identity: { sourceIp: '127.0.0.1', userAgent: 'gamelift-go-sdk/1.0' },
};
const plain: UpgradeRequest = {
  query: '',
  rawHeaders: [
    'Host',
    '127.0.0.1:4800',
    'Upgrade',
    'websocket',
    'Connection',
    'Upgrade',
    'Sec-WebSocket-Key',
    'a==',
  ],
  port: 4800,
  isSecure: false,
};
const connectBy = (changes: Partial<UpgradeRequest>) => connectEvent(connection, { ...plain, ...changes });
const message = messageEvent(connection, { routeKey: '$default', body: '{}', now: connectedAt + 1_000 });
const disconnect = disconnectEvent(connection, { code: 1001, reason: 'Going away' }, connectedAt + 2_000);
const ofGateway = expect.stringMatching(/^[\w-]{15}=$/);

describe('an event of a WebSocket API', () => {
  test('of a connection to come has these members and no other', () => {
    const { headers, multiValueHeaders, requestContext, ...event } = connectBy({});
    expect(event).toEqual({ isBase64Encoded: false });
    const trace = expect.stringMatching(/^Root=1-69a946cc-[0-9a-f]{24}$/);
    expect(headers).toEqual({
      Host: '127.0.0.1:4800',
      'Sec-WebSocket-Key': 'a==',
      'X-Amzn-Trace-Id': trace,
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': '4800',
      'X-Forwarded-Proto': 'http',
    });
    expect(multiValueHeaders).toEqual(
      Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, [value]])),
    );
    expect(requestContext).toEqual({
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: ofGateway,
      requestTime: '05/Mar/2026:09:03:08 +0000',
      messageDirection: 'IN',
      stage: 'live',
      connectedAt,
      requestTimeEpoch: connectedAt,
      identity: { sourceIp: '127.0.0.1', userAgent: 'gamelift-go-sdk/1.0' },
      requestId: ofGateway,
      domainName: 'localhost',
      connectionId: 'L0SM9cOFvHcCIhw=',
      apiId: 'local',
    });
  });

  test('of a message has these members and no other, and satisfies the published type', () => {
    const published: APIGatewayProxyWebsocketEventV2 = message;
    expect(published).toEqual({
      requestContext: {
        ...connectBy({}).requestContext,
        routeKey: '$default',
        eventType: 'MESSAGE',
        messageId: ofGateway,
        requestTime: '05/Mar/2026:09:03:09 +0000',
        requestTimeEpoch: connectedAt + 1_000,
        requestId: ofGateway,
        extendedRequestId: ofGateway,
      },
      body: '{}',
      isBase64Encoded: false,
    });
  });

  test('of a connection that has ended says how', () => {
    expect(disconnect).toMatchObject({
      headers: { Host: 'localhost', 'X-Forwarded-For': '127.0.0.1' },
      requestContext: {
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        connectedAt,
        requestTimeEpoch: connectedAt + 2_000,
        disconnectStatusCode: 1001,
        disconnectReason: 'Going away',
      },
    });
    expect(disconnect).not.toHaveProperty('body');
  });

  test.each([
    ['a bare connection', connectBy({})],
    ['one with a query', connectBy({ query: 'pID=one&pID=two', isSecure: true })],
    ['a message', message],
    ['an end', disconnect],
  ])('satisfies the published schema: %s', (_, event) => {
    // Made after the event that an authorizer gets. A function's has no type, and what is not there is left out.
    const schema = APIGatewayProxyWebsocketEventSchema.partial({
      type: true,
      methodArn: true,
      multiValueHeaders: true,
      queryStringParameters: true,
      multiValueQueryStringParameters: true,
    });
    expect(schema.safeParse(event).error).toBeUndefined();
  });

  test('has the query decoded, and of a name that comes twice both values and the last', () => {
    expect(connectBy({ query: 'pID=one&ComputeId=a%2Fb+c&pID=t%C3%A9o&empty=&plain' })).toMatchObject({
      queryStringParameters: { pID: 'téo', ComputeId: 'a/b c', empty: '', plain: '' },
      multiValueQueryStringParameters: {
        pID: ['one', 'téo'],
        ComputeId: ['a/b c'],
        empty: [''],
        plain: [''],
      },
    });
  });

  test('has header names as they were sent, the list of proxies extended and the trace kept', () => {
    const rawHeaders = [
      'x-a',
      '1',
      'x-a',
      '2',
      'x-forwarded-for',
      '10.0.0.1',
      'X-AMZN-Trace-Id',
      'Root=1-2-3',
    ];
    const { headers, multiValueHeaders } = connectBy({ rawHeaders, isSecure: true });
    expect(headers).toEqual({
      'x-a': '2',
      'X-Amzn-Trace-Id': 'Root=1-2-3',
      'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
      'X-Forwarded-Port': '4800',
      'X-Forwarded-Proto': 'https',
    });
    expect(multiValueHeaders).toMatchObject({ 'x-a': ['1', '2'] });
  });
});
