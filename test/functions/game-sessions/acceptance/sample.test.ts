import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentedSample } from '#docs/open-api-operations.ts';
import { Clock } from '#test/support/clock.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type GameSessions,
  startGameSessions,
  type TestCaller,
  titleId,
} from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
beforeAll(async () => {
  service = await startGameSessions({}, new Clock(Date.UTC(2011, 5, 23, 17, 13, 6) + 345));
  alice = await service.player();
});
afterAll(() => service.close());

/** The sample of the documentation, but for its id, as the service would write it. */
const sampleText = (sessionId: string): string =>
  `{"sessionId":"${sessionId}","titleId":1297287259,"variant":1,"displayName":"Contoso Cards",` +
  '"creationTime":"2011-06-23T17:13:06Z","customData":null,"maxPlayers":4,"seatsAvailable":4,"isClosed":false,' +
  '"hasEnded":false,"roster":[],"visibility":"PlayersCurrentlyInSession","playersCanBeRemovedBy":"Self"}';

const wanted = {
  variant: 1,
  displayName: 'Contoso Cards',
  customData: null,
  maxPlayers: 4,
  isClosed: false,
  visibility: 'PlayersCurrentlyInSession',
  playersCanBeRemovedBy: 'Self',
};

test('the documented sample is created, and reads back member for member and in the same order', async () => {
  expect(titleId).toBe(1297287259);
  const created = await alice.post('/sessions', wanted);
  const sessionId = sessionIdOf(created);
  expect(created.status).toBe(201);
  expect(sessionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(created.headers).toMatchObject({ location: `/sessions/${sessionId}`, etag: '"0-4"' });
  expect(created.text).toBe(sampleText(sessionId));

  const read = await alice.get(`/sessions/${sessionId}`);
  expect([read.status, read.headers['etag'], read.text]).toEqual([200, '"0-4"', sampleText(sessionId)]);
});

test('the same comes of the defaults, but for variant and name', async () => {
  const { text, body } = await alice.post('/sessions', { maxPlayers: 4 });
  expect(text).toBe(
    sampleText(sessionIdOf({ body })).replace('"variant":1', '"variant":0').replace('"Contoso Cards"', '""'),
  );
});

test('the sample itself cannot be sent: what the service assigns is named as unknown', async () => {
  const reply = await alice.post('/sessions', documentedSample);
  expect(reply.status).toBe(400);
  const unknown = ['sessionId', 'titleId', 'creationTime', 'seatsAvailable', 'hasEnded', 'roster'];
  expect(reply.body).toMatchObject({
    errors: unknown.map((name) => ({ pointer: `/${name}`, detail: expect.stringMatching(/^is unknown/) })),
  });
});

test('every member takes its most, and reads back exactly, also in the list', async () => {
  const customData = Array.from({ length: 1_024 }, (_, i) => i % 256);
  const displayName = '\u0000"\\/<>é漢🎴'.padEnd(128, '🎴');
  const most = {
    ...wanted,
    variant: -(2 ** 31),
    displayName,
    customData,
    maxPlayers: 16,
    visibility: 'Everyone',
    playersCanBeRemovedBy: 'AnyPlayer',
  };
  const created = await alice.post('/sessions', most);
  const sessionId = sessionIdOf(created);
  const text = JSON.stringify({
    sessionId,
    titleId,
    variant: most.variant,
    displayName,
    creationTime: '2011-06-23T17:13:06Z',
    customData,
    maxPlayers: 16,
    seatsAvailable: 16,
    isClosed: false,
    hasEnded: false,
    roster: [],
    visibility: 'Everyone',
    playersCanBeRemovedBy: 'AnyPlayer',
  });
  expect(created.text).toBe(text);
  expect((await alice.get(`/sessions/${sessionId}`)).text).toBe(text);

  const summary = JSON.stringify({
    sessionId,
    titleId,
    variant: most.variant,
    displayName,
    creationTime: '2011-06-23T17:13:06Z',
    customData,
    hasEnded: false,
  });
  const list = await alice.get(`/sessions?open=true&variant=${most.variant}`);
  expect(list.text).toBe(`{"sessions":[${summary}],"continuationToken":null}`);
});

test('a player shows five members, in the order of the documentation', async () => {
  const sessionId = sessionIdOf(await alice.post('/sessions', wanted));
  const player = `{"xuid":${alice.xuid},"gamertag":"${alice.gamertag}","seatIndex":0,"customData":"AAH/","isCurrentlyInSession":true}`;
  const joined = await alice.post(`/sessions/${sessionId}/players`, { customData: 'AAH/' });
  expect([joined.status, joined.text]).toEqual([201, player]);
  const { text } = await alice.get(`/sessions/${sessionId}`);
  expect(text).toBe(
    sampleText(sessionId)
      .replace('"seatsAvailable":4', '"seatsAvailable":3')
      .replace('"roster":[]', `"roster":[${player}]`),
  );
});

test('a message shows five members, in the order of the documentation', async () => {
  const sessionId = sessionIdOf(await alice.post('/sessions', wanted));
  await alice.post(`/sessions/${sessionId}/players`);
  const messages = `/sessions/${sessionId}/queues/3/messages`;
  const message = `{"queueIndex":3,"sequenceNumber":1,"senderXuid":${alice.xuid},"timeStamp":"2011-06-23T17:13:06Z","data":"AAH/"}`;
  const posted = await alice.post(messages, { data: 'AAH/' });
  expect([posted.status, posted.text]).toEqual([201, message]);
  expect((await alice.get(messages)).text).toBe(`{"messages":[${message}]}`);
});
