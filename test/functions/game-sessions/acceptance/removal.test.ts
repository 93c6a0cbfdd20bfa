import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removalRules } from '#lib/table/rostered-item.ts';
import { type GameSessions, startGameSessions, xuidOf } from '#test/support/game-sessions.ts';
import { type Cast, castOf, create, dataOf, endOf, type Role, shownBy, stage } from './cast.ts';

let service: GameSessions;
let cast: Cast;
/** A session for each rule, in which all is done that is refused: nothing of it shows. */
let sessions: Readonly<Record<string, string>>;
beforeAll(async () => {
  service = await startGameSessions();
  cast = await castOf(service);
  sessions = Object.fromEntries(
    await Promise.all(
      removalRules.map(async (rule) => [rule, await stage(cast, { playersCanBeRemovedBy: rule })] as const),
    ),
  );
});
afterAll(() => service.close());

/** Who removes whom, and with what end. In each session `isIn` and `isInToo` are in, and `hasLeft` was. */
const removals: readonly (readonly [rule: string, caller: Role, target: Role, end: string])[] = [
  ['NoOne', 'isIn', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'hasLeft', 'hasLeft', '403 NOT_ALLOWED'],
  ['NoOne', 'neverIn', 'neverIn', '403 NOT_ALLOWED'],
  ['NoOne', 'invited', 'invited', '403 NOT_ALLOWED'],
  ['NoOne', 'creator', 'creator', '403 NOT_ALLOWED'],
  ['NoOne', 'isInToo', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'isInToo', 'invited', '403 NOT_ALLOWED'],
  ['NoOne', 'isInToo', 'neverIn', '403 NOT_ALLOWED'],
  ['NoOne', 'hasLeft', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'neverIn', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'invited', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'creator', 'isIn', '403 NOT_ALLOWED'],
  ['NoOne', 'title', 'isIn', '204'],
  ['NoOne', 'title', 'hasLeft', '204'],
  ['NoOne', 'title', 'neverIn', '204'],
  ['NoOne', 'title', 'invited', '204'],
  ['NoOne', 'otherTitlesPlayer', 'isIn', '404 NOT_FOUND'],
  ['NoOne', 'otherTitle', 'isIn', '404 NOT_FOUND'],
  ['NoOne', 'noToken', 'isIn', '401 UNAUTHENTICATED'],

  ['Self', 'isIn', 'isIn', '204'],
  ['Self', 'hasLeft', 'hasLeft', '204'],
  ['Self', 'neverIn', 'neverIn', '204'],
  ['Self', 'invited', 'invited', '204'],
  ['Self', 'creator', 'creator', '204'],
  ['Self', 'isInToo', 'isIn', '403 NOT_ALLOWED'],
  ['Self', 'isInToo', 'invited', '403 NOT_ALLOWED'],
  ['Self', 'isInToo', 'neverIn', '403 NOT_ALLOWED'],
  ['Self', 'hasLeft', 'isIn', '403 NOT_ALLOWED'],
  ['Self', 'neverIn', 'isIn', '403 NOT_ALLOWED'],
  ['Self', 'invited', 'isIn', '403 NOT_ALLOWED'],
  ['Self', 'creator', 'isIn', '403 NOT_ALLOWED'],
  ['Self', 'title', 'isIn', '204'],
  ['Self', 'title', 'hasLeft', '204'],
  ['Self', 'title', 'neverIn', '204'],
  ['Self', 'title', 'invited', '204'],
  ['Self', 'otherTitlesPlayer', 'isIn', '404 NOT_FOUND'],
  ['Self', 'otherTitle', 'isIn', '404 NOT_FOUND'],
  ['Self', 'noToken', 'isIn', '401 UNAUTHENTICATED'],

  ['AnyPlayer', 'isIn', 'isIn', '204'],
  ['AnyPlayer', 'hasLeft', 'hasLeft', '204'],
  ['AnyPlayer', 'neverIn', 'neverIn', '204'],
  ['AnyPlayer', 'invited', 'invited', '204'],
  ['AnyPlayer', 'creator', 'creator', '204'],
  ['AnyPlayer', 'isInToo', 'isIn', '204'],
  ['AnyPlayer', 'isInToo', 'invited', '204'],
  ['AnyPlayer', 'isInToo', 'neverIn', '204'],
  ['AnyPlayer', 'hasLeft', 'isIn', '403 NOT_ALLOWED'],
  ['AnyPlayer', 'neverIn', 'isIn', '403 NOT_ALLOWED'],
  ['AnyPlayer', 'invited', 'isIn', '403 NOT_ALLOWED'],
  ['AnyPlayer', 'creator', 'isIn', '403 NOT_ALLOWED'],
  ['AnyPlayer', 'title', 'isIn', '204'],
  ['AnyPlayer', 'title', 'hasLeft', '204'],
  ['AnyPlayer', 'title', 'neverIn', '204'],
  ['AnyPlayer', 'title', 'invited', '204'],
  ['AnyPlayer', 'otherTitlesPlayer', 'isIn', '404 NOT_FOUND'],
  ['AnyPlayer', 'otherTitle', 'isIn', '404 NOT_FOUND'],
  ['AnyPlayer', 'noToken', 'isIn', '401 UNAUTHENTICATED'],
];

