import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';

/** What the function counts of the seats that it refuses. */

let service: GameSessions;
let alice: TestCaller;
let bob: TestCaller;
let eve: TestCaller;
let title: TestCaller;
let metered: number;
beforeAll(async () => {
  service = await startGameSessions();
  [alice, bob, eve] = await Promise.all([service.player(), service.player(), service.player()]);
  title = await service.title();
});
afterAll(() => service.close());
beforeEach(() => {
  metered = service.metered.length;
});

const counted = () => service.metered.slice(metered);
const opened = async () => `/sessions/${sessionIdOf(await alice.post('/sessions', { maxPlayers: 2 }))}`;
const join = (session: string, who: TestCaller) => who.post(`${session}/players`);
const holdFor = (session: string, who: TestCaller, by: TestCaller) =>
  by.post(`${session}/reservations`, { players: [{ xuid: xuidOf(who.xuid) }] });

test('seats that are given are not counted here: the stream tells of them', async () => {
  const session = await opened();
  expect((await join(session, alice)).status).toBe(201);
  expect((await holdFor(session, bob, title)).status).toBe(201);
  expect(counted()).toEqual([]);
});

test.each<[reason: string, prepare: (session: string) => Promise<unknown>]>([
  ['full', async (session) => [await join(session, alice), await join(session, bob)]],
  ['closed', (session) => title.patch(session, { isClosed: true })],
  ['ended', (session) => title.patch(session, { hasEnded: true })],
])('a join and a reservation that are refused are counted as %s', async (reason, prepare) => {
  const session = await opened();
  await prepare(session);
  expect((await join(session, eve)).status).toBeGreaterThanOrEqual(400);
  expect((await holdFor(session, eve, title)).status).toBeGreaterThanOrEqual(400);
  const refusal = [{ ReservationsRefused: 1 }, { reason }];
  expect(counted()).toEqual([refusal, refusal]);
});

test('those of a session that is not there, or that the caller may not ask for, are counted so', async () => {
  const session = await opened();
  expect((await join('/sessions/00000000-0000-4000-8000-000000000000', eve)).status).toBe(404);
  expect((await holdFor(session, eve, alice)).status).toBe(403);
  expect(counted()).toEqual([
    [{ ReservationsRefused: 1 }, { reason: 'not-found' }],
    [{ ReservationsRefused: 1 }, { reason: 'not-allowed' }],
  ]);
});

test('other refusals are not counted', async () => {
  const session = await opened();
  expect((await alice.patch(session, { maxPlayers: 1 })).status).toBe(400);
  expect((await eve.patch(session, { variant: 1 })).status).toBe(403);
  expect((await eve.get('/sessions/00000000-0000-4000-8000-000000000000')).status).toBe(404);
  expect(counted()).toEqual([]);
});
