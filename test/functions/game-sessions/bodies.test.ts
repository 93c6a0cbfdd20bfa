import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RouteKey } from '#functions/game-sessions/paths.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import { type GameSessions, startGameSessions, type TestCaller } from '#test/support/game-sessions.ts';
import { isDescribedBody } from '#test/support/open-api.ts';

let service: GameSessions;
let creator: TestCaller;
let title: TestCaller;
/** A title's backend whose token names a player too. */
let titleAsPlayer: TestCaller;
let session: string;
beforeAll(async () => {
  service = await startGameSessions();
  creator = await service.player();
  title = await service.title();
  titleAsPlayer = await service.title({ xuid: '77', gamertag: 'Seven' });
});
afterAll(() => service.close());

beforeEach(async () => {
  session = `/sessions/${sessionIdOf(await creator.post('/sessions', { maxPlayers: 16 }))}`;
});

/** Members as JSON text, since no value of JavaScript is what some of them are. */
type Members = Readonly<Record<string, string>>;

const spell = (members: Members): string =>
  `{${Object.entries(members)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(',')}}`;

const texts = (...values: unknown[]): string[] => values.map((value) => JSON.stringify(value));

const notInt32 = texts(-(2 ** 31) - 1, 2 ** 31, 0.5, '0', true, [], {}, 1e300);
const notFlag = texts(0, 1, 'true', 'false', [], {});
const notXuid = [...texts(-1, 0.5, '5', true, [], {}), '18446744073709551616', '1e19', '-0.5', 'null'];
const bytes = (count: number) => JSON.stringify(Array.from({ length: count }, (_, i) => i % 256));
const base64 = (count: number) => JSON.stringify(Buffer.alloc(count, 7).toString('base64'));
const notBase64 = texts(
  'A',
  'AA',
  'AAA',
  'AAAA=',
  'AA=A',
  'AB==',
  'A-_A',
  'AA AA',
  ' AAAA',
  5,
  true,
  [],
  [65],
  {},
);
const halfCharacter = '"a\\ud83d"';
const tooLongForGamertag = 'x'.repeat(16);

const int32: readonly string[] = texts(-(2 ** 31), -1, 0, 2 ** 31 - 1);
const displayName = {
  good: texts('', 'x'.repeat(128), '\u{1f409}'.repeat(64), '\u0000', 'ä"\\'),
  bad: [...texts('x'.repeat(129), '\u{1f409}'.repeat(65), 5, true, [], {}), halfCharacter],
};
const sessionData = {
  good: ['null', '[]', bytes(1_024)],
  bad: [bytes(1_025), ...texts('', 'AAAA', 5, true, {})],
};
const visibility = {
  good: texts('PlayersCurrentlyInSession', 'PlayersEverInSession', 'Everyone'),
  bad: texts('everyone', '', 0, true, [], {}, ['Everyone']),
};
const xuid = { good: ['0', '5.0', '9007199254740993', '18446744073709551615'], bad: notXuid };
const gamertag = {
  good: texts('x', 'x'.repeat(15), '\u{1f409}'.repeat(7)),
  bad: [...texts('', tooLongForGamertag, '\u{1f409}'.repeat(8), 5, null, [], {}), halfCharacter],
};
const playerData = { good: ['null', '""', base64(1), base64(1_024)], bad: [base64(1_025), ...notBase64] };

type Edges = { readonly good: readonly string[]; readonly bad: readonly string[] };

type BodyUnderTest = {
  readonly route: RouteKey;
  readonly path: () => string;
  readonly caller: () => TestCaller;
  /** A body that is good. */
  readonly whole: Members;
  readonly members: Readonly<Record<string, Edges>>;
};

const settings = {
  variant: { good: int32, bad: [...notInt32, 'null'] },
  displayName: { good: displayName.good, bad: [...displayName.bad, 'null'] },
  customData: sessionData,
  maxPlayers: { good: ['2', '16', '2.0'], bad: texts(1, 17, 0, -2, 2.5, '4', true, null, [], {}) },
  isClosed: { good: ['true', 'false'], bad: [...notFlag, 'null'] },
  visibility: { good: visibility.good, bad: [...visibility.bad, 'null'] },
};
const playersCanBeRemovedBy = {
  good: texts('NoOne', 'Self', 'AnyPlayer'),
  bad: texts('noone', 'Anyone', '', 0, null, [], {}),
};

const messageMembers = {
  data: { good: ['""', base64(1), base64(16_384)], bad: [...notBase64, 'null'] },
  mustFollow: {
    good: ['0'],
    bad: [...texts(-1, 0.5, 2 ** 31, 2 ** 53, '1', true, null, [], {}), '9007199254740993'],
  },
};

