import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GameSessions, startGameSessions } from '#test/support/game-sessions.ts';
import { type Cast, castOf, endOf, listed, named, type Role, stage } from './cast.ts';

let service: GameSessions;
let cast: Cast;
beforeAll(async () => {
  service = await startGameSessions();
  cast = await castOf(service);
});
afterAll(() => service.close());

type Row = {
  readonly caller: Role;
  /** How reading the session and its messages ends. */
  readonly session: string;
  readonly messages: string;
  /** Whether it is in the list of a player who is in it, in the caller's own, and in that of open ones. */
  readonly ofPlayer: string;
  readonly ofMe: string;
  readonly open: string;
  /** How joining it ends once it is closed, and whether that shows the session. */
  readonly join: string;
};

const unseen = { session: '403 NOT_VISIBLE', messages: '403 NOT_VISIBLE' };
const nowhere = { ofPlayer: 'no', ofMe: 'no', open: 'no' };
const noToken: Row = {
  caller: 'noToken',
  session: '401 UNAUTHENTICATED',
  messages: '401 UNAUTHENTICATED',
  ofPlayer: '401 UNAUTHENTICATED',
  ofMe: '401 UNAUTHENTICATED',
  open: '401 UNAUTHENTICATED',
  join: '401 UNAUTHENTICATED',
};
const elsewhere = {
  session: '404 NOT_FOUND',
  messages: '404 NOT_FOUND',
  ...nowhere,
  join: '404 NOT_FOUND',
};
const closed = '409 SESSION_CLOSED';
const closedAndShown = '409 SESSION_CLOSED with the session';
const noPlayer = '400 VALIDATION_ERROR';

const tables: Readonly<Record<string, readonly Row[]>> = {
  PlayersCurrentlyInSession: [
    { caller: 'creator', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'no', open: 'no', join: closedAndShown },
    { caller: 'isIn', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'no', join: '200' },
    { caller: 'isInToo', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'no', join: '200' },
    { caller: 'hasLeft', ...unseen, ...nowhere, join: closed },
    { caller: 'neverIn', ...unseen, ...nowhere, join: closed },
    { caller: 'invited', ...unseen, ...nowhere, join: closed },
    { caller: 'title', session: '200', messages: '200', ofPlayer: 'yes', ofMe: noPlayer, open: 'no', join: closedAndShown },
    { caller: 'otherTitlesPlayer', ...elsewhere },
    { caller: 'otherTitle', ...elsewhere, ofMe: noPlayer },
    noToken,
  ],
  PlayersEverInSession: [
    { caller: 'creator', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'no', open: 'no', join: closedAndShown },
    { caller: 'isIn', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'no', join: '200' },
    { caller: 'isInToo', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'no', join: '200' },
    { caller: 'hasLeft', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'no', join: closedAndShown },
    { caller: 'neverIn', ...unseen, ...nowhere, join: closed },
    { caller: 'invited', ...unseen, ...nowhere, join: closed },
    { caller: 'title', session: '200', messages: '200', ofPlayer: 'yes', ofMe: noPlayer, open: 'no', join: closedAndShown },
    { caller: 'otherTitlesPlayer', ...elsewhere },
    { caller: 'otherTitle', ...elsewhere, ofMe: noPlayer },
    noToken,
  ],
  Everyone: [
    { caller: 'creator', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'no', open: 'yes', join: closedAndShown },
    { caller: 'isIn', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'yes', join: '200' },
    { caller: 'isInToo', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'yes', join: '200' },
    { caller: 'hasLeft', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'yes', open: 'yes', join: closedAndShown },
    { caller: 'neverIn', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'no', open: 'yes', join: closedAndShown },
    { caller: 'invited', session: '200', messages: '200', ofPlayer: 'yes', ofMe: 'no', open: 'yes', join: closedAndShown },
    { caller: 'title', session: '200', messages: '200', ofPlayer: 'yes', ofMe: noPlayer, open: 'yes', join: closedAndShown },
    { caller: 'otherTitlesPlayer', ...elsewhere },
    { caller: 'otherTitle', ...elsewhere, ofMe: noPlayer },
    noToken,
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

  test.each(rows)('$caller', async (row) => {
    const caller = cast[row.caller];
    const isListed = async (query: string): Promise<string> => {
      const reply = await caller.get(`/sessions?${query}`);
      if (reply.status !== 200) return endOf(reply);
      return (await listed(caller, `${query}&variant=${variant}&max=100`)).includes(session) ? 'yes' : 'no';
    };
    const join = async (): Promise<string> => {
      const isTitle = row.caller === 'title' || row.caller === 'otherTitle';
      const body = isTitle ? named(cast.neverIn) : undefined;
      const reply = await caller.post(`${closedSession}/players`, body);
      const isShown = reply.status === 409 && reply.text.includes(closedSession.slice('/sessions/'.length));
      return isShown ? `${endOf(reply)} with the session` : endOf(reply);
    };
    expect({
      caller: row.caller,
      session: endOf(await caller.get(session)),
      messages: endOf(await caller.get(`${session}/queues/0/messages`)),
      ofPlayer: await isListed(`player=${cast.isIn.xuid}`),
      ofMe: await isListed('player=me'),
      open: await isListed('open=true'),
      join: await join(),
    }).toEqual(row);
  });
});

test('a session that becomes visible to fewer is no longer shown to the others, nor listed', async () => {
  const { hasLeft, neverIn, isIn, title } = cast;
  const variant = ++variants;
  const session = await stage(cast, { visibility: 'Everyone', variant });
  await title.patch(session, { visibility: 'PlayersEverInSession' });
  expect([endOf(await neverIn.get(session)), endOf(await hasLeft.get(session))]).toEqual(['403 NOT_VISIBLE', '200']);
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
