import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rosterKeyLength } from '#lib/rosters/ids.ts';
import { sessionIdOf, sessionsIn, tokenIn } from '#test/support/game-session-replies.ts';
import { type GameSessions, startGameSessions, type TestCaller } from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, title] = await Promise.all([service.player(), service.player(), service.title()]);
  for (let i = 0; i < 5; i++) {
    const created = await alice.post('/sessions', { maxPlayers: 2, visibility: 'Everyone', variant: i });
    await alice.post(`/sessions/${sessionIdOf(created)}/players`);
    service.clock.turn(1_000);
  }
});
afterAll(() => service.close());

describe('a list', () => {
  test.each([
    'player=me',
    'player=0',
    'player=18446744073709551615',
    'open=true',
    'player=me&state=current',
    'player=me&state=ended',
    'player=me&state=any',
    'open=true&variant=-2147483648',
    'open=true&variant=2147483647',
    'open=true&max=1',
    'player=me&max=100',
  ])('takes %s', async (query) => {
    expect((await alice.get(`/sessions?${query}`)).status).toBe(200);
  });

  test.each([
    ['', 'player', 'is required, or open=true'],
    ['player=me&open=true', 'open', 'does not go with player'],
    ['player=', 'player', 'must be me or a xuid'],
    ['player=Me', 'player', 'must be me or a xuid'],
    ['player=05', 'player', 'must be me or a xuid'],
    ['player=-1', 'player', 'must be me or a xuid'],
    ['player=18446744073709551616', 'player', 'must be me or a xuid'],
    ['open=false', 'open', 'must be true'],
    ['open', 'open', 'must be true'],
    ['open=true&state=current', 'state', 'goes with player: open sessions are current'],
    ['player=me&state=live', 'state', 'must be one of current, ended, any'],
    ['open=true&variant=2147483648', 'variant', 'must be a whole number from -2147483648 to 2147483647'],
    ['open=true&variant=1.0', 'variant', 'must be a whole number from -2147483648 to 2147483647'],
    ['open=true&variant=0x1', 'variant', 'must be a whole number from -2147483648 to 2147483647'],
    ['open=true&variant=-0', 'variant', 'must be a whole number from -2147483648 to 2147483647'],
    ['open=true&max=0', 'max', 'must be a whole number from 1 to 100'],
    ['open=true&max=101', 'max', 'must be a whole number from 1 to 100'],
    ['open=true&max=%2010', 'max', 'must be a whole number from 1 to 100'],
    ['open=true&max=', 'max', 'must be a whole number from 1 to 100'],
    ['open=true&max=1&max=2', 'max', 'is there more than once'],
    ['open=true&max=1,2', 'max', 'must be a whole number from 1 to 100'],
    ['open=true&page=2', 'page', expect.stringMatching(/^is unknown: what may be here is player, open, /)],
    ['open=true&__proto__=2', '__proto__', expect.stringMatching(/^is unknown/)],
  ])('does not take %s', async (query, parameter, detail) => {
    service.wire.count();
    const reply = await alice.get(`/sessions?${query}`);
    expect(reply).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR', errors: [{ parameter, detail }] },
    });
    expect(service.wire.count()).toEqual({});
  });

  test('of the own sessions needs a token that names a player', async () => {
    expect(await title.get('/sessions?player=me')).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'player', detail: 'is me, and the token names no player' }] },
    });
    expect((await title.get(`/sessions?player=${alice.xuid}`)).status).toBe(200);
  });
});

