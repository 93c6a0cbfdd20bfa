import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, endOf } from './cast.ts';

const rounds = 10;

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, title] = await Promise.all([service.player(), service.player(), service.title()]);
});
afterAll(() => service.close());

const etagOf = async (session: string): Promise<string> => (await title.get(session)).headers['etag'] ?? '';

describe('several who change what they have all seen', () => {
  test(`two at once: one does it, and the other is shown what the first one wrote, ${rounds} times`, async () => {
    const session = await create(alice, { maxPlayers: 8 });
    await bob.post(`${session}/players`);
    for (let round = 0; round < rounds; round++) {
      const seen = await etagOf(session);
      const names = ['by Alice', 'by Bob'].map((name) => `${name}, ${round}`);
      const replies = await Promise.all(
        [alice, bob].map((writer, i) =>
          writer.patch(session, { displayName: names[i] }, { 'if-match': seen }),
        ),
      );
      expect(replies.map(endOf).toSorted()).toEqual(['200', '412 PRECONDITION_FAILED']);
      const winner = replies.findIndex(({ status }) => status === 200);
      const [won, lost] = [replies[winner], replies[1 - winner]];
      expect(won?.body).toMatchObject({ displayName: names[winner] });
      expect(lost?.body).toMatchObject({ session: won?.body });
      expect(lost?.headers['etag']).toBe(won?.headers['etag']);
      const now = await title.get(session);
      expect(now.body).toEqual(won?.body);
      expect(now.headers['etag']).toBe(won?.headers['etag']);
    }
  });

  test('16 at once: one does it, and all others are shown its work', async () => {
    const session = await create(alice);
    const seen = await etagOf(session);
    const replies = await atOnce(16, 16, (i) =>
      alice.patch(session, { variant: i + 1 }, { 'if-match': seen }),
    );
    const won = replies.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const reply of replies) {
      if (reply.status !== 200)
        expect(reply.body).toMatchObject({ code: 'PRECONDITION_FAILED', session: won[0]?.body });
    }
  });

  test('four at once who do not say what they saw: all do it, each a member of its own, and none is lost', async () => {
    const session = await create(alice);
    const [name, variant, data, seats] = await Promise.all([
      alice.patch(session, { displayName: 'x' }),
      alice.patch(session, { variant: 3 }),
      alice.patch(session, { customData: [1, 2] }),
      alice.patch(session, { maxPlayers: 7 }),
    ]);
    expect([name, variant, data, seats].map(endOf)).toEqual(['200', '200', '200', '200']);
    expect((await alice.get(session)).body).toMatchObject({
      displayName: 'x',
      variant: 3,
      customData: [1, 2],
      maxPlayers: 7,
      seatsAvailable: 7,
    });
  });
});

describe('the ETag', () => {
  test('is another one after every change, and the same as long as there is none', async () => {
    const session = await create(alice, { maxPlayers: 3 });
    await title.post(`${session}/players`, { xuid: 5, gamertag: 'Five' });
    const steps: readonly (readonly [string, boolean, () => Promise<unknown>])[] = [
      ['a read', false, () => alice.get(session)],
      ['a join', true, () => alice.post(`${session}/players`)],
      ['the same join', false, () => alice.post(`${session}/players`)],
      [
        'a full session',
        false,
        () => title.post(`${session}/players`, { players: [6, 7].map((xuid) => ({ xuid, gamertag: 'x' })) }),
      ],
      ['custom data', true, () => alice.patch(`${session}/players/${alice.xuid}`, { customData: 'AAAA' })],
      ['a message', false, () => alice.post(`${session}/queues/0/messages`, { data: 'AAAA' })],
      ['dropped messages', false, () => alice.delete(`${session}/queues/0/messages?through=1`)],
      ['an empty change', false, () => alice.patch(session, {})],
      [
        'a change to what it is',
        false,
        () => alice.patch(session, { maxPlayers: 3, customData: null, hasEnded: false }),
      ],
      ['a name', true, () => alice.patch(session, { displayName: 'x' })],
      [
        'a reservation',
        true,
        () => title.post(`${session}/reservations`, { players: [{ xuid: 9 }], seconds: 60 }),
      ],
      [
        'the same reservation',
        false,
        () => title.post(`${session}/reservations`, { players: [{ xuid: 9 }], seconds: 90 }),
      ],
      ['a reservation that lapses', true, async () => service.clock.turn(60_000)],
      ['a lapsed seat taken', true, () => bob.post(`${session}/players`)],
      ['a player who leaves', true, () => bob.delete(`${session}/players/${bob.xuid}`)],
      ['a player who leaves again', false, () => bob.delete(`${session}/players/${bob.xuid}`)],
      ['a return', true, () => bob.post(`${session}/players`)],
      ['the end', true, () => alice.patch(session, { hasEnded: true })],
      ['a refused change', false, () => alice.patch(session, { displayName: 'y' })],
    ];
    const earlier: string[] = [];
    for (const [step, isChange, act] of steps) {
      const before = await etagOf(session);
      await act();
      const after = await etagOf(session);
      expect([step, after !== before]).toEqual([step, isChange]);
      if (isChange) expect(earlier).not.toContain(after);
      earlier.push(before);
    }
  });

  test('of before a seat lapsed is not good for a change after it', async () => {
    const session = await create(alice, { maxPlayers: 2 });
    await title.post(`${session}/reservations`, {
      players: [{ xuid: xuidOf('18446744073709551615') }],
      seconds: 5,
    });
    const seen = await etagOf(session);
    service.clock.turn(5_000);
    const reply = await alice.patch(session, { variant: 1 }, { 'if-match': seen });
    expect(reply).toMatchObject({ status: 412, body: { session: { seatsAvailable: 2 } } });
    const again = await alice.patch(session, { variant: 1 }, { 'if-match': reply.headers['etag'] ?? '' });
    expect(again).toMatchObject({ status: 200, body: { seatsAvailable: 2 } });
  });

  test('that comes with a change is that of the next read', async () => {
    const session = await create(alice);
    const { headers } = await alice.patch(session, { variant: 4 });
    expect(headers['etag']).toBe(await etagOf(session));
    expect((await alice.get(session, { 'if-none-match': headers['etag'] ?? '' })).status).toBe(304);
  });
});

test('If-None-Match shows nothing to whoever may not see the session', async () => {
  const session = await create(alice);
  for (const tags of ['*', await etagOf(session)]) {
    expect(endOf(await bob.get(session, { 'if-none-match': tags }))).toBe('403 NOT_VISIBLE');
  }
});

test('If-Match is honoured where nothing would change, too', async () => {
  const session = await create(alice);
  expect(endOf(await alice.patch(session, {}, { 'if-match': '"a"' }))).toBe('412 PRECONDITION_FAILED');
  expect(endOf(await alice.patch(session, {}, { 'if-match': '*' }))).toBe('200');
});
