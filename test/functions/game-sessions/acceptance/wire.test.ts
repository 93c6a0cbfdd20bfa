import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type CallOptions,
  type GameSessions,
  type Reply,
  readReply,
  startGameSessions,
  type TestCaller,
} from '#test/support/game-sessions.ts';
import { create } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  alice = await service.player();
});
afterAll(() => service.close());

/** Sends what fetch would refuse to send, or put right. */
async function raw(
  method: string,
  path: string,
  body = '',
  headers: CallOptions['headers'] = {},
): Promise<Reply> {
  const sent = request(service.url, {
    method,
    path,
    headers: {
      authorization: `Bearer ${alice.token}`,
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  sent.end(body);
  const answer = await answered;
  const named = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  return readReply(answer.statusCode ?? 0, Object.fromEntries(named), await text(answer));
}

test.each(['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PROPFIND'])(
  '%s of a session is answered with the methods that it takes',
  async (method) => {
    const session = await create(alice);
    const { status, headers, body } = await raw(method, session, '{"hasEnded":true}');
    expect([status, headers['allow'], body]).toMatchObject([404, 'GET, PATCH', { code: 'NOT_FOUND' }]);
    expect((await alice.get(session)).body).toMatchObject({ hasEnded: false });
  },
);

test('HEAD has the headers of that answer and no body', async () => {
  const { status, headers, text: body } = await raw('HEAD', await create(alice));
  expect([status, headers['allow'], body]).toEqual([404, 'GET, PATCH', '']);
});

test('a body that comes with GET or DELETE is passed over', async () => {
  const session = await create(alice, { maxPlayers: 2 });
  expect((await raw('GET', session, '{"hasEnded":true}')).status).toBe(200);
  expect((await raw('GET', session, '{')).status).toBe(200);
  expect((await raw('DELETE', `${session}/players/${alice.xuid}`, '\u0000')).status).toBe(204);
});

test('a path may be percent-encoded, and means the same', async () => {
  const session = await create(alice, { maxPlayers: 2 });
  const encoded = session
    .slice('/sessions/'.length)
    .replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  expect((await raw('GET', `/sessions/${encoded}`)).status).toBe(200);
  expect((await raw('PATCH', `/sessions/${encoded}`, '{"variant":2}')).status).toBe(200);
  expect((await alice.get(session)).body).toMatchObject({ variant: 2 });
});

test.each([
  '/',
  '/.',
  '%20',
  '%00',
  '%0a',
  '?x=1',
  '%2f',
  '%2fplayers',
  '/players/',
  '//players',
  '%ff',
  '%',
  '#a',
  ';a=b',
])('a session path with %j behind it is no session, and no fault of the service', async (behind) => {
  const session = await create(alice);
  const { status } = await raw('GET', `${session}${behind}`);
  expect([behind, [400, 404].includes(status)]).toEqual([behind, true]);
});

test('methods and paths go by their case', async () => {
  const session = await create(alice);
  expect((await raw('GET', session.toUpperCase())).status).toBe(404);
  expect((await raw('GET', session.replace('/sessions', '/Sessions'))).status).toBe(404);
});

test('a body is read whatever it says that it is', async () => {
  for (const type of [
    'application/json; charset=utf-16',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
    '',
  ]) {
    const reply = await raw('POST', '/sessions', '{"maxPlayers":2,"displayName":"ä"}', {
      'content-type': type,
    });
    expect([type, reply.status, reply.body]).toMatchObject([type, 201, { displayName: 'ä' }]);
  }
});

test('a byte order mark, which is no JSON, is refused or passed over, and does no harm', async () => {
  const reply = await raw('POST', '/sessions', '\ufeff{"maxPlayers":2}');
  expect([201, 400]).toContain(reply.status);
});

test('a request of several megabytes is too large', async () => {
  expect((await raw('POST', '/sessions', ' '.repeat(4_000_000))).status).toBe(413);
  expect((await raw('POST', '/sessions', 'x'.repeat(11_000_000))).status).toBe(413);
});

test.each(['GET', 'PATCH'])('a name of the prototype in place of an id is no session: %s', async (method) => {
  for (const id of ['__proto__', 'constructor', 'null', 'undefined', '..', '%2e%2e', '*']) {
    expect([id, (await raw(method, `/sessions/${id}`, '{}')).status]).toEqual([id, 404]);
  }
});