/** Seats of 16 that are available once such a one is out; 13 while nobody is. */
const seatsAfter: Readonly<Partial<Record<Role, number>>> = { isIn: 14, invited: 14 };

describe('who removes whom, where playersCanBeRemovedBy is', () => {
  test.each(removals)('%s: %s removes %s: %s', async (rule, caller, target, end) => {
    const isOut = end === '204';
    const session = isOut ? await stage(cast, { playersCanBeRemovedBy: rule }) : (sessions[rule] ?? '');
    const before = await shownBy(cast, session);
    const remove = () => cast[caller].delete(`${session}/players/${cast[target].xuid}`);
    expect(endOf(await remove())).toBe(end);

    if (!isOut) expect(await shownBy(cast, session)).toEqual(before);
    expect((await cast.title.get(session)).body).toMatchObject({
      seatsAvailable: (isOut ? seatsAfter[target] : undefined) ?? 13,
      roster: [
        { gamertag: cast.isIn.gamertag, isCurrentlyInSession: !(isOut && target === 'isIn') },
        { gamertag: cast.isInToo.gamertag, isCurrentlyInSession: true },
        { gamertag: cast.hasLeft.gamertag, isCurrentlyInSession: false },
      ],
    });

    const again = await shownBy(cast, session);
    expect(endOf(await remove())).toBe(end);
    expect(await shownBy(cast, session)).toEqual(again);
  });

  test.each([
    ['NoOne', '403 NOT_ALLOWED'],
    ['Self', '403 NOT_ALLOWED'],
    ['AnyPlayer', '204'],
  ])('%s: a creator who is in removes another: %s', async (rule, end) => {
    const session = await stage(cast, { playersCanBeRemovedBy: rule });
    await cast.creator.post(`${session}/players`);
    expect(endOf(await cast.creator.delete(`${session}/players/${cast.isIn.xuid}`))).toBe(end);
  });
});

describe('a removal that is refused', () => {
  const refusals = (caller: Role, target: Role) =>
    Promise.all(
      removalRules.map((rule) => cast[caller].delete(`${sessions[rule]}/players/${cast[target].xuid}`)),
    );

  test.each<readonly [caller: Role, target: Role]>([
    ['hasLeft', 'isIn'],
    ['neverIn', 'isIn'],
    ['neverIn', 'invited'],
    ['invited', 'isIn'],
  ])(
    'does not say by which rule to %s, who may not see the session and would remove %s',
    async (caller, target) => {
      const [first, ...others] = await refusals(caller, target);
      expect(first).toMatchObject({
        status: 403,
        body: { code: 'NOT_ALLOWED', detail: 'The session does not allow it.' },
      });
      for (const other of others) expect([other.status, other.text]).toEqual([403, first?.text]);
    },
  );

  test('tells the rule to those who may see it', async () => {
    const rules = await refusals('creator', 'isIn');
    expect(new Set(rules.map(({ text }) => text)).size).toBe(removalRules.length);
    for (const { body } of rules) expect(body).toMatchObject({ detail: expect.stringContaining('removed') });
  });
});

