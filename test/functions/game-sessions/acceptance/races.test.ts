import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { slotAccounts } from '#test/support/contents.ts';
import {
  type GameSessions,
  type Reply,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, endOf, named } from './cast.ts';

const rounds = 4;

let service: GameSessions;
let creator: TestCaller;
let title: TestCaller;
let racers: readonly TestCaller[];
beforeAll(async () => {
  service = await startGameSessions();
  [creator, title] = await Promise.all([service.player(), service.title()]);
  racers = await Promise.all(Array.from({ length: 20 }, () => service.player()));
});
afterAll(() => service.close());

afterEach(async () => {
  for (const { accounted, capacity } of await slotAccounts(service.table)) expect(accounted).toBe(capacity);
});

/** How many requests ended in each way. */
function tally(replies: readonly Reply[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const end of replies.map(endOf)) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
}

const race = (session: string): Promise<readonly Reply[]> =>
  Promise.all(racers.map((racer) => racer.post(`${session}/players`)));

/** What every racer may have been: places 0, 1, 2 ... in the order of the roster, nobody twice. */
async function expectRoster(session: string, winners: readonly string[]): Promise<void> {
  const { text, body } = await title.get(session);
  expect(body).toMatchObject({
    seatsAvailable: 0,
    roster: winners.map((_, seatIndex) => ({ seatIndex, isCurrentlyInSession: true })),
  });
  for (const xuid of winners) expect(text.split(`"xuid":${xuid},`)).toHaveLength(2);
}

const winnersOf = (replies: readonly Reply[]): readonly string[] =>
  racers.flatMap(({ xuid }, i) => (replies[i]?.status === 201 ? [xuid] : []));

test(`of 20 players who race for 4 seats exactly 4 are in, and each other one is told so with the full session, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const session = await create(creator, { maxPlayers: 4, visibility: 'Everyone' });
    const replies = await race(session);
    expect(tally(replies)).toEqual({ '201': 4, '409 SESSION_FULL': 16 });
    await expectRoster(session, winnersOf(replies));
    const { body } = await creator.get(session);
    for (const reply of replies.filter(({ status }) => status === 409)) {
      expect(reply.body).toMatchObject({ detail: 'The session has no seat available.', session: body });
    }
  }
});

test('whoever may not see the session is told no more than that it is full', async () => {
  const session = await create(creator, { maxPlayers: 4 });
  const replies = await race(session);
  expect(tally(replies)).toEqual({ '201': 4, '409 SESSION_FULL': 16 });
  for (const { status, body } of replies) if (status === 409) expect(body).not.toHaveProperty('session');
});

test(`of 20 players who race for 4 seats that were reserved and have lapsed exactly 4 are in, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const session = await create(creator, { maxPlayers: 4 });
    const players = [1, 2, 3, 4].map((xuid) => ({ xuid }));
    expect((await title.post(`${session}/reservations`, { players, seconds: 1 })).status).toBe(201);
    service.clock.turn(1_000);
    const replies = await race(session);
    expect(tally(replies)).toEqual({ '201': 4, '409 SESSION_FULL': 16 });
    await expectRoster(session, winnersOf(replies));
  }
});

test(`one player who joins 10 times at once holds one seat and one place: one 201 and nine 200, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const session = await create(creator);
    const replies = await atOnce(10, 10, () => creator.post(`${session}/players`));
    expect(tally(replies)).toEqual({ '200': 9, '201': 1 });
    for (const { body } of replies) expect(body).toMatchObject({ seatIndex: 0, isCurrentlyInSession: true });
    const { body } = await creator.get(session);
    expect(body).toMatchObject({ seatsAvailable: 3, roster: [{ seatIndex: 0 }] });
  }
});

test('one player who takes the last seat 10 times at once is never told that the session is full', async () => {
  const session = await create(creator, { maxPlayers: 2 });
  await racers[0]?.post(`${session}/players`);
  const replies = await atOnce(10, 10, () => creator.post(`${session}/players`));
  expect(tally(replies)).toEqual({ '200': 9, '201': 1 });
});

test(`of parties of 3 who race for 8 seats two come in whole, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const session = await create(creator, { maxPlayers: 8 });
    const replies = await atOnce(6, 6, (party) =>
      title.post(`${session}/players`, { players: racers.slice(party * 3, party * 3 + 3).map(named) }),
    );
    expect(tally(replies)).toEqual({ '201': 2, '409 SESSION_FULL': 4 });
    const { body } = await title.get(session);
    expect(body).toMatchObject({
      seatsAvailable: 2,
      roster: [0, 1, 2, 3, 4, 5].map((seatIndex) => ({ seatIndex })),
    });
  }
});

test(`players who race with the end of their session are in or told so, and nobody comes in afterwards, ${rounds} times`, async () => {
  for (let round = 0; round < rounds; round++) {
    const session = await create(creator, { maxPlayers: 16 });
    const replies = await atOnce(12, 12, (i) =>
      i === 4
        ? creator.patch(session, { hasEnded: true })
        : (racers[i] ?? creator).post(`${session}/players`),
    );
    expect(replies[4]?.status).toBe(200);
    const { '201': joined = 0, '409 SESSION_ENDED': refused = 0 } = tally(replies);
    expect(joined + refused).toBe(11);
    expect((await title.get(session)).body).toMatchObject({ hasEnded: true, seatsAvailable: 16 - joined });
  }
});

test(`a player who leaves and joins at once, again and again, keeps one place, ${rounds} times`, async () => {
  const session = await create(creator, { maxPlayers: 2 });
  for (let round = 0; round < rounds; round++) {
    const replies = await atOnce(12, 12, (i) =>
      i % 2 === 0 ? creator.post(`${session}/players`) : creator.delete(`${session}/players/${creator.xuid}`),
    );
    for (const end of Object.keys(tally(replies))) expect(['200', '201', '204']).toContain(end);
    const { body } = await creator.get(session);
    expect(body).toMatchObject({ roster: [{ seatIndex: 0 }] });
    expect(body).toMatchObject({ roster: { length: 1 } });
  }
});

test('of 10 reservations for the last two seats, two each, one holds them', async () => {
  const session = await create(creator, { maxPlayers: 2 });
  const replies = await atOnce(10, 10, (i) =>
    title.post(`${session}/reservations`, {
      players: [{ xuid: 100 + i }, { xuid: xuidOf(`${2n ** 63n + BigInt(i)}`) }],
    }),
  );
  expect(tally(replies)).toEqual({ '201': 1, '409 SESSION_FULL': 9 });
});
