import { expect, test } from 'vitest';
import type { Invoke } from '#infra/local/gateway.ts';
import { gatewayEvent } from '#infra/local/gateway-event.ts';
import { inTurn } from '#infra/local/turns.ts';

const readMessages = 'GET /sessions/{sessionId}/queues/{queueIndex}/messages';
const join = 'POST /sessions/{sessionId}/players';
const gameLift = 'POST /';

function eventOf(routeKey: string) {
  const [method = '', path = ''] = routeKey.split(' ');
  const request = {
    method,
    path: '/',
    query: '',
    rawHeaders: [],
    sourceIp: '127.0.0.1',
    port: 80,
    receivedAt: 0,
  };
  const route = { method, path, functionId: 'Door' };
  return gatewayEvent({ ...request, body: Buffer.alloc(0) }, { route, routeKey, pathParameters: {} });
}

/** Calls that stay under way until they are told to end, and of which the routes are noted as they begin. */
function heldCalls() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const invoke: Invoke = (_, { routeKey }) => {
    begun.push(routeKey);
    return new Promise((resolve) => ends.push(() => resolve(routeKey)));
  };
  const inTheirTurn = inTurn(invoke);
  const call = (routeKey: string) => inTheirTurn('Door', eventOf(routeKey), 'request');
  const calls = (count: number, routeKey: string) => Array.from({ length: count }, () => call(routeKey));
  const endAll = () => {
    for (const end of ends.splice(0)) end();
  };
  return { calls, begun, endAll };
}

test('calls of all functions run 16 at a time, and the others in their turn', async () => {
  const { calls, begun, endAll } = heldCalls();
  const results = [...calls(10, gameLift), ...calls(10, join)];
  expect(begun).toEqual([...Array(10).fill(gameLift), ...Array(6).fill(join)]);
  endAll();
  await Promise.all(results.slice(0, 16));
  expect(begun).toHaveLength(20);
  endAll();
  expect(await Promise.all(results)).toEqual([...Array(10).fill(gameLift), ...Array(10).fill(join)]);
});

test('a hundred readers who wait for messages keep nobody out, and nobody keeps them out', async () => {
  const { calls, begun, endAll } = heldCalls();
  const waiting = calls(100, readMessages);
  expect(begun).toHaveLength(100);
  const others = [...calls(8, join), ...calls(8, gameLift)];
  expect(begun).toHaveLength(116);
  calls(1, join);
  expect(begun).toHaveLength(116);
  waiting.push(...calls(1, readMessages));
  expect(begun).toHaveLength(117);
  endAll();
  await Promise.all([...waiting, ...others]);
});

test('there is an end to waiting readers, too: they look for messages once a second', () => {
  const { calls, begun } = heldCalls();
  calls(1_000, readMessages);
  expect(begun).toHaveLength(128);
});
