import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalWebSocketApi } from '#infra/local/apis.ts';
import type { ConnectionLimits } from '#infra/local/connections.ts';
import { FunctionFailedError, FunctionTimedOutError } from '#infra/local/function-errors.ts';
import { type Gateway, serveGateway } from '#infra/local/serve-gateway.ts';
import type { WebSocketEvent } from '#infra/local/web-socket-event.ts';
import { stopTimeoutMs } from '#infra/local/within.ts';
import { type Client, connected, refusal } from './web-socket-client.ts';

const kibibyte = 1024;
const minute = 60_000;

/** Each route leads to the function of its own name; a message may name `Quiet`, of which no answer goes back. */
function apiOf(timeoutMs = 29_000): LocalWebSocketApi {
  const route = (functionId: string, isTwoWay: boolean) =>
    [functionId, { functionId, timeoutMs, isTwoWay }] as const;
  return {
    stage: 'live',
    routeKeyPath: ['Action'],
    routes: new Map([
      route('$connect', false),
      route('$disconnect', false),
      route('$default', true),
      route('Quiet', false),
    ]),
  };
}

type Handler = (event: WebSocketEvent, gateway: Gateway) => Promise<unknown>;

const accepted = { statusCode: 200 };
const echo: Handler = async ({ body }) => ({
  statusCode: 200,
  ...(body !== undefined && { body: `got ${body}` }),
});

/** A gateway whose functions answer by what they have been given, `echo` else; with what they were called for. */
async function serve(
  handlers: Readonly<Record<string, Handler>> = {},
  { limits, api = apiOf() }: { limits?: Partial<ConnectionLimits>; api?: LocalWebSocketApi } = {},
) {
  const events: WebSocketEvent[] = [];
  const gateway: Gateway = await serveGateway({
    port: 0,
    routes: [],
    invoke: async () => 'never',
    webSocket: {
      api,
      limits,
      invoke: async (functionId, event) => {
        events.push(event);
        return (handlers[functionId] ?? echo)(event, gateway);
      },
    },
  });
  onTestFinished(() => gateway.close());
  return { ...gateway, events, url: `${gateway.webSocketUrl}/live` };
}

/** Has time stand still until it is told how many milliseconds have passed. */
function turnedTimers(): (milliseconds: number) => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  return (milliseconds) => void vi.advanceTimersByTime(milliseconds);
}

