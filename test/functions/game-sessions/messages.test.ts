import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { maximumMessageBytes } from '#lib/messages/limits.ts';
import { Clock } from '#test/support/clock.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';

const clock = new Clock(Date.parse('2011-06-23T17:13:06.789Z'));
/** What happens while a reader waits. */
let whileWaiting: () => unknown = () => {};

let service: GameSessions;
let ada: TestCaller;
let bob: TestCaller;
let stranger: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  const sleep = async (milliseconds: number) => {
    clock.turn(milliseconds);
    await whileWaiting();
  };
  service = await startGameSessions({ sleep }, clock);
  ada = await service.player({ xuid: '18446744073709551615', gamertag: 'Ada' });
  bob = await service.player({ gamertag: 'Bob' });
  stranger = await service.player();
  title = await service.title();
});
afterAll(() => service.close());

let session: string;
let queue: string;
beforeEach(async () => {
  whileWaiting = () => {};
  session = `/sessions/${sessionIdOf(await title.post('/sessions', { maxPlayers: 4 }))}`;
  queue = `${session}/queues/0/messages`;
  await ada.post(`${session}/players`);
  await bob.post(`${session}/players`);
});

const data = (text: string): string => Buffer.from(text).toString('base64');
const end = () => title.patch(session, { hasEnded: true });
const nowhere = '/sessions/702e5aaf-e7bd-4a7c-abea-9dd4be10edec/queues/0/messages';

describe('POST messages', () => {
  test('answers with the message, member for member, and readers get the same', async () => {
    const message = {
      queueIndex: 0,
      sequenceNumber: 1,
      senderXuid: 18446744073709551615n,
      timeStamp: '2011-06-23T17:13:06Z',
      data: data('hello'),
    };
    const reply = await ada.post(queue, { data: data('hello') });
    expect(reply).toMatchObject({ status: 201, body: message });
    expect(Object.keys(message)).toEqual(Object.keys(reply.body ?? {}));
    expect(reply.text).toContain('"senderXuid":18446744073709551615,');
    const read = await bob.get(queue);
    expect(read).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(read.body).toEqual({ messages: [message] });
  });

  test('takes 16 KiB, and refuses one byte more with 413', async () => {
    const large = Buffer.alloc(maximumMessageBytes, 255);
    expect(await ada.post(queue, { data: large.toString('base64') })).toMatchObject({ status: 201 });
    const larger = Buffer.alloc(maximumMessageBytes + 1).toString('base64');
    const tooLarge = { status: 413, body: { code: 'TOO_LARGE' } };
    expect(await ada.post(queue, { data: larger })).toMatchObject(tooLarge);
    expect(await ada.post(nowhere, { data: larger })).toMatchObject(tooLarge);
  });

  test.each<[body: unknown, pointer: string]>([
    [{}, '/data'],
    [{ data: null }, '/data'],
    [{ data: 'a' }, '/data'],
    [{ data: '', mustFollow: -1 }, '/mustFollow'],
    [{ data: '', mustFollow: 0.5 }, '/mustFollow'],
    [{ data: '', mustFollow: '0' }, '/mustFollow'],
    [{ data: '', mustFollow: null }, '/mustFollow'],
    [{ data: '', mustFollow: 1 }, '/mustFollow'],
    [{ data: '', xuid: 1 }, '/xuid'],
    [{ data: '', queueIndex: 0 }, '/queueIndex'],
  ])('refuses %j', async (body, pointer) => {
    expect(await ada.post(queue, body)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR', errors: [{ pointer }] },
    });
    expect((await ada.get(queue)).body).toEqual({ messages: [] });
  });

  test('is for players who are in', async () => {
    await stranger.post(`${session}/players`);
    await stranger.delete(`${session}/players/${stranger.xuid}`);
    const guest = await service.player();
    await title.post(`${session}/reservations`, { players: [{ xuid: xuidOf(guest.xuid) }] });
    const newcomer = await service.player();
    for (const other of [stranger, guest, newcomer]) {
      expect(await other.post(queue, { data: '' })).toMatchObject({
        status: 403,
        body: { code: 'NOT_ALLOWED' },
      });
    }
  });

  test('is for a title on behalf of a player who is in', async () => {
    const message = { data: data('from the house') };
    expect(await title.post(queue, { ...message, xuid: xuidOf(ada.xuid) })).toMatchObject({
      status: 201,
      body: { senderXuid: 18446744073709551615n },
    });
    const asBob = await service.title({ xuid: bob.xuid });
    expect(await asBob.post(queue, message)).toMatchObject({ status: 201 });
    expect(await title.post(queue, message)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/xuid' }] },
    });
    expect(await title.post(queue, { ...message, xuid: xuidOf(stranger.xuid) })).toMatchObject({
      status: 403,
      body: { code: 'NOT_ALLOWED' },
    });
  });

  test('that must follow another is refused with the session where one came in between', async () => {
    const follow = (caller: TestCaller, mustFollow: number) => caller.post(queue, { data: '', mustFollow });
    expect(await follow(ada, 0)).toMatchObject({ status: 201, body: { sequenceNumber: 1 } });
    expect(await follow(bob, 0)).toMatchObject({
      status: 412,
      body: { code: 'PRECONDITION_FAILED', session: (await bob.get(session)).body },
    });
    expect(await follow(bob, 1)).toMatchObject({ status: 201, body: { sequenceNumber: 2 } });
  });

  test.each([
    [2 ** 31 - 1, 'must be a number that has been given: the last one of this queue is 0'],
    [2 ** 31, 'must be a whole number from 0 to 2147483647'],
  ])('that must follow %i is refused for what that number is', async (mustFollow, detail) => {
    expect(await ada.post(queue, { data: '', mustFollow })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/mustFollow', detail }] },
    });
  });

  test('is refused with the session once it has ended, and with 403 to those who were not in', async () => {
    await end();
    expect(await ada.post(queue, { data: '', mustFollow: 7 })).toMatchObject({
      status: 409,
      body: { code: 'SESSION_ENDED', session: (await ada.get(session)).body },
    });
    expect(await stranger.post(queue, { data: '' })).toMatchObject({ status: 403 });
  });
});

