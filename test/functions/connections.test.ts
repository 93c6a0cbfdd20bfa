import { once } from 'node:events';
import { createServer } from 'node:http';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clientSettings } from '#functions/client-settings.ts';
import { type Connections, gatewayConnections, largestMessage } from '#functions/connections.ts';
import { localAwsAccess } from '#infra/local/account.ts';
import { type Gateway, serveGateway } from '#infra/local/serve-gateway.ts';

/** How the functions reach those who are connected: by the AWS SDK, and by its own variable that says where. */

const endpoint = 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI';
const integration = { functionId: 'any', timeoutMs: 1_000, isTwoWay: false };
let gateway: Gateway;
let connections: Connections;
beforeAll(async () => {
  gateway = await serveGateway({
    port: 0,
    routes: [],
    invoke: async () => undefined,
    webSocket: {
      api: { stage: 'live', routeKeyPath: ['Action'], routes: new Map([['$connect', integration]]) },
      invoke: async () => ({ statusCode: 200 }),
    },
  });
  process.env[endpoint] = gateway.managementEndpoint;
  connections = gatewayConnections({
    client: { ...clientSettings('us-east-1'), ...localAwsAccess },
    log: { warn: () => {} },
  });
});
afterAll(async () => {
  delete process.env[endpoint];
  await gateway.close();
});

async function connected(): Promise<{ readonly socket: WebSocket; readonly id: string }> {
  const socket = new WebSocket(`${gateway.webSocketUrl}/live`);
  await once(socket, 'open');
  return { socket, id: gateway.connections.ids().at(-1) ?? '' };
}

test('a text of the greatest size arrives whole', async () => {
  const { socket, id } = await connected();
  const arrived = once(socket, 'message');
  const text = 'é'.repeat(largestMessage / 2);
  expect(await connections.post(id, text)).toBe('posted');
  expect(String((await arrived)[0])).toBe(text);
  socket.terminate();
});

test('a connection that is gone is told from what the gateway refuses, and from what nobody answers', async () => {
  const { socket, id } = await connected();
  const closed = once(socket, 'close');
  gateway.connections.drop(id);
  await closed;
  expect(await connections.post(id, 'text')).toBe('gone');
  expect(await connections.post('no id', 'text')).toBe('refused');
  expect(await connections.post(id, 'x'.repeat(largestMessage + 1))).toBe('refused');
});

test('a text whose answer does not come is sent once, and nobody knows what became of it', async () => {
  let posts = 0;
  const server = createServer((request) => {
    posts++;
    request.resume().once('end', () => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = v.parse(v.object({ port: v.number() }), server.address());
  const deaf = gatewayConnections({
    client: {
      ...clientSettings('us-east-1'),
      ...localAwsAccess,
      endpoint: `http://127.0.0.1:${port}`,
    },
    log: { warn: () => {} },
  });
  expect(await deaf.post('AAAAAAAAAAAAAAA=', 'text')).toBe('unknown');
  expect(posts).toBe(1);
  server.close();
});