describe('who asks for a WebSocket', () => {
  test.each(['/live', '/live/'])('is connected at %s once the function has agreed', async (path) => {
    const agreed = Promise.withResolvers<object>();
    const asked = Promise.withResolvers<void>();
    const { webSocketUrl, events, connections } = await serve({
      $connect: () => {
        asked.resolve();
        return agreed.promise;
      },
    });
    const connecting = connected(`${webSocketUrl}${path}?pID=one&Authorization=a-b`, {
      perMessageDeflate: true,
    });
    await asked.promise;
    expect(connections.ids()).toEqual([]);
    agreed.resolve(accepted);
    const client = await connecting;
    // Offered, and not taken.
    expect(client.socket.extensions).toBe('');
    expect(events).toMatchObject([
      {
        queryStringParameters: { pID: 'one', Authorization: 'a-b' },
        requestContext: { routeKey: '$connect', stage: 'live', identity: { sourceIp: '127.0.0.1' } },
      },
    ]);
    expect(connections.ids()).toEqual([events[0]?.requestContext.connectionId]);
  });

  test('is given no subprotocol, whatever was asked for', async () => {
    const { url } = await serve();
    const [error] = await once(new WebSocket(url, ['chat']), 'error');
    expect(String(error)).toContain('Server sent no subprotocol');
  });

  test('is connected where there is no route for it', async () => {
    const routes = new Map([...apiOf().routes].filter(([key]) => key === '$default'));
    const { url, events } = await serve({}, { api: { ...apiOf(), routes } });
    const client = await connected(url);
    client.send('hello');
    expect(await client.next()).toBe('got hello');
    expect(events).toHaveLength(1);
  });

  test.each(['', '/', '/lives', '/live/x', '/prod', '//live'])('is forbidden to come at %j', async (path) => {
    const { webSocketUrl, events } = await serve();
    expect(await refusal(`${webSocketUrl}${path}?Authorization=x`)).toEqual({
      status: 403,
      type: 'application/json',
      body: '{"message":"Forbidden"}',
    });
    expect(events).toEqual([]);
  });

  test.each<[string, Handler, number, string]>([
    ['says so', async () => ({ statusCode: 403, body: 'no' }), 403, 'no'],
    ['says so with a status that is a text', async () => ({ statusCode: '401' }), 401, 'Unauthorized'],
    ['sends them elsewhere', async () => ({ statusCode: 302 }), 302, 'Found'],
    ['fails', () => Promise.reject(new FunctionFailedError('x')), 502, '{"message":"Internal server error"}'],
    ['returns no status', async () => ({ body: 'yes' }), 502, '{"message":"Internal server error"}'],
    ['returns nothing', async () => undefined, 502, '{"message":"Internal server error"}'],
    [
      'takes too long',
      () => Promise.reject(new FunctionTimedOutError('x')),
      504,
      '{"message":"Endpoint request timed out"}',
    ],
  ])('is not connected where the function %s', async (_, $connect, status, body) => {
    const { url, events, connections } = await serve({ $connect });
    expect(await refusal(url)).toMatchObject({ status, body });
    expect(connections.ids()).toEqual([]);
    expect(events).toHaveLength(1);
  });

  test('is refused without asking the function where the request is not well-formed', async () => {
    const { url, events } = await serve();
    const answer = await fetch(url.replace('ws', 'http'), { headers: { upgrade: 'websocket' } }).catch(
      String,
    );
    expect(answer).toContain('fetch failed');
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1.1 400 /);
    socket.destroy();
    expect(events).toEqual([]);
  });

  test('and is gone before the answer is told to have left', async () => {
    const asked = Promise.withResolvers<void>();
    const agreed = Promise.withResolvers<object>();
    const told = Promise.withResolvers<WebSocketEvent>();
    const { url, webSocketUrl, connections } = await serve({
      $connect: () => {
        asked.resolve();
        return agreed.promise;
      },
      $disconnect: async (event) => told.resolve(event),
    });
    const { port, pathname } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await asked.promise;
    socket.resetAndDestroy();
    await once(socket, 'close');
    // By then the gateway has heard of it.
    await refusal(`${webSocketUrl}/other`);
    agreed.resolve(accepted);
    expect(await told.promise).toMatchObject({ requestContext: { disconnectStatusCode: 1006 } });
    expect(connections.ids()).toEqual([]);
  });
});