describe('GET messages', () => {
  test('goes on behind a number, as far as it is asked to', async () => {
    for (const text of ['a', 'b', 'c']) await ada.post(queue, { data: data(text) });
    expect(await bob.get(`${queue}?after=1&max=1`)).toMatchObject({
      body: { messages: [{ sequenceNumber: 2, data: data('b') }] },
    });
    expect((await bob.get(`${queue}?after=3`)).body).toEqual({ messages: [] });
    expect((await bob.get(`${session}/queues/3/messages`)).body).toEqual({ messages: [] });
  });

  test.each([
    ['after=-1', 'after'],
    ['after=a', 'after'],
    ['max=0', 'max'],
    ['max=101', 'max'],
    ['wait=21', 'wait'],
    ['wait=0.5', 'wait'],
    ['through=1', 'through'],
  ])('refuses %s', async (query, parameter) => {
    expect(await ada.get(`${queue}?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_ERROR', errors: [{ parameter }] },
    });
  });

  test('is for those who may see the session, also when it has ended', async () => {
    await ada.post(queue, { data: '' });
    const refused = { status: 403, body: { code: 'NOT_VISIBLE' } };
    expect(await stranger.get(queue)).toMatchObject(refused);
    await end();
    expect(await stranger.get(queue)).toMatchObject(refused);
    for (const caller of [ada, title]) {
      expect(await caller.get(queue)).toMatchObject({ status: 200, body: { messages: [{}] } });
    }
  });

  test('holds the answer until there is a message', async () => {
    const started = clock.now();
    whileWaiting = () => clock.now() - started === 4_000 && ada.post(queue, { data: data('at last') });
    expect(await bob.get(`${queue}?wait=20`)).toMatchObject({
      status: 200,
      body: { messages: [{ sequenceNumber: 1, data: data('at last') }] },
    });
    expect(clock.now() - started).toBe(4_000);
  });

  test('holds the answer no longer than it was asked to', async () => {
    const started = clock.now();
    expect((await bob.get(`${queue}?wait=20`)).body).toEqual({ messages: [] });
    expect(clock.now() - started).toBe(20_000);
  });

  test('is turned away as soon as the session is no longer shown', async () => {
    const started = clock.now();
    whileWaiting = () => clock.now() - started === 2_000 && title.delete(`${session}/players/${bob.xuid}`);
    expect(await bob.get(`${queue}?wait=20`)).toMatchObject({ status: 403, body: { code: 'NOT_VISIBLE' } });
    expect(clock.now() - started).toBe(2_000);
  });
});

describe('DELETE messages', () => {
  test('drops those up to a number, for everybody, and again', async () => {
    for (const text of ['a', 'b', 'c']) await ada.post(queue, { data: data(text) });
    for (const caller of [bob, title]) {
      expect(await caller.delete(`${queue}?through=2`)).toMatchObject({ status: 204, text: '' });
    }
    expect(await ada.get(queue)).toMatchObject({ body: { messages: [{ sequenceNumber: 3 }] } });
  });

  test.each(['', '?through=', '?through=-1', '?through=all'])('refuses %j', async (query) => {
    expect(await ada.delete(`${queue}${query}`)).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'through' }] },
    });
  });

  test('is for players who are in, while the session goes on', async () => {
    await ada.post(queue, { data: '' });
    const path = `${queue}?through=1`;
    const refused = { status: 403, body: { code: 'NOT_ALLOWED' } };
    expect(await stranger.delete(path)).toMatchObject(refused);
    await end();
    expect(await stranger.delete(path)).toMatchObject(refused);
    expect(await ada.delete(path)).toMatchObject({
      status: 409,
      body: { code: 'SESSION_ENDED', session: (await ada.get(session)).body },
    });
    expect(await ada.get(queue)).toMatchObject({ body: { messages: [{}] } });
  });
});

describe('a session that is not there', () => {
  test.each(['no session has', 'belongs to another title', 'has queues of which this is none'])(
    'has no messages under an id that %s',
    async (which) => {
      const other = await service.title({ titleId: 7 });
      const foreign = sessionIdOf(await other.post('/sessions', { maxPlayers: 2 }));
      const paths: Readonly<Record<string, string>> = {
        'no session has': nowhere,
        'belongs to another title': `/sessions/${foreign}/queues/0/messages`,
        'has queues of which this is none': `${session}/queues/4/messages`,
      };
      const path = paths[which] ?? '';
      const missing = { status: 404, body: { code: 'NOT_FOUND' } };
      expect(await ada.post(path, { data: '' })).toMatchObject(missing);
      expect(await ada.get(`${path}?wait=20`)).toMatchObject(missing);
      expect(await ada.delete(`${path}?through=1`)).toMatchObject(missing);
    },
  );

  test('and one that is there say the same to whoever has no token', async () => {
    for (const path of [queue, nowhere]) {
      expect(await service.call('GET', path)).toMatchObject({ status: 401 });
      expect(await service.call('POST', path, { body: {} })).toMatchObject({ status: 401 });
      expect(await service.call('DELETE', path)).toMatchObject({ status: 401 });
    }
  });
});