describe('a queue', () => {
  let messages: string;
  beforeAll(async () => {
    const session = `/sessions/${sessionIdOf(await bob.post('/sessions', { maxPlayers: 2 }))}`;
    await bob.post(`${session}/players`);
    messages = `${session}/queues/0/messages`;
  });

  test.each([
    '',
    'after=0',
    'after=2147483647',
    'max=1',
    'max=100',
    'wait=0',
    'wait=20',
    'after=1&max=2&wait=1',
  ])('is read with %j', async (query) => {
    expect((await bob.get(`${messages}?${query}`)).status).toBe(200);
  });

  test.each(['through=0', 'through=2147483647'])('is dropped with %s', async (query) => {
    expect((await bob.delete(`${messages}?${query}`)).status).toBe(204);
  });

  test.each([
    ['get', 'after=-1', 'after', 'must be a whole number from 0 to 2147483647'],
    ['get', 'after=2147483648', 'after', 'must be a whole number from 0 to 2147483647'],
    ['get', 'after=01', 'after', 'must be a whole number from 0 to 2147483647'],
    ['get', 'max=0', 'max', 'must be a whole number from 1 to 100'],
    ['get', 'max=101', 'max', 'must be a whole number from 1 to 100'],
    ['get', 'wait=21', 'wait', 'must be a whole number from 0 to 20'],
    ['get', 'wait=-1', 'wait', 'must be a whole number from 0 to 20'],
    ['get', 'wait=0.5', 'wait', 'must be a whole number from 0 to 20'],
    ['get', 'through=1', 'through', 'is unknown: what may be here is after, max, wait'],
    ['delete', '', 'through', 'is required'],
    ['delete', 'through=', 'through', 'must be a whole number from 0 to 2147483647'],
    ['delete', 'through=2147483648', 'through', 'must be a whole number from 0 to 2147483647'],
    ['delete', 'through=1e3', 'through', 'must be a whole number from 0 to 2147483647'],
    ['delete', 'through=1&through=2', 'through', 'is there more than once'],
  ] as const)('takes no %s with %j', async (method, query, parameter, detail) => {
    service.wire.count();
    expect(await bob[method](`${messages}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR', errors: [{ parameter, detail }] },
    });
    expect(service.wire.count()).toEqual({});
  });

  test('that lacks a parameter and has an unknown one is told both', async () => {
    expect(await bob.delete(`${messages}?colour=red`)).toMatchObject({
      status: 400,
      body: {
        errors: [
          { parameter: 'through', detail: 'is required' },
          { parameter: 'colour', detail: 'is unknown: what may be here is through' },
        ],
      },
    });
  });

  test.each(['4', '-1', '00', '0.0', 'x', '%20'])('%s is none', async (index) => {
    const path = messages.replace('/0/', `/${index}/`);
    for (const reply of [bob.get(path), bob.delete(`${path}?through=1`), bob.post(path, { data: '' })]) {
      expect(await reply).toMatchObject({
        status: 404,
        body: { detail: expect.stringContaining('queueIndex must be a whole number from 0 to 3') },
      });
    }
  });
});

describe('a continuation token', () => {
  const next = async (caller: TestCaller, query: string) => tokenIn(await caller.get(`/sessions?${query}`));
  const refusal = {
    status: 400,
    body: {
      errors: [
        {
          parameter: 'continuationToken',
          detail: 'is not one that this list has given: leave it out to begin anew',
        },
      ],
    },
  };

  test.each(['player=me', 'open=true'])('goes on with %s, page by page', async (query) => {
    const whole = sessionsIn(await alice.get(`/sessions?${query}`));
    expect(whole).toHaveLength(5);
    const seen = [];
    let token: string | null = '';
    while (token !== null) {
      const reply = await alice.get(
        `/sessions?${query}&max=2${token === '' ? '' : `&continuationToken=${token}`}`,
      );
      seen.push(...sessionsIn(reply));
      token = tokenIn(reply);
    }
    expect(seen).toEqual(whole);
  });

  test('of one list is not taken by another', async () => {
    const own = await next(alice, 'player=me&max=1');
    const open = await next(alice, 'open=true&max=1');
    for (const [caller, query] of [
      [alice, `open=true&continuationToken=${own}`],
      [alice, `player=me&continuationToken=${open}`],
      [alice, `player=me&state=current&continuationToken=${own}`],
      [alice, `player=me&variant=0&continuationToken=${own}`],
      [bob, `player=me&continuationToken=${own}`],
      [alice, `player=${bob.xuid}&continuationToken=${own}`],
      [alice, `open=true&variant=1&continuationToken=${open}`],
    ] as const) {
      expect(await caller.get(`/sessions?${query}`)).toMatchObject(refusal);
    }
    // Somebody else in the same list, and the same player by number.
    expect((await bob.get(`/sessions?open=true&continuationToken=${open}`)).status).toBe(200);
    expect((await alice.get(`/sessions?player=${alice.xuid}&continuationToken=${own}`)).status).toBe(200);
  });

  test('that is garbled or made up is refused', async () => {
    const own = (await next(alice, 'player=me&max=1')) ?? '';
    const key = 'x'.repeat(rosterKeyLength);
    const [list] = JSON.parse(Buffer.from(own, 'base64url').toString());
    const madeUp = (place: unknown) => Buffer.from(JSON.stringify([list, place])).toString('base64url');
    const tokens = [
      '',
      'x',
      own.slice(0, -2),
      `${own}${own}`,
      madeUp(null),
      madeUp({}),
      madeUp({ sessionKey: 5, at: 0 }),
      madeUp({ sessionKey: key, at: -1 }),
      madeUp({ sessionKey: `${key.slice(1)}#`, at: 0 }),
      madeUp({ sessionKey: key.slice(1), at: 0 }),
      madeUp({ sessionKey: key, at: 0, pk: 'SESSION#x' }),
    ];
    for (const token of tokens) {
      expect(await alice.get(`/sessions?player=me&continuationToken=${token}`)).toMatchObject(refusal);
    }
    // One for a place in the own list does no harm.
    const place = madeUp({ sessionKey: key, at: 0 });
    const { status, body } = await alice.get(`/sessions?player=me&continuationToken=${place}`);
    expect([status, body]).toEqual([200, { sessions: [], continuationToken: null }]);
  });
});
