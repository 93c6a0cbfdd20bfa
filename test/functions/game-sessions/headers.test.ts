import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import { type GameSessions, startGameSessions, type TestCaller } from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
let session: string;
let etag: string;
beforeAll(async () => {
  service = await startGameSessions();
  alice = await service.player();
});
afterAll(() => service.close());

beforeEach(async () => {
  const { headers } = await alice.post('/sessions', { maxPlayers: 2 });
  session = headers['location'] ?? '';
  etag = headers['etag'] ?? '';
});

test('a created session is at its Location, under its ETag', async () => {
  const reply = await alice.get(session);
  expect(reply.status).toBe(200);
  expect(session).toBe(`/sessions/${sessionIdOf(reply)}`);
  expect(reply.headers['etag']).toBe(etag);
  expect(etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
  expect(reply.headers['cache-control']).toBe('private, no-cache');
});

describe('If-None-Match', () => {
  test.each([
    ['the ETag', () => etag],
    ['the ETag, weak', () => `W/${etag}`],
    ['the ETag among others', () => `"a", W/"b,c",${etag}`],
    ['the ETag behind nothing and before nothing', () => `, ,${etag}, `],
    ['the ETag behind nothing between two', () => `"a",, ${etag}`],
    ['any', () => '*'],
  ])('with %s is answered without a body', async (_, header) => {
    const reply = await alice.get(session, { 'if-none-match': header() });
    expect([reply.status, reply.text, reply.headers['etag']]).toEqual([304, '', etag]);
  });

  test.each(['"a"', '"a", "b"', 'W/"a"', '""', '"*"', '"a",,"b"', ',"a"', '"a",', ' , "a" ,\t,'])(
    'with %s is answered with the session',
    async (header) => {
      expect((await alice.get(session, { 'if-none-match': header })).status).toBe(200);
    },
  );
});

describe('If-Match', () => {
  test.each([
    ['the ETag', () => etag],
    ['the ETag among others', () => `"a" , ${etag}`],
    ['the ETag behind nothing and before nothing', () => `,${etag},`],
    ['any', () => ' * '],
  ])('with %s lets the change through', async (_, header) => {
    const reply = await alice.patch(session, { displayName: 'New' }, { 'if-match': header() });
    expect(reply).toMatchObject({ status: 200, body: { displayName: 'New' } });
    expect(reply.headers['etag']).not.toBe(etag);
  });

  test.each([
    ['another', () => '"a"'],
    ['the ETag, weak', () => `W/${etag}`],
    ['an asterisk in quotes', () => '"*"'],
    ['nothing between the quotes', () => '""'],
    ['others with nothing between them', () => '"a",,"b",'],
  ])('with %s is answered with the session as it is', async (_, header) => {
    const reply = await alice.patch(session, { displayName: 'New' }, { 'if-match': header() });
    expect(reply).toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED', session: { displayName: '' } },
    });
    expect((await alice.get(session)).headers['etag']).toBe(etag);
  });
});

test.each(['', '0-0', '"a', 'a"', '"a" "b"', ',', ' , ,, ', ',*', '*, "a"', 'w/"a"', '"a"b"', '"a\tb"'])(
  'the list of entity tags %j is none',
  async (header) => {
    for (const [reply, name] of [
      [await alice.get(session, { 'if-none-match': header }), 'If-None-Match'],
      [await alice.patch(session, {}, { 'if-match': header }), 'If-Match'],
    ] as const) {
      expect(reply).toMatchObject({
        status: 400,
        body: {
          code: 'VALIDATION_ERROR',
          errors: [{ header: name, detail: expect.stringMatching(/^must be \* or a list/) }],
        },
      });
    }
  },
);

describe('Idempotency-Key', () => {
  const create = (key: string, body: object = { maxPlayers: 4 }, caller = alice) =>
    caller.post('/sessions', body, { 'idempotency-key': key });

  test.each(['k', 'x'.repeat(255), '!"#~'])(
    'can be %s, and makes a retry return the first session',
    async (key) => {
      const first = await create(key);
      expect(first.status).toBe(201);
      const retry = await create(key);
      expect([retry.status, retry.body]).toEqual([201, first.body]);
      const other = await create(`${key.slice(1)}?`);
      expect(sessionIdOf(other)).not.toBe(sessionIdOf(first));
    },
  );

  test.each(['', 'x'.repeat(256), 'a b', 'ä'])('cannot be %s', async (key) => {
    expect(await create(key)).toMatchObject({
      status: 400,
      body: {
        errors: [{ header: 'Idempotency-Key', detail: 'must have 1 to 255 visible ASCII characters' }],
      },
    });
  });

  test('is one creator’s own', async () => {
    const bob = await service.player();
    const other = await service.player({ xuid: alice.xuid, gamertag: alice.gamertag, titleId: 8 });
    const replies = [
      await create('mine'),
      await create('mine', undefined, bob),
      await create('mine', undefined, other),
    ];
    expect(new Set(replies.map(sessionIdOf)).size).toBe(3);
  });

  test('does not do for another session', async () => {
    await create('once');
    expect(await create('once', { maxPlayers: 5 })).toMatchObject({
      status: 400,
      body: { errors: [{ header: 'Idempotency-Key', detail: expect.stringContaining('was used before') }] },
    });
  });

  test('shows a retry the session as it is by then', async () => {
    const first = await create('later');
    await alice.post(`/sessions/${sessionIdOf(first)}/players`);
    expect(await create('later')).toMatchObject({ status: 201, body: { seatsAvailable: 3 } });
  });
});
