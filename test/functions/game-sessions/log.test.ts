import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
let title: TestCaller;
let session: string;
beforeAll(async () => {
  service = await startGameSessions();
  alice = await service.player({ xuid: '18446744073709551557', gamertag: 'NobodysBusiness' });
  title = await service.title();
  session = `/sessions/${sessionIdOf(await alice.post('/sessions', { maxPlayers: 2 }))}`;
});
afterAll(() => service.close());

/** The last request that was logged. */
const last = () => service.logged.at(-1);

test('each request is one line: which route, what became of it, and how long it took', async () => {
  const before = service.logged.length;
  const { headers } = await alice.post(`${session}/players`);
  expect(service.logged.slice(before)).toEqual([
    [
      'Request',
      {
        requestId: headers['x-request-id'],
        route: 'POST /sessions/{sessionId}/players',
        status: 201,
        outcome: 'ok',
        milliseconds: 0,
      },
    ],
  ]);
});

test('a refused request is logged by the code of its problem', async () => {
  await alice.get('/sessions/00000000-0000-4000-8000-000000000000');
  expect(last()?.[1]).toMatchObject({
    route: 'GET /sessions/{sessionId}',
    status: 404,
    outcome: 'NOT_FOUND',
  });
  await service.call('GET', session);
  expect(last()?.[1]).toMatchObject({ status: 401, outcome: 'UNAUTHENTICATED' });
});

test('a path that nobody knows is not quoted', async () => {
  await alice.get('/sessions/secret/path');
  expect(last()?.[1]).toMatchObject({ route: 'ANY /sessions/{proxy+}', outcome: 'NOT_FOUND' });
});

test('a failure that nobody expected is logged with its cause', async () => {
  service.wire.breaks = () => 'server error';
  await alice.get(session);
  service.wire.breaks = () => undefined;
  expect(service.logged.at(-2)).toEqual([
    'Request failed',
    expect.objectContaining({
      route: 'GET /sessions/{sessionId}',
      error: 'InternalServerError',
      stack: expect.any(String),
    }),
  ]);
  expect(last()?.[1]).toMatchObject({ status: 500, outcome: 'INTERNAL' });
});

test('players, what they send and their tokens are never in it, whatever goes wrong', async () => {
  const secrets = ['secretTag', 'a-secret-name', 'a-secret-key', 'c2VjcmV0', '998877665544'];
  const [gamertag, displayName = '', key = '', customData, xuid = ''] = secrets;
  const party = { players: [{ xuid: xuidOf(xuid), gamertag, customData }] };
  const requests = [
    () => alice.post('/sessions', { maxPlayers: 2, displayName }, { 'idempotency-key': key }),
    () => alice.post('/sessions', { maxPlayers: 1, displayName, [displayName]: displayName }),
    () => alice.post('/sessions', { maxPlayers: 3, displayName }, { 'idempotency-key': key }),
    () => alice.post('/sessions', `{"displayName":"${displayName}`),
    () => alice.patch(session, { displayName }, { 'if-match': `"${key}"` }),
    () => alice.post(`${session}/players`, { customData }),
    () => title.post(`${session}/players`, party),
    () => title.post(`${session}/players`, { ...party, [displayName]: 1 }),
    () => title.post(`${session}/reservations`, { players: [{ xuid: xuidOf(xuid) }] }),
    () => alice.patch(`${session}/players/${alice.xuid}`, { customData }),
    () => alice.patch(`${session}/players/${xuid}`, { customData }),
    () => alice.delete(`${session}/players/${xuid}`),
    () => alice.delete(`${session}/players/${displayName}`),
    () => alice.get(`/sessions?player=${xuid}`),
    () => alice.get(`/sessions?player=${displayName}&${key}=${key}`),
    () => alice.get(`/sessions?player=me&continuationToken=${key}`),
    () => service.call('GET', session, { token: `${alice.token}x` }),
  ];
  const before = service.logged.length;
  for (const fault of [undefined, 'throttled', 'timed out after', 'reset before', 'server error'] as const) {
    service.wire.breaks = () => fault;
    for (const request of requests) await request();
  }
  service.wire.breaks = () => undefined;

  const log = JSON.stringify(service.logged);
  expect(service.logged.length - before).toBeGreaterThan(5 * requests.length);
  for (const secret of [...secrets, alice.xuid, alice.gamertag, alice.token, title.token]) {
    expect(log).not.toContain(secret);
  }
});
