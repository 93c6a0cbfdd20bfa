import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GameSessions, startGameSessions, xuidOf } from '#test/support/game-sessions.ts';
import { type Cast, castOf, create, dataOf, endOf, named, type Role, shownBy, stage } from './cast.ts';

let service: GameSessions;
let cast: Cast;
/** Where all is done that is refused: nothing of it shows. */
let shared: string;
beforeAll(async () => {
  service = await startGameSessions();
  cast = await castOf(service);
  shared = await stage(cast);
});
afterAll(() => service.close());

type Row = readonly [caller: Role, end: string];

/** Has the caller of each row do it, and sees that a refusal has changed nothing. */
function expectEnds(
  rows: readonly Row[],
  act: (caller: Role, session: string) => Promise<Parameters<typeof endOf>[0]>,
): void {
  test.each(rows)('%s: %s', async (caller, end) => {
    const isDone = end.startsWith('2');
    const session = isDone ? await stage(cast) : shared;
    const before = await shownBy(cast, session);
    expect(endOf(await act(caller, session))).toBe(end);
    if (!isDone) expect(await shownBy(cast, session)).toEqual(before);
  });
}

const isTitle = (role: Role): boolean => role === 'title' || role === 'otherTitle';

describe('the session is changed by', () => {
  const rows: readonly Row[] = [
    ['creator', '200'],
    ['isIn', '200'],
    ['hasLeft', '403 NOT_ALLOWED'],
    ['neverIn', '403 NOT_ALLOWED'],
    ['invited', '403 NOT_ALLOWED'],
    ['title', '200'],
    ['otherTitlesPlayer', '404 NOT_FOUND'],
    ['otherTitle', '404 NOT_FOUND'],
    ['noToken', '401 UNAUTHENTICATED'],
  ];
  expectEnds(rows, (caller, session) => cast[caller].patch(session, { displayName: 'Changed' }));
  describe('and ended by', () => {
    expectEnds(rows, (caller, session) => cast[caller].patch(session, { hasEnded: true }));
  });
  describe('and nobody else is told what it is, with an ETag that it has not', () => {
    const stale: readonly Row[] = [
      ['creator', '412 PRECONDITION_FAILED'],
      ['hasLeft', '403 NOT_ALLOWED'],
      ['neverIn', '403 NOT_ALLOWED'],
      ['otherTitle', '404 NOT_FOUND'],
      ['noToken', '401 UNAUTHENTICATED'],
    ];
    expectEnds(stale, (caller, session) =>
      cast[caller].patch(session, { variant: 1 }, { 'if-match': '"0-0"' }),
    );
  });

  test('a creator who has come and gone', async () => {
    const session = await stage(cast);
    await cast.creator.post(`${session}/players`);
    await cast.creator.delete(`${session}/players/${cast.creator.xuid}`);
    expect(endOf(await cast.creator.patch(session, { isClosed: true }))).toBe('200');
  });

  test('the creator whom a title has named', async () => {
    const session = await create(cast.title, { maxPlayers: 2, xuid: xuidOf(cast.neverIn.xuid) });
    expect(endOf(await cast.neverIn.get(session))).toBe('200');
    expect(endOf(await cast.neverIn.patch(session, { isClosed: true }))).toBe('200');
    expect(endOf(await cast.isIn.get(session))).toBe('403 NOT_VISIBLE');
  });

  test('no creator, where a title has named none', async () => {
    const session = await create(cast.title, { maxPlayers: 2 });
    expect(endOf(await cast.neverIn.patch(session, { isClosed: true }))).toBe('403 NOT_ALLOWED');
  });
});

