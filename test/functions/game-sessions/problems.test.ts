import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let title: TestCaller;
let stranger: TestCaller;
let session: string;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, title] = await Promise.all([service.player(), service.player(), service.title()]);
  stranger = await service.player({ titleId: 7 });
  session = `/sessions/${sessionIdOf(await alice.post('/sessions', { maxPlayers: 2 }))}`;
});
afterAll(() => service.close());

const nowhere = '/sessions/00000000-0000-4000-8000-000000000000';

test('a problem is told with its type, title, status, detail and code', async () => {
  const reply = await alice.get(nowhere);
  expect(reply.status).toBe(404);
  expect(reply.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': expect.any(String),
  });
  expect(reply.body).toStrictEqual({
    type: 'urn:openslot:problem:not-found',
    title: 'There is nothing here',
    status: 404,
    detail: 'There is no such session in this title.',
    code: 'NOT_FOUND',
  });
});

describe('all that is wrong is told at once:', () => {
  const errorsOf = async (reply: Promise<{ readonly body: unknown }>) => (await reply).body;

  test('members of a body by their pointers, the unknown ones by their names', async () => {
    const body = { maxPlayers: 1, visibility: 'x', customData: [1, 256, 'a'], 'a/b~c': 1, colour: 'red' };
    expect(await errorsOf(alice.post('/sessions', body))).toMatchObject({
      code: 'VALIDATION_ERROR',
      detail:
        'The member /customData/1 must be a whole number from 0 to 255, and there is more: errors lists 6 faults.',
      errors: [
        { pointer: '/customData/1', detail: 'must be a whole number from 0 to 255' },
        { pointer: '/customData/2', detail: 'must be a whole number from 0 to 255' },
        { pointer: '/maxPlayers', detail: 'must be a whole number from 2 to 16' },
        {
          pointer: '/visibility',
          detail: 'must be one of PlayersCurrentlyInSession, PlayersEverInSession, Everyone',
        },
        { pointer: '/a~1b~0c', detail: expect.stringMatching(/^is unknown: what may be here is variant, /) },
        { pointer: '/colour', detail: expect.stringMatching(/^is unknown/) },
      ],
    });
  });

  test.each(['constructor', '__proto__', 'toString', 'prototype', 'hasOwnProperty'])(
    'an unknown member that is called %s like any other',
    async (name) => {
      expect(await errorsOf(alice.post('/sessions', `{"maxPlayers":4,"${name}":{}}`))).toMatchObject({
        errors: [{ pointer: `/${name}`, detail: expect.stringMatching(/^is unknown/) }],
      });
      const players = `{"players":[{"xuid":1,"gamertag":"a","${name}":{}}]}`;
      expect(await errorsOf(title.post(`${session}/players`, players))).toMatchObject({
        errors: [{ pointer: `/players/0/${name}`, detail: expect.stringMatching(/^is unknown/) }],
      });
    },
  );

  test('an unknown member and a missing one', async () => {
    expect(await errorsOf(alice.post('/sessions', { colour: 'red' }))).toMatchObject({
      errors: [
        { pointer: '/maxPlayers', detail: 'is required' },
        { pointer: '/colour', detail: expect.stringMatching(/^is unknown: what may be here is variant, /) },
      ],
    });
    const players = [
      { xuid: 1, seat: 1 },
      { gamertag: 'b', seat: 2 },
    ];
    const known = 'is unknown: what may be here is xuid, gamertag, customData';
    expect(await errorsOf(title.post(`${session}/players`, { players }))).toMatchObject({
      errors: [
        { pointer: '/players/0/gamertag', detail: 'is required' },
        { pointer: '/players/0/seat', detail: known },
        { pointer: '/players/1/xuid', detail: 'is required' },
        { pointer: '/players/1/seat', detail: known },
      ],
    });
  });

  test('members of the players of a party', async () => {
    const players = [{ xuid: 1, gamertag: 'a' }, { gamertag: 5 }, [], { xuid: 1, gamertag: 'b', seat: 1 }];
    expect(await errorsOf(title.post(`${session}/players`, { players }))).toMatchObject({
      errors: [
        { pointer: '/players/1/xuid', detail: 'is required' },
        { pointer: '/players/1/gamertag', detail: 'must be a string of 1 to 15 characters' },
        { pointer: '/players/2', detail: 'must be an object' },
        { pointer: '/players/3/seat', detail: 'is unknown: what may be here is xuid, gamertag, customData' },
      ],
    });
  });

  test('a player who is in a party twice', async () => {
    const players = [5, 6, 5].map((xuid) => ({ xuid, gamertag: 'a' }));
    expect(await errorsOf(title.post(`${session}/players`, { players }))).toMatchObject({
      errors: [{ pointer: '/players/2', detail: 'is a player who is in the list already' }],
    });
  });

  test('query parameters, headers and members together', async () => {
    const reply = alice.patch(`${session}?a=1`, { hasEnded: 1 }, { 'if-match': 'x' });
    expect(await errorsOf(reply)).toMatchObject({
      errors: [
        { parameter: 'a', detail: 'is unknown: what may be here is nothing' },
        { header: 'If-Match', detail: 'must be * or a list of entity tags in their quotes, such as "3-0"' },
        { pointer: '/hasEnded', detail: 'must be true or false' },
      ],
    });
  });

  test('thousands of faults are counted, and the first hundred listed', async () => {
    const customData = Array.from({ length: 9_000 }, () => 256);
    const { body } = await alice.post('/sessions', { maxPlayers: 4, customData });
    expect(body).toMatchObject({ detail: expect.stringContaining('errors lists the first 100 of 9000') });
    expect(body).toMatchObject({ errors: expect.toSatisfy((errors: unknown[]) => errors.length === 100) });
  });
});

