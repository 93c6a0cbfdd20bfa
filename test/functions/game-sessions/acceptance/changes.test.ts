import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GameSessions, startGameSessions, type TestCaller } from '#test/support/game-sessions.ts';
import { create, endOf } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  alice = await service.player();
});
afterAll(() => service.close());

describe('a change', () => {
  test('of nothing changes nothing', async () => {
    const session = await create(alice);
    const { headers, text } = await alice.get(session);
    for (const body of [{}, undefined, '', '{}', ' {\n}']) {
      const reply = await alice.patch(session, body);
      expect([reply.status, reply.headers['etag'], reply.text]).toEqual([200, headers['etag'], text]);
    }
  });

  test.each([
    '{"__proto__":{"hasEnded":true}}',
    '{"constructor":{"prototype":{"hasEnded":true}}}',
    '{"playersCanBeRemovedBy":"AnyPlayer"}',
    '{"seatsAvailable":100}',
    '{"roster":[]}',
    '{"sessionId":"00000000-0000-4000-8000-000000000000"}',
    '{"titleId":5}',
    '{"creationTime":"2011-06-23T17:13:06Z"}',
    '{"HasEnded":true}',
    '{"hasEnded":true,"hasended":true}',
    '{"etag":"0-0"}',
    '{"xuid":5}',
    '[{"op":"replace","path":"/hasEnded","value":true}]',
    '{"maxPlayers":null}',
    '{"displayName":null}',
    '{"maxPlayers":1e400}',
    '{"variant":1,"maxPlayers":17}',
    'true',
    '{"variant":1}{"variant":2}',
    `{"variant":${'1'.repeat(400)}}`,
  ])('%s is refused as a whole', async (body) => {
    const session = await create(alice);
    const { headers, text } = await alice.get(session);
    expect(endOf(await alice.patch(session, body))).toBe('400 VALIDATION_ERROR');
    const after = await alice.get(session);
    expect([after.headers['etag'], after.text]).toEqual([headers['etag'], text]);
  });

  test('that names a member twice takes the last one, as JSON.parse has it', async () => {
    const session = await create(alice);
    expect((await alice.patch(session, '{"variant":1,"variant":2}')).body).toMatchObject({ variant: 2 });
  });

  test('may set what a session has to null for custom data alone, and leaves what it does not name', async () => {
    const session = await create(alice, { maxPlayers: 2, customData: [0], displayName: 'stays' });
    expect((await alice.patch(session, { customData: null })).body).toMatchObject({
      customData: null,
      displayName: 'stays',
    });
    expect((await alice.patch(session, { customData: [] })).body).toMatchObject({ customData: [] });
  });
});