const bodies: Readonly<Record<string, BodyUnderTest>> = {
  'of a creation': {
    route: 'POST /sessions',
    path: () => '/sessions',
    caller: () => creator,
    whole: { maxPlayers: '4' },
    members: { ...settings, playersCanBeRemovedBy },
  },
  'of a creation by a title': {
    route: 'POST /sessions',
    path: () => '/sessions',
    caller: () => title,
    whole: { maxPlayers: '4' },
    members: { ...settings, playersCanBeRemovedBy, xuid },
  },
  'of a change': {
    route: 'PATCH /sessions/{sessionId}',
    path: () => session,
    caller: () => creator,
    whole: {},
    members: { ...settings, hasEnded: { good: ['false', 'true'], bad: [...notFlag, 'null'] } },
  },
  'of a join': {
    route: 'POST /sessions/{sessionId}/players',
    path: () => `${session}/players`,
    caller: () => creator,
    whole: {},
    members: { customData: playerData },
  },
  'of a join by a title': {
    route: 'POST /sessions/{sessionId}/players',
    path: () => `${session}/players`,
    caller: () => title,
    whole: { xuid: '5', gamertag: '"Five"' },
    members: { xuid, gamertag, customData: playerData },
  },
  'of a join by a title whose token names a player': {
    route: 'POST /sessions/{sessionId}/players',
    path: () => `${session}/players`,
    caller: () => titleAsPlayer,
    whole: {},
    members: { xuid: { good: ['77'], bad: notXuid }, gamertag, customData: playerData },
  },
  'of a reservation': {
    route: 'POST /sessions/{sessionId}/reservations',
    path: () => `${session}/reservations`,
    caller: () => title,
    whole: { players: '[{"xuid":5}]' },
    members: {
      seconds: { good: texts(1, 604_800), bad: texts(0, 604_801, -1, 1.5, '60', true, null, [], {}) },
      players: {
        good: [JSON.stringify(Array.from({ length: 16 }, (_, i) => ({ xuid: i })))],
        bad: texts(
          [],
          Array.from({ length: 17 }, (_, i) => ({ xuid: i })),
          {},
          5,
          null,
          'x',
        ),
      },
    },
  },
  'of a message': {
    route: 'POST /sessions/{sessionId}/queues/{queueIndex}/messages',
    path: () => `${session}/queues/3/messages`,
    caller: () => creator,
    whole: { data: '"AAEC"' },
    members: messageMembers,
  },
  'of a message by a title': {
    route: 'POST /sessions/{sessionId}/queues/{queueIndex}/messages',
    path: () => `${session}/queues/0/messages`,
    caller: () => titleAsPlayer,
    whole: { data: '"AAEC"' },
    members: { ...messageMembers, xuid: { good: ['77'], bad: notXuid } },
  },
  "of a player's change": {
    route: 'PATCH /sessions/{sessionId}/players/{xuid}',
    path: () => `${session}/players/${creator.xuid}`,
    caller: () => creator,
    whole: { customData: 'null' },
    members: { customData: playerData },
  },
};

const cases = Object.entries(bodies).flatMap(([name, body]) =>
  Object.entries(body.members).map(([member, edges]) => [`${member} ${name}`, member, edges, body] as const),
);

/**
 * What JSON Schema cannot say of a body: well-formed text, text counted in UTF-16, the very bytes in Base64. And what the
 * test's own reader of JSON, which has doubles alone, does not see.
 */
const unsayable: ReadonlySet<string> = new Set([
  halfCharacter,
  ...texts('\u{1f409}'.repeat(65), '\u{1f409}'.repeat(8)),
  ...notBase64.filter((json) => json.startsWith('"')),
  base64(1_025),
  '18446744073709551616',
  '1e19',
]);

const needsPlayer: ReadonlySet<RouteKey> = new Set([
  'PATCH /sessions/{sessionId}/players/{xuid}',
  'POST /sessions/{sessionId}/queues/{queueIndex}/messages',
]);

describe.each(cases)('%s', (_, member, { good, bad }, { route, path, caller, whole }) => {
  const send = (text: string) =>
    service.call(route.split(' ')[0] ?? '', path(), { token: caller().token, body: text });

  test.each(good.map((json) => [json.slice(0, 40), json]))('can be %s', async (__, json) => {
    if (needsPlayer.has(route)) {
      for (const player of [creator, titleAsPlayer]) await player.post(`${session}/players`);
    }
    const text = spell({ ...whole, [member]: json });
    expect(await send(text)).toMatchObject({ status: expect.toSatisfy((status) => status < 300) });
    expect(isDescribedBody(route, text)).toBe(true);
  });

  test.each(bad.map((json) => [json.slice(0, 40), json]))('cannot be %s', async (__, json) => {
    const text = spell({ ...whole, [member]: json });
    service.wire.count();
    const reply = await send(text);
    expect(reply).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(reply.body).toMatchObject({
      errors: [{ pointer: `/${member}`, detail: expect.stringMatching(/^must /) }],
      detail: expect.stringContaining(`The member /${member} must `),
    });
    expect(service.wire.count()).toEqual({});
    expect(isDescribedBody(route, text)).toBe(unsayable.has(json));
  });
});