describe('a body', () => {
  test.each([
    ['that is no JSON', '{"maxPlayers":4'],
    ['that is no object', '[]'],
    ['that is null', 'null'],
    ['that is a number', '5'],
    ['that is not UTF-8', Buffer.from('{"displayName":"\xff","maxPlayers":4}', 'latin1')],
    [
      'of lists in each other with a long number in them',
      `${'['.repeat(40_000)}${'1'.repeat(17)}${']'.repeat(40_000)}`,
    ],
  ])('%s is refused', async (_, body) => {
    const reply = await alice.post('/sessions', body, { 'content-type': 'application/octet-stream' });
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '', detail: expect.any(String) }] },
    });
  });

  test.each([
    ['many unknown members', `{${Array.from({ length: 9_000 }, (_, i) => `"m${i}":0`).join(',')}}`],
    ['one member many times', `{${'"maxPlayers":1,'.repeat(6_000)}"maxPlayers":1}`],
    ['many bytes that are none', `{"customData":[${'"",'.repeat(33_000)}0]}`],
    ['a number of many digits', `{"maxPlayers":${'1'.repeat(99_000)}}`],
    ['a text of many escapes', `{"displayName":"${'\\u0061'.repeat(16_000)}"}`],
  ])('of %s is refused at once', async (_, body) => {
    const start = performance.now();
    expect((await alice.post('/sessions', body)).status).toBe(400);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('may be of any content type', async () => {
    for (const type of ['application/json', 'application/merge-patch+json', 'text/plain', 'a/b']) {
      const reply = await alice.patch(session, { variant: 0 }, { 'content-type': type });
      expect(reply.status).toBe(200);
    }
  });

  test('of more than 100,000 bytes is too large, and one of as many is not', async () => {
    const text = (bytes: number) => `{"maxPlayers":4}`.padEnd(bytes, ' ');
    expect((await alice.post('/sessions', text(100_000))).status).toBe(201);
    const reply = await alice.post('/sessions', text(100_001));
    expect(reply).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } });
  });

  test('is not needed for a join', async () => {
    const sessionId = sessionIdOf(await alice.post('/sessions', { maxPlayers: 2 }));
    expect((await alice.post(`/sessions/${sessionId}/players`)).status).toBe(201);
    expect((await bob.post(`/sessions/${sessionId}/players`, {})).status).toBe(201);
  });
});

