import { describe, expect, test } from 'vitest';
import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { mayChange, maySee } from '#lib/rosters/access.ts';
import type { RosteredSession, RosterPlayer } from '#lib/rosters/rostered-session.ts';
import { visibilities } from '#lib/table/rostered-item.ts';
import { playerCaller, someTime, someTitle, titleCaller, usualFacts, xuidOf } from './roster-under-test.ts';

const inRoster = (name: string, seatIndex: number, isCurrentlyInSession: boolean): RosterPlayer => ({
  xuid: xuidOf(name),
  gamertag: name,
  seatIndex,
  customData: undefined,
  isCurrentlyInSession,
});

/** Bob is in, zoe was, and ada, who created it, never came in. */
const session: RosteredSession = {
  ...usualFacts,
  sessionId: '702e5aaf-e7bd-4a7c-abea-9dd4be10edec',
  titleId: someTitle,
  createdAt: someTime,
  creator: xuidOf('ada'),
  maxPlayers: 4,
  seatsAvailable: 3,
  hasEnded: false,
  roster: [inRoster('bob', 0, true), inRoster('zoe', 1, false)],
  playersCanBeRemovedBy: 'Self',
  etag: '3-0',
};

const callers: Readonly<Record<string, Caller>> = {
  'the title': titleCaller(),
  'the title on behalf of a stranger': { ...playerCaller('eve'), kind: 'title' },
  'the creator': playerCaller('ada'),
  'a player who is in': playerCaller('bob'),
  'a player who was in': playerCaller('zoe'),
  'a stranger': playerCaller('eve'),
};
const always = ['the title', 'the title on behalf of a stranger', 'the creator'];

describe.each(visibilities)('a session with the visibility %s', (visibility) => {
  const seenBy = {
    PlayersCurrentlyInSession: [...always, 'a player who is in'],
    PlayersEverInSession: [...always, 'a player who is in', 'a player who was in'],
    Everyone: Object.keys(callers),
  }[visibility];

  test.each([false, true])(
    'is seen by those whom it names, its creator and its title (ended: %s)',
    (hasEnded) => {
      const seen = Object.entries(callers).filter(([, caller]) =>
        maySee({ ...session, visibility, hasEnded }, caller),
      );
      expect(seen.map(([name]) => name)).toEqual(seenBy);
    },
  );

  test('is changed by players who are in, its creator and its title alone', () => {
    const changing = Object.entries(callers).filter(([, caller]) =>
      mayChange({ ...session, visibility }, caller),
    );
    expect(changing.map(([name]) => name)).toEqual([...always, 'a player who is in']);
  });
});

test('a session that its title has created has no creator whom a token without a player could be', () => {
  const created = { ...session, creator: undefined };
  expect(maySee(created, playerCaller('ada'))).toBe(false);
  expect(mayChange(created, playerCaller('ada'))).toBe(false);
});
