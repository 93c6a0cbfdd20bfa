import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenIn } from '#test/support/game-session-replies.ts';
import { type GameSessions, startGameSessions, type TestCaller } from '#test/support/game-sessions.ts';
import { create, endOf, listed } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, title] = await Promise.all([service.player(), service.title()]);
});
afterAll(() => service.close());

const Token = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictTuple([v.string(), v.object({ sessionKey: v.string() })]),
);

test('a continuation token that is made up leads on in the own list, and to no session of others', async () => {
  const player = await service.player();
  const own = await create(player);
  await player.post(`${own}/players`);
  await player.post(`${await create(player)}/players`);
  const others = await create(alice);
  await alice.post(`${others}/players`);

  const token = tokenIn(await player.get('/sessions?player=me&max=1')) ?? '';
  const [list, { sessionKey }] = v.parse(Token, Buffer.from(token, 'base64url').toString());
  for (const key of ['0', 'A', 'z'].map((character) => character.repeat(sessionKey.length))) {
    const place = { sessionKey: key, at: Number.MAX_SAFE_INTEGER };
    const made = Buffer.from(JSON.stringify([list, place])).toString('base64url');
    const reply = await player.get(`/sessions?player=me&continuationToken=${made}`);
    expect(reply.status).toBe(200);
    expect(reply.text).toContain(own.slice('/sessions/'.length));
    expect(reply.text).not.toContain(others.slice('/sessions/'.length));
  }
});

describe('the list of open sessions', () => {
  test('has a session as long as somebody can join it', async () => {
    const session = await create(alice, { maxPlayers: 2, visibility: 'Everyone', variant: 7 });
    const steps: readonly (readonly [step: string, isListed: boolean, act: () => unknown])[] = [
      ['nobody is in', true, () => undefined],
      ['one is in', true, () => alice.post(`${session}/players`)],
      [
        'the other seat is reserved',
        false,
        () => title.post(`${session}/reservations`, { players: [{ xuid: 5 }], seconds: 5 }),
      ],
      ['the reservation is about to lapse', false, () => service.clock.turn(4_999)],
      ['it has lapsed', true, () => service.clock.turn(1)],
      ['it is full', false, () => title.post(`${session}/players`, { xuid: 6, gamertag: 'Six' })],
      ['there are more seats', true, () => alice.patch(session, { maxPlayers: 3 })],
      ['there are fewer', false, () => alice.patch(session, { maxPlayers: 2 })],
      ['one has left', true, () => title.delete(`${session}/players/6`)],
      ['it is closed', false, () => alice.patch(session, { isClosed: true })],
      ['it is open again', true, () => alice.patch(session, { isClosed: false })],
      ['it is for players alone', false, () => alice.patch(session, { visibility: 'PlayersEverInSession' })],
      ['it is for everyone', true, () => alice.patch(session, { visibility: 'Everyone' })],
      ['it is of another variant', false, () => alice.patch(session, { variant: 8 })],
      ['it is of the variant again', true, () => alice.patch(session, { variant: 7 })],
      ['it has ended', false, () => alice.patch(session, { hasEnded: true })],
    ];
    for (const [step, isListed, act] of steps) {
      await act();
      const isThere = (await listed(title, 'open=true&variant=7')).includes(session);
      expect([step, isThere]).toEqual([step, isListed]);
    }
  });
});

describe('the list of a player', () => {
  test('has a session from the first join on, whatever comes of it, and none that never took the player in', async () => {
    const player = await service.player();
    const session = await create(alice, { maxPlayers: 2, visibility: 'Everyone', variant: 9 });
    const isListed = async (state: string) =>
      (await listed(alice, `player=${player.xuid}&variant=9&state=${state}`)).includes(session);
    await title.post(`${session}/players`, { players: [1, 2].map((xuid) => ({ xuid, gamertag: 'x' })) });
    expect(endOf(await player.post(`${session}/players`))).toBe('409 SESSION_FULL');
    expect(await isListed('any')).toBe(false);
    await title.delete(`${session}/players/1`);
    await player.post(`${session}/players`);
    expect([await isListed('any'), await isListed('current'), await isListed('ended')]).toEqual([
      true,
      true,
      false,
    ]);
    await player.delete(`${session}/players/${player.xuid}`);
    expect(await isListed('current')).toBe(true);
    await alice.patch(session, { hasEnded: true });
    expect([await isListed('any'), await isListed('current'), await isListed('ended')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