describe('leaving and coming back', () => {
  test('keeps everybody’s place, and the order of the roster', async () => {
    const session = await create(cast.creator, { maxPlayers: 3, visibility: 'Everyone' });
    const { isIn: ada, isInToo: bob, hasLeft: cy, neverIn: dan } = cast;
    const join = async (caller: typeof ada, body?: unknown) => {
      const { status, body: player } = await caller.post(`${session}/players`, body);
      return [status, player];
    };
    const leave = (caller: typeof ada) => caller.delete(`${session}/players/${caller.xuid}`);

    for (const [seatIndex, player] of [ada, bob, cy].entries()) {
      expect(await join(player)).toMatchObject([201, { seatIndex, isCurrentlyInSession: true }]);
    }
    expect((await leave(ada)).status).toBe(204);
    expect((await leave(bob)).status).toBe(204);
    expect(await join(dan)).toMatchObject([201, { seatIndex: 3 }]);
    expect(await join(bob, { customData: dataOf('back') })).toMatchObject([201, { seatIndex: 1 }]);
    expect(await join(bob, { customData: dataOf('again') })).toMatchObject([
      200,
      { seatIndex: 1, customData: dataOf('back') },
    ]);
    const full = await join(ada);
    expect(full).toMatchObject([409, { code: 'SESSION_FULL', session: { seatsAvailable: 0 } }]);
    expect((await leave(cy)).status).toBe(204);
    expect(await join(ada)).toMatchObject([201, { seatIndex: 0, isCurrentlyInSession: true }]);

    expect((await dan.get(session)).body).toMatchObject({
      seatsAvailable: 0,
      roster: [
        { gamertag: ada.gamertag, seatIndex: 0, customData: null, isCurrentlyInSession: true },
        { gamertag: bob.gamertag, seatIndex: 1, customData: dataOf('back'), isCurrentlyInSession: true },
        { gamertag: cy.gamertag, seatIndex: 2, customData: null, isCurrentlyInSession: false },
        { gamertag: dan.gamertag, seatIndex: 3, customData: null, isCurrentlyInSession: true },
      ],
    });
  });

  test('shows the gamertag that the player has by then, and the custom data unless others are brought', async () => {
    const session = await create(cast.creator);
    const { xuid } = cast.neverIn;
    const joinAs = async (gamertag: string, body?: unknown) => {
      const player = await service.player({ xuid, gamertag });
      const reply = await player.post(`${session}/players`, body);
      await player.delete(`${session}/players/${xuid}`);
      return reply.body;
    };
    expect(await joinAs('Before', { customData: 'AAAA' })).toMatchObject({ customData: 'AAAA' });
    expect(await joinAs('After')).toMatchObject({ gamertag: 'After', seatIndex: 0, customData: 'AAAA' });
    expect(await joinAs('Later', { customData: null })).toMatchObject({ customData: null });
  });
});

test('a seat that is given back is free at once', async () => {
  const session = await create(cast.creator, { maxPlayers: 2 });
  const players = [cast.invited, cast.isIn].map(({ xuid }) => ({ xuid: xuidOf(xuid) }));
  await cast.title.post(`${session}/reservations`, { players });
  expect(endOf(await cast.neverIn.post(`${session}/players`))).toBe('409 SESSION_FULL');
  expect(endOf(await cast.invited.delete(`${session}/players/${cast.invited.xuid}`))).toBe('204');
  expect(endOf(await cast.neverIn.post(`${session}/players`))).toBe('201');
});