describe('a player is named in the body', () => {
  test.each([
    ['of a creation', '/sessions', { maxPlayers: 4, xuid: 5 }, '/xuid'],
    ['of a join', '/players', { xuid: 5, gamertag: 'Five' }, '/xuid'],
    ['of a join', '/players', { players: [{ xuid: 5, gamertag: 'Five' }] }, '/players'],
  ])('%s with the token of a title alone', async (_, path, body, pointer) => {
    const reply = await alice.post(path === '/sessions' ? path : `${session}${path}`, body);
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([{ pointer, detail: expect.any(String) }]) },
    });
  });

  test('unless the token of the title has one, whose gamertag is nobody else’s', async () => {
    const { body } = await title.post('/sessions', { maxPlayers: 16 });
    const players = `/sessions/${sessionIdOf({ body })}/players`;
    const missing = (pointer: string) => ({
      status: 400,
      body: { errors: [{ pointer, detail: expect.stringMatching(/^is required/) }] },
    });
    expect(await title.post(players, {})).toMatchObject(missing('/xuid'));
    expect(await title.post(players, { xuid: 5 })).toMatchObject(missing('/gamertag'));

    const seven = await service.title({ xuid: '7', gamertag: 'Seven' });
    expect(await seven.post(players)).toMatchObject({ status: 201, body: { xuid: 7, gamertag: 'Seven' } });
    expect(await seven.post(players, { xuid: 5 })).toMatchObject(missing('/gamertag'));
    expect(await seven.post(players, { xuid: 5, gamertag: 'Five' })).toMatchObject({
      status: 201,
      body: { xuid: 5, gamertag: 'Five' },
    });
  });
});

describe('what is wrong first is told first:', () => {
  const refusalOf = async (reply: Promise<{ readonly body: unknown }>) => (await reply).body;

  test('no token, before anything else', async () => {
    for (const path of [session, `${session}?a=1`, '/sessions/x', '/sessions/x/y/z', '/sessions']) {
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT']) {
        const body = method === 'GET' ? undefined : 'x'.repeat(100_001);
        const { status, headers } = await service.call(method, path, { body });
        expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="openslot"']);
      }
    }
  });

  test('a token that is not good says what is the matter with it', async () => {
    const expired = await service.token({ xuid: '1', gamertag: 'a', claims: { exp: 1 } });
    const { status, headers, body } = await service.call('GET', session, { token: expired });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="openslot", error="invalid_token", error_description="the token has expired"',
    );
    expect(body).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a request that is not valid, before a session that does not exist', async () => {
    expect(await refusalOf(alice.patch(nowhere, { a: 1 }))).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(await refusalOf(alice.post(`${nowhere}/players`, { a: 1 }))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    expect(await refusalOf(alice.post(`${nowhere}/reservations`, {}))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });

  test('a session that does not exist, or is of another title, before what nobody may do', async () => {
    const reservation = { players: [{ xuid: 5 }] };
    for (const at of [
      await Promise.all([
        alice.get(nowhere),
        alice.patch(nowhere, {}),
        alice.post(`${nowhere}/players`),
        alice.patch(`${nowhere}/players/5`, { customData: null }),
        alice.delete(`${nowhere}/players/5`),
        alice.post(`${nowhere}/reservations`, reservation),
        title.post(`${nowhere}/reservations`, reservation),
      ]),
      await Promise.all([
        stranger.get(session),
        stranger.patch(session, {}),
        stranger.post(`${session}/players`),
        stranger.patch(`${session}/players/5`, { customData: null }),
        stranger.delete(`${session}/players/5`),
        stranger.post(`${session}/reservations`, reservation),
      ]),
    ]) {
      for (const { status, body } of at) {
        expect([status, body]).toMatchObject([404, { code: 'NOT_FOUND' }]);
      }
    }
    expect(await refusalOf(alice.post(`${session}/reservations`, reservation))).toMatchObject({
      code: 'NOT_ALLOWED',
      detail: "Seats are reserved with a title's token.",
    });
  });
});

