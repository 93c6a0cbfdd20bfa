import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GameSessions, type Reply, startGameSessions, xuidOf } from '#test/support/game-sessions.ts';
import { type Cast, castOf, create, dataOf, endOf, listed, named, shownBy, stage } from './cast.ts';

let service: GameSessions;
let cast: Cast;
beforeAll(async () => {
  service = await startGameSessions();
  cast = await castOf(service);
});
afterAll(() => service.close());

/** What is closed or has ended, and what stays of it: sessions of three kinds, with the same players in them. */
const states = {
  closed: { isClosed: true },
  ended: { hasEnded: true },
  both: { isClosed: true, hasEnded: true },
};
type State = keyof typeof states;

async function staged(state: State, settings: object = {}): Promise<string> {
  const session = await stage(cast, {
    visibility: 'Everyone',
    playersCanBeRemovedBy: 'AnyPlayer',
    ...settings,
  });
  expect(endOf(await cast.title.patch(session, states[state]))).toBe('200');
  return session;
}

const ended = '409 SESSION_ENDED';
const closed = '409 SESSION_CLOSED';

type Write = (session: string) => Promise<Reply>;

/** Every way to write to a session, and how it ends where the session is closed, has ended, or both. */
const writes: readonly (readonly [write: string, ends: Readonly<Record<State, string>>, act: Write])[] = [
  ...Object.entries({
    displayName: 'x',
    customData: [1],
    variant: 5,
    visibility: 'PlayersEverInSession',
    isClosed: true,
    hasEnded: true,
    maxPlayers: 8,
  }).map(
    ([name, value]) =>
      [
        `${name} is changed`,
        { closed: '200', ended, both: ended },
        (session: string) => cast.isIn.patch(session, { [name]: value }),
      ] as const,
  ),
  [
    'it is opened',
    { closed: '200', ended, both: ended },
    (session) => cast.creator.patch(session, { isClosed: false }),
  ],
  [
    'the end is taken back',
    { closed: '200', ended, both: ended },
    (session) => cast.title.patch(session, { hasEnded: false }),
  ],
  ['nothing is changed', { closed: '200', ended, both: ended }, (session) => cast.isIn.patch(session, {})],
  [
    'it is changed by its title',
    { closed: '200', ended, both: ended },
    (session) => cast.title.patch(session, { variant: 6 }),
  ],
  [
    'it is changed by one with an old ETag',
    { closed: '412 PRECONDITION_FAILED', ended, both: ended },
    (session) => cast.isIn.patch(session, { variant: 6 }, { 'if-match': '"0-0"' }),
  ],
  ['a newcomer joins', { closed, ended, both: ended }, (session) => cast.neverIn.post(`${session}/players`)],
  ['its creator joins', { closed, ended, both: ended }, (session) => cast.creator.post(`${session}/players`)],
  [
    'one who is invited joins',
    { closed, ended, both: ended },
    (session) => cast.invited.post(`${session}/players`),
  ],
  [
    'one who was in joins',
    { closed, ended, both: ended },
    (session) => cast.hasLeft.post(`${session}/players`),
  ],
  [
    'one who is in joins',
    { closed: '200', ended, both: ended },
    (session) => cast.isIn.post(`${session}/players`),
  ],
  [
    'its title adds a party',
    { closed, ended, both: ended },
    (session) => cast.title.post(`${session}/players`, { players: [cast.isIn, cast.neverIn].map(named) }),
  ],
  [
    'a player changes custom data',
    { closed: '200', ended, both: ended },
    (session) => cast.isIn.patch(`${session}/players/${cast.isIn.xuid}`, { customData: 'AAAA' }),
  ],
  [
    'its title changes a player’s custom data',
    { closed: '200', ended, both: ended },
    (session) => cast.title.patch(`${session}/players/${cast.isIn.xuid}`, { customData: null }),
  ],
  [
    'a player leaves',
    { closed: '204', ended, both: ended },
    (session) => cast.isInToo.delete(`${session}/players/${cast.isInToo.xuid}`),
  ],
  [
    'one who has left leaves',
    { closed: '204', ended, both: ended },
    (session) => cast.hasLeft.delete(`${session}/players/${cast.hasLeft.xuid}`),
  ],
  [
    'one who is invited leaves',
    { closed: '204', ended, both: ended },
    (session) => cast.invited.delete(`${session}/players/${cast.invited.xuid}`),
  ],
  [
    'a player is removed by another',
    { closed: '204', ended, both: ended },
    (session) => cast.isIn.delete(`${session}/players/${cast.isInToo.xuid}`),
  ],
  [
    'a player is removed by the title',
    { closed: '204', ended, both: ended },
    (session) => cast.title.delete(`${session}/players/${cast.isIn.xuid}`),
  ],
  [
    'a seat is reserved',
    { closed, ended, both: ended },
    (session) => cast.title.post(`${session}/reservations`, { players: [{ xuid: 77 }] }),
  ],
  [
    'a seat is reserved for one who holds it already',
    { closed: '200', ended, both: ended },
    (session) =>
      cast.title.post(`${session}/reservations`, { players: [{ xuid: xuidOf(cast.invited.xuid) }] }),
  ],
  [
    'a message is posted',
    { closed: '201', ended, both: ended },
    (session) => cast.isIn.post(`${session}/queues/0/messages`, { data: 'AAAA' }),
  ],
  [
    'a message is posted that must follow another',
    { closed: '201', ended, both: ended },
    (session) => cast.isInToo.post(`${session}/queues/0/messages`, { data: 'AAAA', mustFollow: 1 }),
  ],
  [
    'a message is posted by the title',
    { closed: '201', ended, both: ended },
    (session) =>
      cast.title.post(`${session}/queues/1/messages`, { data: 'AAAA', xuid: xuidOf(cast.isIn.xuid) }),
  ],
  [
    'messages are dropped',
    { closed: '204', ended, both: ended },
    (session) => cast.isIn.delete(`${session}/queues/0/messages?through=1`),
  ],
  [
    'messages are dropped by the title',
    { closed: '204', ended, both: ended },
    (session) => cast.title.delete(`${session}/queues/0/messages?through=1`),
  ],
  [
    'messages are dropped where there are none',
    { closed: '204', ended, both: ended },
    (session) => cast.isIn.delete(`${session}/queues/2/messages?through=0`),
  ],
];