describe('a message', () => {
  test('is handed to the function, whose answer goes back on the connection', async () => {
    const { url, events } = await serve();
    const client = await connected(url);
    client.send('{"Action":"Other","é":1}');
    expect(await client.next()).toBe('got {"Action":"Other","é":1}');
    const [connect, message] = events;
    expect(message).toMatchObject({
      body: '{"Action":"Other","é":1}',
      isBase64Encoded: false,
      requestContext: {
        routeKey: '$default',
        eventType: 'MESSAGE',
        connectionId: connect?.requestContext.connectionId,
        connectedAt: connect?.requestContext.connectedAt,
      },
    });
  });

  test.each([
    ['{"Action":"Quiet"}', 'Quiet'],
    ['{"Action":"quiet"}', '$default'],
    ['{"Action":"Unknown"}', '$default'],
    ['{"Action":"$connect"}', '$default'],
    ['{"Action":"$default"}', '$default'],
    ['{"Action":["Quiet"]}', '$default'],
    ['{"action":"Quiet"}', '$default'],
    ['[{"Action":"Quiet"}]', '$default'],
    ['{"Action":"Quiet"', '$default'],
    ['null', '$default'],
    ['', '$default'],
  ])('%s takes the route %s', async (message, routeKey) => {
    const taken = Promise.withResolvers<WebSocketEvent>();
    const take: Handler = async (event) => taken.resolve(event);
    const { url } = await serve({ Quiet: take, $default: take });
    (await connected(url)).send(message);
    expect(await taken.promise).toMatchObject({ body: message, requestContext: { routeKey } });
  });

  test('finds its route as deep in it as the API says', async () => {
    const { url, events } = await serve({}, { api: { ...apiOf(), routeKeyPath: ['call', 'name'] } });
    const client = await connected(url);
    client.send('{"call":{"name":"Quiet"}}');
    client.send('{"call":"Quiet"}');
    expect(await client.next()).toBe('got {"call":"Quiet"}');
    expect(events.map(({ requestContext }) => requestContext.routeKey)).toEqual([
      '$connect',
      'Quiet',
      '$default',
    ]);
  });

  test.each<[string, object]>([
    ['of a one-way route', { Action: 'Quiet' }],
    ['without a body', { Action: 'Mute' }],
    ['with an empty body', { Action: 'Mute', body: '' }],
  ])('is not answered %s', async (_, message) => {
    const { url } = await serve({
      $default: async ({ body = '' }) => {
        const { Action, ...answer } = JSON.parse(body);
        return Action === 'Mute' ? { statusCode: 200, ...answer } : { statusCode: 200, body };
      },
    });
    const client = await connected(url);
    client.send(JSON.stringify(message));
    client.send('{"Action":"Other"}');
    expect(await client.next()).toBe('{"Action":"Other"}');
  });

  test('is answered by what the function returned, whatever its status says', async () => {
    const answers = [
      { statusCode: 500, body: 'no' },
      { statusCode: 200, body: 'w6k=', isBase64Encoded: true },
    ];
    const { url } = await serve({ $default: async () => answers.shift() });
    const client = await connected(url);
    client.send('1');
    expect(await client.next()).toBe('no');
    client.send('2');
    expect(await client.next()).toBe('é');
  });

  test.each<[string, Handler, number?]>([
    ['fails', () => Promise.reject(new FunctionFailedError('x'))],
    ['returns nothing', async () => undefined],
    ['returns no status', async () => ({ body: 'x' })],
    [
      'answers more than a message may hold',
      async () => ({ statusCode: 200, body: 'x'.repeat(128 * kibibyte + 1) }),
    ],
    ['takes longer than the integration may', () => new Promise(() => {}), 20],
  ])(
    'is answered by the gateway where the function %s, and the connection goes on',
    async (_, handler, timeoutMs) => {
      const answers = [handler, echo];
      const { url, events } = await serve(
        { $default: (...call) => (answers.shift() ?? echo)(...call) },
        { api: apiOf(timeoutMs) },
      );
      const client = await connected(url);
      client.send('first');
      const answer = JSON.parse(await client.next());
      const { connectionId, requestId } = events[1]?.requestContext ?? {};
      expect(answer).toEqual({ message: 'Internal server error', connectionId, requestId });
      client.send('second');
      expect(await client.next()).toBe('got second');
    },
  );

  test('is refused by the gateway where no route takes it', async () => {
    const { url } = await serve({}, { api: { ...apiOf(), routes: new Map() } });
    const client = await connected(url);
    client.send('hello');
    expect(JSON.parse(await client.next())).toEqual({
      message: 'Forbidden',
      connectionId: expect.any(String),
      requestId: expect.any(String),
    });
  });

  test('does not wait for the one before', async () => {
    const { url } = await serve({
      $default: ({ body = '' }) =>
        body === 'slow' ? new Promise(() => {}) : Promise.resolve({ statusCode: 200, body }),
    });
    const client = await connected(url);
    client.send('slow');
    client.send('fast');
    expect(await client.next()).toBe('fast');
  });

  test('of bytes ends the connection', async () => {
    const { url, events } = await serve();
    const client = await connected(url);
    client.send(Buffer.from('{"Action":"Other"}'));
    expect(await client.closed).toMatchObject({ code: 1003 });
    expect(events.map(({ requestContext }) => requestContext.eventType)).not.toContain('MESSAGE');
  });

  test('may hold 128 KB, in frames of 32 KB', async () => {
    const { url } = await serve({ $default: async ({ body = '' }) => ({ statusCode: 200, body }) });
    const client = await connected(url);
    const message = 'é'.repeat(64 * kibibyte);
    for (const [index, part] of [0, 1, 2, 3].entries()) {
      const frame = Buffer.from(message).subarray(part * 32 * kibibyte, (part + 1) * 32 * kibibyte);
      client.socket.send(frame, { binary: false, fin: index === 3 });
    }
    expect(await client.next()).toBe(message);
  });

  test.each([
    ['more in one frame', [32 * kibibyte + 1]],
    ['more in a later frame', [10, 70_000]],
    ['more in all', [32 * kibibyte, 32 * kibibyte, 32 * kibibyte, 32 * kibibyte, 1]],
  ])('of %s ends the connection', async (_, frames) => {
    const { url, events } = await serve();
    const client = await connected(url);
    for (const [index, bytes] of frames.entries()) {
      client.socket.send('x'.repeat(bytes), { fin: index === frames.length - 1 });
    }
    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(events.map(({ requestContext }) => requestContext.eventType)).not.toContain('MESSAGE');
  });
});

