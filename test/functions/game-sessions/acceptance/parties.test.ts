import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, endOf } from './cast.ts';

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let title: TestCaller;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, title] = await Promise.all([service.player(), service.player(), service.title()]);
});
afterAll(() => service.close());

describe('a party', () => {
  const party = (...xuids: readonly number[]) => ({
    players: xuids.map((xuid) => ({ xuid, gamertag: `p${xuid}` })),
  });

  test('of more players than seats comes in not at all, and one of as many does', async () => {
    const session = await create(alice, { maxPlayers: 4 });
    await alice.post(`${session}/players`);
    const before = (await title.get(session)).text;
    const refused = await title.post(`${session}/players`, party(1, 2, 3, 4));
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'SESSION_FULL', session: { seatsAvailable: 3 } },
    });
    expect((await title.get(session)).text).toBe(before);
    const reply = await title.post(`${session}/players`, party(1, 2, 3));
    expect(reply).toMatchObject({
      status: 201,
      body: { players: [{ seatIndex: 1 }, { seatIndex: 2 }, { seatIndex: 3 }] },
    });
  });

  test('with players who are in, were in and are invited takes seats for the others alone', async () => {
    const session = await create(alice, { maxPlayers: 5 });
    await title.post(`${session}/players`, party(1, 2));
    await title.delete(`${session}/players/2`);
    await title.post(`${session}/reservations`, { players: [{ xuid: 3 }] });
    const reply = await title.post(`${session}/players`, party(4, 3, 2, 1));
    expect(reply).toMatchObject({ status: 201, body: { players: { length: 4 } } });
    const { body } = await title.get(session);
    expect(body).toMatchObject({
      seatsAvailable: 1,
      roster: ['p1', 'p2', 'p4', 'p3'].map((gamertag, seatIndex) => ({
        gamertag,
        seatIndex,
        isCurrentlyInSession: true,
      })),
    });
    expect(endOf(await title.post(`${session}/players`, party(4, 3, 2, 1)))).toBe('200');
  });

  test.each([
    ['with one player twice', '{"players":[{"xuid":1,"gamertag":"a"},{"xuid":1,"gamertag":"b"}]}'],
    [
      'with one player twice, beyond 53 bits',
      '{"players":[{"xuid":18446744073709551615,"gamertag":"a"},{"xuid":18446744073709551615,"gamertag":"a"}]}',
    ],
    [
      'with one player twice, spelled otherwise',
      '{"players":[{"xuid":1,"gamertag":"a"},{"xuid":1.0,"gamertag":"b"}]}',
    ],
    ['of nobody', '{"players":[]}'],
    ['of 17', JSON.stringify(party(...Array.from({ length: 17 }, (_, i) => i)))],
    ['and one player beside it', '{"players":[{"xuid":1,"gamertag":"a"}],"xuid":2,"gamertag":"b"}'],
    ['with a stranger in it', '{"players":[{"xuid":1,"gamertag":"a","seatIndex":0}]}'],
    ['that is null', '{"players":null}'],
  ])('%s is refused', async (_, body) => {
    const session = await create(alice, { maxPlayers: 16 });
    expect(endOf(await title.post(`${session}/players`, body))).toBe('400 VALIDATION_ERROR');
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 16, roster: [] });
  });
});

describe('a reservation', () => {
  const reserve = (session: string, xuids: readonly (number | unknown)[], seconds?: number) =>
    title.post(`${session}/reservations`, { players: xuids.map((xuid) => ({ xuid })), seconds });

  test('holds its seat until its deadline, and frees it then by itself', async () => {
    const session = await create(alice, { maxPlayers: 2 });
    const wholeSecond = 1_000 - (service.clock.now() % 1_000);
    service.clock.turn(wholeSecond);
    const deadline = new Date(service.clock.now() + 60_000).toISOString().replace('.000', '');
    expect((await reserve(session, [1, 2])).body).toMatchObject({
      reservations: [{ deadline }, { deadline }],
    });
    service.clock.turn(59_999);
    expect(endOf(await bob.post(`${session}/players`))).toBe('409 SESSION_FULL');
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 0, roster: [] });
    service.clock.turn(1);
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 2, roster: [] });
    expect(endOf(await bob.post(`${session}/players`))).toBe('201');
    expect(endOf(await alice.post(`${session}/players`))).toBe('201');
    expect(endOf(await title.post(`${session}/players`, { xuid: 1, gamertag: 'late' }))).toBe(
      '409 SESSION_FULL',
    );
  });

  test('that is live keeps its deadline, and one that has lapsed gets another', async () => {
    const session = await create(alice, { maxPlayers: 2 });
    const first = await reserve(session, [1], 10);
    service.clock.turn(5_000);
    const again = await reserve(session, [1], 600);
    expect([again.status, again.text]).toEqual([200, first.text]);
    service.clock.turn(5_000);
    const renewed = await reserve(session, [1], 600);
    expect(renewed.status).toBe(201);
    expect(renewed.text).not.toBe(first.text);
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 1 });
  });

  test('is taken by its player alone, and no second one is', async () => {
    const session = await create(alice, { maxPlayers: 2 });
    await reserve(session, [xuidOf(bob.xuid), 7]);
    expect(endOf(await alice.post(`${session}/players`))).toBe('409 SESSION_FULL');
    expect((await bob.post(`${session}/players`)).status).toBe(201);
    expect((await bob.post(`${session}/players`)).status).toBe(200);
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 0, roster: { length: 1 } });
  });

  test('that lapses leaves room for fewer seats', async () => {
    const session = await create(alice, { maxPlayers: 4 });
    await reserve(session, [1, 2, 3], 1);
    expect(endOf(await alice.patch(session, { maxPlayers: 2 }))).toBe('400 VALIDATION_ERROR');
    service.clock.turn(1_000);
    expect((await alice.patch(session, { maxPlayers: 2 })).body).toMatchObject({
      maxPlayers: 2,
      seatsAvailable: 2,
    });
    expect((await alice.patch(session, { maxPlayers: 16 })).body).toMatchObject({ seatsAvailable: 16 });
  });

  test('for more players than there are seats holds none', async () => {
    const session = await create(alice, { maxPlayers: 2 });
    await alice.post(`${session}/players`);
    expect(endOf(await reserve(session, [1, 2]))).toBe('409 SESSION_FULL');
    expect((await alice.get(session)).body).toMatchObject({ seatsAvailable: 1 });
  });
});
