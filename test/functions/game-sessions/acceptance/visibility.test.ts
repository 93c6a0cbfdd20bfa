import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Visibility } from '#lib/table/rostered-item.ts';
import { type GameSessions, startGameSessions } from '#test/support/game-sessions.ts';
import { type Cast, castOf, endOf, listed, named, type Role, stage } from './cast.ts';

let service: GameSessions;
let cast: Cast;
beforeAll(async () => {
  service = await startGameSessions();
  cast = await castOf(service);
});
afterAll(() => service.close());

/** How reading the session and its messages ends, whether lists have it, and how joining it ends once it is closed. */
type Row = readonly [
  caller: Role,
  session: string,
  messages: string,
  /** In the list of a player who is in, in the caller's own, and in that of open sessions. */
  ofPlayer: string,
  ofMe: string,
  open: string,
  /** A refusal has the session with it or has not. */
  join: string,
];

const hidden = '403 NOT_VISIBLE';
const nowhere = '404 NOT_FOUND';
const unknown = '401 UNAUTHENTICATED';
/** A token that names no player has no list of its own. */
const nobody = '400 VALIDATION_ERROR';
const closed = '409 SESSION_CLOSED';
const shown = '409 SESSION_CLOSED with the session';

const tables: Readonly<Record<Visibility, readonly Row[]>> = {
  PlayersCurrentlyInSession: [
    ['creator', '200', '200', 'yes', 'no', 'no', shown],
    ['isIn', '200', '200', 'yes', 'yes', 'no', '200'],
    ['isInToo', '200', '200', 'yes', 'yes', 'no', '200'],
    ['hasLeft', hidden, hidden, 'no', 'no', 'no', closed],
    ['neverIn', hidden, hidden, 'no', 'no', 'no', closed],
    ['invited', hidden, hidden, 'no', 'no', 'no', closed],
    ['title', '200', '200', 'yes', nobody, 'no', shown],
    ['otherTitlesPlayer', nowhere, nowhere, 'no', 'no', 'no', nowhere],
    ['otherTitle', nowhere, nowhere, 'no', nobody, 'no', nowhere],
    ['noToken', unknown, unknown, unknown, unknown, unknown, unknown],
  ],
  PlayersEverInSession: [
    ['creator', '200', '200', 'yes', 'no', 'no', shown],
    ['isIn', '200', '200', 'yes', 'yes', 'no', '200'],
    ['isInToo', '200', '200', 'yes', 'yes', 'no', '200'],
    ['hasLeft', '200', '200', 'yes', 'yes', 'no', shown],
    ['neverIn', hidden, hidden, 'no', 'no', 'no', closed],
    ['invited', hidden, hidden, 'no', 'no', 'no', closed],
    ['title', '200', '200', 'yes', nobody, 'no', shown],
    ['otherTitlesPlayer', nowhere, nowhere, 'no', 'no', 'no', nowhere],
    ['otherTitle', nowhere, nowhere, 'no', nobody, 'no', nowhere],
    ['noToken', unknown, unknown, unknown, unknown, unknown, unknown],
  ],
  Everyone: [
    ['creator', '200', '200', 'yes', 'no', 'yes', shown],
    ['isIn', '200', '200', 'yes', 'yes', 'yes', '200'],
    ['isInToo', '200', '200', 'yes', 'yes', 'yes', '200'],
    ['hasLeft', '200', '200', 'yes', 'yes', 'yes', shown],
    ['neverIn', '200', '200', 'yes', 'no', 'yes', shown],
    ['invited', '200', '200', 'yes', 'no', 'yes', shown],
    ['title', '200', '200', 'yes', nobody, 'yes', shown],
    ['otherTitlesPlayer', nowhere, nowhere, 'no', 'no', 'no', nowhere],
    ['otherTitle', nowhere, nowhere, 'no', nobody, 'no', nowhere],
    ['noToken', unknown, unknown, unknown, unknown, unknown, unknown],
  ],
};

let variants = 0;

describe.each(Object.entries(tables))('what a session that is visible to %s shows', (visibility, rows) => {
  let variant: number;
  let session: string;
  let closedSession: string;
  beforeAll(async () => {
    variant = ++variants;
    session = await stage(cast, { visibility, variant });
    closedSession = await stage(cast, { visibility });
    await cast.title.patch(closedSession, { isClosed: true });
  });

  test.each(rows)('%s: %s, %s, %s, %s, %s, %s', async (...row) => {
    const [role] = row;
    const caller = cast[role];
    const isListed = async (query: string): Promise<string> => {
      const reply = await caller.get(`/sessions?${query}`);
      if (reply.status !== 200) return endOf(reply);
      return (await listed(caller, `${query}&variant=${variant}&max=100`)).includes(session) ? 'yes' : 'no';
    };
    const join = async (): Promise<string> => {
      const isTitle = role === 'title' || role === 'otherTitle';
      const body = isTitle ? named(cast.neverIn) : undefined;
      const reply = await caller.post(`${closedSession}/players`, body);
      const isShown = reply.status === 409 && reply.text.includes(closedSession.slice('/sessions/'.length));
      return isShown ? `${endOf(reply)} with the session` : endOf(reply);
    };
    expect([
      role,
      endOf(await caller.get(session)),
      endOf(await caller.get(`${session}/queues/0/messages`)),
      await isListed(`player=${cast.isIn.xuid}`),
      await isListed('player=me'),
      await isListed('open=true'),
      await join(),
    ]).toEqual(row);
  });
});

test('a session that becomes visible to fewer is no longer shown to the others, nor listed', async () => {
  const { hasLeft, neverIn, isIn, title } = cast;
  const variant = ++variants;
  const session = await stage(cast, { visibility: 'Everyone', variant });
  await title.patch(session, { visibility: 'PlayersEverInSession' });
  expect([endOf(await neverIn.get(session)), endOf(await hasLeft.get(session))]).toEqual([
    '403 NOT_VISIBLE',
    '200',
  ]);
  expect(await listed(neverIn, `open=true&variant=${variant}`)).toEqual([]);
  await isIn.patch(session, { visibility: 'PlayersCurrentlyInSession' });
  expect(endOf(await hasLeft.get(session))).toBe('403 NOT_VISIBLE');
  expect(await listed(hasLeft, `player=me&variant=${variant}`)).toEqual([]);
  await isIn.patch(session, { visibility: 'Everyone' });
  expect(await listed(neverIn, `open=true&variant=${variant}`)).toEqual([session]);
});

test('whoever joins, which takes the id alone, sees the session from then on, and no longer than the stay', async () => {
  const { neverIn } = cast;
  const session = await stage(cast);
  expect(endOf(await neverIn.get(session))).toBe('403 NOT_VISIBLE');
  expect(endOf(await neverIn.post(`${session}/players`))).toBe('201');
  expect(endOf(await neverIn.get(session))).toBe('200');
  expect(endOf(await neverIn.delete(`${session}/players/${neverIn.xuid}`))).toBe('204');
  expect(endOf(await neverIn.get(session))).toBe('403 NOT_VISIBLE');
});

test('whoever was in at the end sees the session afterwards, and whoever left before does not', async () => {
  const { isIn, hasLeft, invited } = cast;
  const session = await stage(cast);
  expect(endOf(await isIn.patch(session, { hasEnded: true }))).toBe('200');
  const ends = await Promise.all([isIn, hasLeft, invited].map(async (one) => endOf(await one.get(session))));
  expect(ends).toEqual(['200', '403 NOT_VISIBLE', '403 NOT_VISIBLE']);
});