describe('a connection', () => {
  test('answers pings', async () => {
    const { url } = await serve();
    const { socket } = await connected(url);
    const pong = once(socket, 'pong');
    socket.ping('are you there');
    expect(String(await pong)).toBe('are you there');
  });

  test.each<[string, (client: Client, gateway: Gateway) => void, number, string]>([
    ['says good-bye', ({ socket }) => socket.close(4000, 'enough'), 4000, 'enough'],
    ['is cut by the client', ({ socket }) => socket.terminate(), 1006, ''],
    ['is cut by the network', (_, { connections }) => connections.drop(connections.ids()[0] ?? ''), 1006, ''],
  ])('that %s is gone, and the function is told', async (_, end, disconnectStatusCode, disconnectReason) => {
    const told = Promise.withResolvers<WebSocketEvent>();
    const gateway = await serve({ $disconnect: async (event) => told.resolve(event) });
    const client = await connected(gateway.url);
    const [connectionId] = gateway.connections.ids();
    end(client, gateway);
    expect(await told.promise).toMatchObject({
      requestContext: {
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        connectionId,
        disconnectStatusCode,
        disconnectReason,
      },
    });
    expect(gateway.connections.ids()).toEqual([]);
  });

  test('is closed where no message has come or gone for 10 minutes', async () => {
    const pass = turnedTimers();
    const { url, connections } = await serve();
    const client = await connected(url);
    const [id = ''] = connections.ids();
    const nearlyIdle = 10 * minute - 1;
    pass(nearlyIdle);
    connections.post(id, Buffer.from('event'));
    expect(await client.next()).toBe('event');
    pass(nearlyIdle);
    client.send('heartbeat');
    expect(await client.next()).toBe('got heartbeat');
    pass(nearlyIdle);
    expect(connections.ids()).toEqual([id]);
    pass(1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('is closed when it has been there for two hours, whatever comes', async () => {
    const pass = turnedTimers();
    const { url } = await serve({}, { limits: { idleMs: 180 * minute } });
    const client = await connected(url);
    pass(120 * minute - 1);
    client.send('heartbeat');
    expect(await client.next()).toBe('got heartbeat');
    pass(1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  test('is closed so that clients come back when the gateway stops, and no function is told', async () => {
    const { url, close, events, connections } = await serve();
    const client = await connected(url);
    const stopped = close();
    expect(await client.closed).toEqual({ code: 1012, reason: 'Service restart' });
    await stopped;
    expect(connections.ids()).toEqual([]);
    expect(events.map(({ requestContext }) => requestContext.eventType)).toEqual(['CONNECT']);
  });

  test('is cut when the gateway stops where the client does not answer', async () => {
    const { url, close, connections } = await serve();
    const client = await connected(url);
    client.socket.pause();
    const pass = turnedTimers();
    const stopped = close();
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect(connections.ids()).toHaveLength(1);
    pass(stopTimeoutMs);
    await stopped;
    expect(connections.ids()).toEqual([]);
  });

  test('that is asked for while the gateway stops is refused', async () => {
    const asked = Promise.withResolvers<void>();
    const agreed = Promise.withResolvers<object>();
    const { url, closeWebSockets, connections } = await serve({
      $connect: () => {
        asked.resolve();
        return agreed.promise;
      },
    });
    const refused = refusal(url);
    await asked.promise;
    await closeWebSockets();
    agreed.resolve(accepted);
    expect((await refused).status).toBe(503);
    expect((await refusal(url)).status).toBe(503);
    expect(connections.ids()).toEqual([]);
  });
});