describe.each(['closed', 'ended', 'both'] as const)('where a session is %s:', (state) => {
  let shared: string;
  beforeAll(async () => {
    shared = await staged(state);
  });

  test.each(writes)('%s', async (_, ends, act) => {
    const isDone = ends[state].startsWith('2');
    const session = isDone ? await staged(state) : shared;
    const before = await shownBy(cast, session);
    const reply = await act(session);
    expect(endOf(reply)).toBe(ends[state]);
    if (isDone) return;
    expect(reply.body).toMatchObject({ session: (await cast.title.get(session)).body });
    expect(await shownBy(cast, session)).toEqual(before);
  });
});

describe('every read of a session still works', () => {
  test.each([
    ['closed', { isClosed: true, hasEnded: false, seatsAvailable: 13 }],
    // Nobody comes in any more, so the seat of the invited one is held for nobody.
    ['ended', { isClosed: false, hasEnded: true, seatsAvailable: 14 }],
    ['both', { isClosed: true, hasEnded: true, seatsAvailable: 14 }],
  ] as const)('that is %s', async (state, shown) => {
    const variant = { closed: 101, ended: 102, both: 103 }[state];
    const session = await staged(state, { variant });
    const { isIn, hasLeft, neverIn } = cast;

    for (const caller of [isIn, hasLeft, neverIn]) {
      const read = await caller.get(session);
      expect(read).toMatchObject({ status: 200, body: shown });
      expect(read.body).toMatchObject({
        roster: [
          { isCurrentlyInSession: true },
          { isCurrentlyInSession: true },
          { isCurrentlyInSession: false },
        ],
      });
      const etag = read.headers['etag'] ?? '';
      expect((await caller.get(session, { 'if-none-match': etag })).status).toBe(304);
      const messages = await caller.get(`${session}/queues/0/messages`);
      expect(messages).toMatchObject({ status: 200, body: { messages: [{ data: dataOf('a move') }] } });
    }
    const inList = async (query: string) => (await listed(hasLeft, `${query}&variant=${variant}`)).length;
    const hasEnded = state !== 'closed';
    expect({
      any: await inList('player=me'),
      current: await inList('player=me&state=current'),
      ended: await inList('player=me&state=ended'),
      open: await inList('open=true'),
    }).toEqual({ any: 1, current: hasEnded ? 0 : 1, ended: hasEnded ? 1 : 0, open: 0 });
  });
});

test('a session that was created closed takes players once it is opened', async () => {
  const session = await create(cast.creator, {
    maxPlayers: 2,
    isClosed: true,
    visibility: 'Everyone',
    variant: 104,
  });
  expect(endOf(await cast.neverIn.post(`${session}/players`))).toBe(closed);
  await cast.creator.patch(session, { isClosed: false });
  expect(await listed(cast.neverIn, 'open=true&variant=104')).toEqual([session]);
  expect(endOf(await cast.neverIn.post(`${session}/players`))).toBe('201');
});

test('a session ends and closes in one change, and the same change again is refused', async () => {
  const session = await create(cast.creator);
  const change = { isClosed: true, hasEnded: true, displayName: 'Over', maxPlayers: 16 };
  expect(await cast.creator.patch(session, change)).toMatchObject({ status: 200, body: change });
  expect(await cast.creator.patch(session, change)).toMatchObject({
    status: 409,
    body: { code: 'SESSION_ENDED', session: change },
  });
});