describe('a path', () => {
  test.each([
    ['/sessions/702E5AAF-E7BD-4A7C-ABEA-9DD4BE10EDEC', 'sessionId'],
    ['/sessions/702e5aafe7bd4a7cabea9dd4be10edec', 'sessionId'],
    ['/sessions/..%2fx', 'sessionId'],
    [`${nowhere}/players/05`, 'xuid'],
    [`${nowhere}/players/18446744073709551616`, 'xuid'],
    [`${nowhere}/players/me`, 'xuid'],
    [`${nowhere}/players/-1`, 'xuid'],
  ])('%s names nothing', async (path, variable) => {
    const reply = path.includes('players') ? alice.delete(path) : alice.get(path);
    expect(await reply).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: expect.stringContaining(`${variable} must be `) },
    });
  });

  test('with another method says which ones it takes', async () => {
    const replies = [
      ['PUT', session, 'GET, PATCH'],
      ['DELETE', session, 'GET, PATCH'],
      ['OPTIONS', session, 'GET, PATCH'],
      ['GET', `${session}/players`, 'POST'],
      ['PUT', '/sessions', 'POST, GET'],
      ['PATCH', `${session}/queues/0/messages`, 'POST, GET, DELETE'],
    ] as const;
    for (const [method, path, allow] of replies) {
      const { status, headers } = await service.call(method, path, { token: alice.token });
      expect([status, headers['allow']]).toEqual([404, allow]);
    }
  });

  test.each([
    '/sessions/',
    '/sessions/x/y',
    '/sessions/x/players/5/6',
    `${nowhere}/queues/0`,
    '/sessions//players',
  ])('%s is none', async (path) => {
    const { status, headers, body } = await alice.get(path);
    expect([status, headers['allow']]).toEqual([404, undefined]);
    expect(body).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what nobody expected', () => {
  test('is told without its cause', async () => {
    service.wire.breaks = () => 'server error';
    const reply = await alice.get(session);
    service.wire.breaks = () => undefined;
    expect(reply).toMatchObject({ status: 500 });
    expect(reply.body).toStrictEqual({
      type: 'urn:openslot:problem:internal',
      title: 'The service could not complete the request',
      status: 500,
      detail: 'The service could not complete the request. Try again.',
      code: 'INTERNAL',
    });
  });

  test('is told as too many requests where DynamoDB says so', async () => {
    service.wire.breaks = () => 'throttled';
    const reply = await alice.get(session);
    service.wire.breaks = () => undefined;
    expect(reply).toMatchObject({ status: 429, body: { code: 'THROTTLED' } });
    expect(reply.headers['retry-after']).toBe('1');
  });

  test('is keys of the issuer that cannot be had', async () => {
    const without = await startGameSessions({ tokens: { check: async () => ({ kind: 'unavailable' }) } });
    const reply = await without.call('GET', session, { token: alice.token });
    await without.close();
    expect(reply).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
  });
});

test('maxPlayers below the seats that are taken is told with their number', async () => {
  const { body } = await alice.post('/sessions', { maxPlayers: 4 });
  const at = `/sessions/${sessionIdOf({ body })}`;
  await alice.post(`${at}/players`);
  await title.post(`${at}/reservations`, {
    players: [{ xuid: xuidOf('18446744073709551615') }, { xuid: 5 }],
  });
  expect(await alice.patch(at, { maxPlayers: 2 })).toMatchObject({
    status: 400,
    body: {
      code: 'VALIDATION_ERROR',
      errors: [{ pointer: '/maxPlayers', detail: 'must be at least 3, the number of seats that are taken' }],
    },
  });
});
