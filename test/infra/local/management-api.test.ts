import { request } from 'node:http';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { localAwsAccess } from '#infra/local/account.ts';
import { type Gateway, serveGateway } from '#infra/local/serve-gateway.ts';
import { connected } from './web-socket-client.ts';

/** The time by the gateway: of both times that it tells of a connection, one is this. */
const connectedAt = Date.UTC(2026, 2, 5, 9, 3, 8, 390);

let gateway: Gateway;
let now = connectedAt;
beforeAll(async () => {
  gateway = await serveGateway({
    port: 0,
    routes: [],
    invoke: async () => 'never',
    webSocket: {
      api: { stage: 'live', routeKeyPath: ['Action'], routes: new Map() },
      invoke: async () => 'never',
      now: () => now,
    },
  });
});
afterAll(() => gateway.close());

function client(path = ''): ApiGatewayManagementApiClient {
  const endpoint = `${gateway.managementEndpoint}${path}`;
  const made = new ApiGatewayManagementApiClient({ ...localAwsAccess, endpoint, maxAttempts: 1 });
  onTestFinished(() => made.destroy());
  return made;
}

/** A connection and its id. */
async function open() {
  const known = new Set(gateway.connections.ids());
  const connection = await connected(`${gateway.webSocketUrl}/live`, {
    headers: { 'user-agent': 'tests/1.0' },
  });
  const [ConnectionId = ''] = gateway.connections.ids().filter((id) => !known.has(id));
  return { ...connection, ConnectionId };
}

const goneId = 'L0SM9cOFvHcCIhw=';

describe('the SDK for the management API', () => {
  test.each(['', '/live'])(
    'sends a message to a connection, with the endpoint ending in %j',
    async (path) => {
      const { ConnectionId, next } = await open();
      await client(path).send(new PostToConnectionCommand({ ConnectionId, Data: '{"Action":"é"}' }));
      expect(await next()).toBe('{"Action":"é"}');
    },
  );

  test('sends 128 KB in frames of 32 KB, and no more', async () => {
    const { ConnectionId, next, socket } = await open();
    const message = 'é'.repeat(64 * 1024);
    await client().send(new PostToConnectionCommand({ ConnectionId, Data: message }));
    expect(await next()).toBe(message);
    const tooMuch = client().send(new PostToConnectionCommand({ ConnectionId, Data: `${message}.` }));
    await expect(tooMuch).rejects.toBeInstanceOf(PayloadTooLargeException);
    expect(socket.readyState).toBe(socket.OPEN);
  });

  test('keeps messages apart that are sent at once', async () => {
    const { ConnectionId, next } = await open();
    const messages = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
    const api = client();
    await Promise.all(messages.map((Data) => api.send(new PostToConnectionCommand({ ConnectionId, Data }))));
    const come = [await next(), await next(), await next()];
    expect(come.toSorted()).toEqual(messages);
  });

  test('is told of a connection', async () => {
    const { ConnectionId } = await open();
    now = connectedAt + 60_000;
    gateway.connections.touch(ConnectionId);
    now = connectedAt;
    const { ConnectedAt, LastActiveAt, Identity } = await client().send(
      new GetConnectionCommand({ ConnectionId }),
    );
    expect({ ConnectedAt, LastActiveAt, Identity }).toEqual({
      ConnectedAt: new Date(connectedAt),
      LastActiveAt: new Date(connectedAt + 60_000),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'tests/1.0' },
    });
  });

  test('closes a connection as API Gateway does', async () => {
    const { ConnectionId, closed } = await open();
    await client().send(new DeleteConnectionCommand({ ConnectionId }));
    expect(await closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
  });

  test.each([
    [
      'sending',
      (ConnectionId: string) => client().send(new PostToConnectionCommand({ ConnectionId, Data: 'x' })),
    ],
    ['asking', (ConnectionId: string) => client().send(new GetConnectionCommand({ ConnectionId }))],
    ['closing', (ConnectionId: string) => client().send(new DeleteConnectionCommand({ ConnectionId }))],
  ])('learns by %s that a connection is gone, or never was', async (_, call) => {
    const { ConnectionId, closed } = await open();
    gateway.connections.drop(ConnectionId);
    await closed;
    for (const id of [ConnectionId, goneId]) {
      const error = await call(id).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(GoneException);
      expect(error.$metadata.httpStatusCode).toBe(410);
    }
  });

  test('learns that a connection is gone while it is being closed', async () => {
    const { ConnectionId, socket } = await open();
    socket.pause();
    await client().send(new DeleteConnectionCommand({ ConnectionId }));
    const late = client().send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
    await expect(late).rejects.toBeInstanceOf(GoneException);
  });

  test('learns that what it has is no id of a connection', async () => {
    const sent = client().send(new PostToConnectionCommand({ ConnectionId: 'connection/1', Data: 'x' }));
    await expect(sent).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid connectionId: connection/1',
    });
  });
});

test.each([
  ['GET', '/'],
  ['GET', '/live'],
  ['POST', '/@connections'],
  ['POST', `/a/b/@connections/${goneId}`],
  ['POST', '/@connections/%ff'],
  ['PUT', `/@connections/${goneId}`],
])('whoever sends %s %s is forbidden to', async (method, path) => {
  const { status, type } = await new Promise<{ status: number | undefined; type: unknown }>(
    (resolve, reject) => {
      request(`${gateway.managementEndpoint}${path}`, { method }, (answer) => {
        answer.resume();
        resolve({ status: answer.statusCode, type: answer.headers['x-amzn-errortype'] });
      })
        .on('error', reject)
        .end();
    },
  );
  expect([status, type]).toEqual([403, 'ForbiddenException']);
});
