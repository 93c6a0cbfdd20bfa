import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, dataOf, endOf, listed } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, title] = await Promise.all([service.player(), service.player(), service.title()]);
});
afterAll(() => service.close());

describe('a xuid keeps its 64 bits', () => {
  /** Between the powers of two where doubles are far apart; each would be another player if it were rounded. */
  test.each(['18446744073709551615', '18446744073709551614', '9007199254740993', '9223372036854775808', '0'])(
    '%s in every place that takes or shows one',
    async (xuid) => {
      const max = await service.player({ xuid, gamertag: 'Max' });
      const number = `"xuid":${xuid},`;
      const session = await create(max, {
        maxPlayers: 4,
        visibility: 'Everyone',
        playersCanBeRemovedBy: 'AnyPlayer',
      });

      const reserved = await title.post(`${session}/reservations`, `{"players":[{"xuid":${xuid}}]}`);
      expect(reserved.text).toContain(`{"reservations":[{${number}"deadline":"`);
      expect((await max.post(`${session}/players`)).text).toContain(`{${number}"gamertag":"Max"`);
      const rejoined = await title.post(`${session}/players`, `{"xuid":${xuid},"gamertag":"Max"}`);
      expect([rejoined.status, rejoined.text]).toEqual([200, expect.stringContaining(`{${number}`)]);
      const party = await title.post(`${session}/players`, `{"players":[{"xuid":${xuid},"gamertag":"Max"}]}`);
      expect([party.status, party.text]).toEqual([200, expect.stringContaining(`{"players":[{${number}`)]);
      const again = await title.post(`${session}/reservations`, `{"players":[{"xuid":${xuid}}]}`);
      expect([again.status, again.text]).toEqual([200, `{"reservations":[{${number}"deadline":null}]}`]);

      const place = `${session}/players/${xuid}`;
      expect((await max.patch(place, { customData: 'AAAA' })).text).toContain(`{${number}`);
      expect((await title.patch(place, { customData: 'AAAB' })).text).toContain(`{${number}`);
      const messages = `${session}/queues/0/messages`;
      expect((await max.post(messages, { data: '' })).text).toContain(`"senderXuid":${xuid},`);
      const sent = await title.post(messages, `{"data":"","xuid":${xuid}}`);
      expect(sent.text).toContain(`"senderXuid":${xuid},`);
      expect((await bob.get(messages)).text.split(`"senderXuid":${xuid},`)).toHaveLength(3);

      expect((await bob.get(session)).text).toContain(`"roster":[{${number}`);
      expect((await max.patch(session, { variant: 1 })).text).toContain(`"roster":[{${number}`);
      const stale = await max.patch(session, {}, { 'if-match': '"a"' });
      expect(stale.text).toContain(`"roster":[{${number}`);
      expect(await listed(bob, `player=${xuid}`)).toEqual([session]);
      expect(await listed(max, 'player=me')).toEqual([session]);
      expect((await title.delete(place)).status).toBe(204);
      expect((await bob.get(session)).body).toMatchObject({ roster: [{ isCurrentlyInSession: false }] });

      const own = await create(title, { maxPlayers: 2, xuid: xuidOf(xuid) });
      expect((await max.get(own)).status).toBe(200);
    },
  );

  test.each([
    '9007199254740993.0',
    '9007199254740993e0',
    '1e16',
    '18446744073709551615.0',
    '1844674407370955161.5e1',
  ])('%s, of which a double would keep less, is refused', async (xuid) => {
    const session = await create(alice);
    const players = `{"players":[{"xuid":${xuid},"gamertag":"x"}]}`;
    expect(endOf(await title.post(`${session}/players`, players))).toBe('400 VALIDATION_ERROR');
  });

  test('and neighbours that one double stands for are two players', async () => {
    const session = await create(alice, { maxPlayers: 4, visibility: 'Everyone' });
    const one = await service.player({ xuid: '18446744073709551614', gamertag: 'One' });
    const other = await service.player({ xuid: '18446744073709551615', gamertag: 'Other' });
    for (const player of [one, other]) expect(endOf(await player.post(`${session}/players`))).toBe('201');
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 2, roster: { length: 2 } });
    expect(endOf(await one.delete(`${session}/players/${other.xuid}`))).toBe('403 NOT_ALLOWED');
  });
});

describe('text comes back as it was sent', () => {
  const pirate = '\u{1f3f4}\u200d\u2620\ufe0f';
  test.each([
    ['\u0000', '\u0000'],
    [pirate.repeat(3), `${pirate}${pirate}x`],
    ['\u{1f409}'.repeat(64), `${'\u{1f409}'.repeat(7)}x`],
    ['"}],\\u0000\\', '"}],\\u0000\\'],
    ['__proto__', '__proto__'],
    ['\u2028\u2029\ufeff', '\u202eevil\u2028'],
    ['<script>', "';--"],
    ['e\u0301', 'e\u0301'],
  ])('a name %j and a gamertag %j', async (displayName, gamertag) => {
    const player = await service.player({ gamertag });
    const session = await create(player, { maxPlayers: 2, displayName });
    expect((await player.post(`${session}/players`)).body).toMatchObject({ gamertag });
    expect((await player.get(session)).body).toMatchObject({ displayName, roster: [{ gamertag }] });
    const { body } = await player.get('/sessions?player=me');
    expect(body).toMatchObject({ sessions: [{ displayName }] });
  });

  test.each(['"\\ud83d"', '"\\udc09\\ud83d"', '"a\\udfff"'])(
    'but half a character, as in %s, is refused',
    async (json) => {
      expect(endOf(await alice.post('/sessions', `{"maxPlayers":2,"displayName":${json}}`))).toBe(
        '400 VALIDATION_ERROR',
      );
      const session = await create(alice);
      const party = `{"players":[{"xuid":1,"gamertag":${json}}]}`;
      expect(endOf(await title.post(`${session}/players`, party))).toBe('400 VALIDATION_ERROR');
    },
  );
});

test('a message of nothing but what JSON must escape comes back byte by byte', async () => {
  const session = await create(alice);
  await alice.post(`${session}/players`);
  const data = dataOf('\u0000\u001f"\\\u2028');
  await alice.post(`${session}/queues/2/messages`, { data });
  expect((await alice.get(`${session}/queues/2/messages`)).body).toMatchObject({ messages: [{ data }] });
});