describe('custom data of a player is changed by', () => {
  const change = (target: Role) => (caller: Role, session: string) =>
    cast[caller].patch(`${session}/players/${cast[target].xuid}`, { customData: dataOf('new') });

  describe('the one who is in', () => {
    expectEnds(
      [
        ['isIn', '200'],
        ['isInToo', '403 NOT_ALLOWED'],
        ['creator', '403 NOT_ALLOWED'],
        ['hasLeft', '403 NOT_ALLOWED'],
        ['neverIn', '403 NOT_ALLOWED'],
        ['invited', '403 NOT_ALLOWED'],
        ['title', '200'],
        ['otherTitlesPlayer', '404 NOT_FOUND'],
        ['otherTitle', '404 NOT_FOUND'],
        ['noToken', '401 UNAUTHENTICATED'],
      ],
      change('isIn'),
    );
  });
  describe('nobody, where the player has left', () => {
    expectEnds(
      [
        ['hasLeft', '403 NOT_ALLOWED'],
        ['isIn', '403 NOT_ALLOWED'],
        ['title', '403 NOT_ALLOWED'],
      ],
      change('hasLeft'),
    );
  });
  describe('nobody, where the player has never been in', () => {
    expectEnds(
      [
        ['neverIn', '404 NOT_FOUND'],
        ['isIn', '403 NOT_ALLOWED'],
        ['title', '404 NOT_FOUND'],
      ],
      change('neverIn'),
    );
  });
  describe('nobody, where the player is invited', () => {
    expectEnds(
      [
        ['invited', '404 NOT_FOUND'],
        ['isIn', '403 NOT_ALLOWED'],
        ['title', '404 NOT_FOUND'],
      ],
      change('invited'),
    );
  });
});

describe('players come in', () => {
  expectEnds(
    [
      ['creator', '201'],
      ['isIn', '200'],
      ['hasLeft', '201'],
      ['neverIn', '201'],
      ['invited', '201'],
      ['title', '201'],
      ['otherTitlesPlayer', '404 NOT_FOUND'],
      ['otherTitle', '404 NOT_FOUND'],
      ['noToken', '401 UNAUTHENTICATED'],
    ],
    (caller, session) =>
      cast[caller].post(`${session}/players`, isTitle(caller) ? named(cast.neverIn) : undefined),
  );
});

describe('seats are reserved by', () => {
  expectEnds(
    [
      ['creator', '403 NOT_ALLOWED'],
      ['isIn', '403 NOT_ALLOWED'],
      ['hasLeft', '403 NOT_ALLOWED'],
      ['neverIn', '403 NOT_ALLOWED'],
      ['invited', '403 NOT_ALLOWED'],
      ['title', '201'],
      ['otherTitlesPlayer', '404 NOT_FOUND'],
      ['otherTitle', '404 NOT_FOUND'],
      ['noToken', '401 UNAUTHENTICATED'],
    ],
    (caller, session) => cast[caller].post(`${session}/reservations`, { players: [{ xuid: 5 }] }),
  );
});

describe('messages are posted by', () => {
  const post = (caller: Role, session: string, sender: object = {}) =>
    cast[caller].post(`${session}/queues/0/messages`, { data: dataOf('a move'), ...sender });
  expectEnds(
    [
      ['creator', '403 NOT_ALLOWED'],
      ['isIn', '201'],
      ['hasLeft', '403 NOT_ALLOWED'],
      ['neverIn', '403 NOT_ALLOWED'],
      ['invited', '403 NOT_ALLOWED'],
      ['title', '400 VALIDATION_ERROR'],
      ['otherTitlesPlayer', '404 NOT_FOUND'],
      ['noToken', '401 UNAUTHENTICATED'],
    ],
    post,
  );
  describe('a title for a player who is in', () => {
    expectEnds(
      [
        ['title', '201'],
        ['otherTitle', '404 NOT_FOUND'],
        ['isIn', '400 VALIDATION_ERROR'],
      ],
      (caller, session) => post(caller, session, { xuid: xuidOf(cast.isIn.xuid) }),
    );
  });
  describe('no title for one who has left', () => {
    expectEnds([['title', '403 NOT_ALLOWED']], (caller, session) =>
      post(caller, session, { xuid: xuidOf(cast.hasLeft.xuid) }),
    );
  });
  describe('no title for one who is invited', () => {
    expectEnds([['title', '403 NOT_ALLOWED']], (caller, session) =>
      post(caller, session, { xuid: xuidOf(cast.invited.xuid) }),
    );
  });
});

describe('messages are dropped by', () => {
  expectEnds(
    [
      ['creator', '403 NOT_ALLOWED'],
      ['isIn', '204'],
      ['isInToo', '204'],
      ['hasLeft', '403 NOT_ALLOWED'],
      ['neverIn', '403 NOT_ALLOWED'],
      ['invited', '403 NOT_ALLOWED'],
      ['title', '204'],
      ['otherTitlesPlayer', '404 NOT_FOUND'],
      ['otherTitle', '404 NOT_FOUND'],
      ['noToken', '401 UNAUTHENTICATED'],
    ],
    (caller, session) => cast[caller].delete(`${session}/queues/0/messages?through=1`),
  );
});
