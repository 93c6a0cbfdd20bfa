import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routeKeys } from '#functions/game-sessions/paths.ts';
import { openApiRouteKey, routes } from '#functions/game-sessions/routes.ts';
import { contentsOf } from '#test/support/contents.ts';
import { sessionIdOf } from '#test/support/game-session-replies.ts';
import {
  type CallOptions,
  type GameSessions,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';

let service: GameSessions;
let alice: TestCaller;
let callers: readonly TestCaller[];
/** What leads somewhere, by the name of the variable, parameter, header or member. */
let known: Readonly<Record<string, readonly unknown[]>>;
beforeAll(async () => {
  service = await startGameSessions();
  alice = await service.player();
  const bob = await service.player();
  callers = [alice, bob, await service.title(), await service.title({ xuid: '7', gamertag: 'Seven' })];
  const create = async (body: object) => sessionIdOf(await alice.post('/sessions', body));
  const sessions = [
    await create({ maxPlayers: 16, visibility: 'Everyone', playersCanBeRemovedBy: 'AnyPlayer' }),
    await create({ maxPlayers: 2 }),
    await create({ maxPlayers: 4, isClosed: true }),
    await create({ maxPlayers: 4 }),
  ];
  for (const sessionId of sessions) await alice.post(`/sessions/${sessionId}/players`);
  await alice.patch(`/sessions/${sessions[3]}`, { hasEnded: true });
  const xuids = [alice.xuid, bob.xuid, '18446744073709551615', '5'];
  known = {
    sessionId: [...sessions, ...sessions.slice(0, 2)],
    queueIndex: ['0', '1', '3'],
    player: ['me', ...xuids],
    open: ['true'],
    state: ['current', 'any'],
    max: ['1', '100'],
    after: ['0', '1', '3'],
    wait: ['0', '1'],
    through: ['0', '1', '2'],
    'If-Match': ['*', '"0-0"', '"1-0"'],
    'If-None-Match': ['*', '"0-0"'],
    'Idempotency-Key': ['a', 'b'],
    xuid: xuids.map(xuidOf),
    xuidInPath: xuids,
    gamertag: ['Somebody'],
    customData: [null, null, null, 'AAEC', [1, 2]],
    players: [[{ xuid: 5, gamertag: 'Five' }], [{ xuid: 6 }, { xuid: 8 }], [{ xuid: 9, gamertag: 'Nine' }]],
    seconds: [1, 60],
    variant: [0, 1],
    displayName: ['A name'],
    maxPlayers: [2, 4, 16],
    isClosed: [true, false],
    hasEnded: [false],
    visibility: ['Everyone', 'PlayersEverInSession'],
    playersCanBeRemovedBy: ['NoOne', 'AnyPlayer'],
    data: ['', 'AAEC'],
    mustFollow: [0, 1, 2],
  };
});
afterAll(() => service.close());

type Request = { readonly method: string; readonly path: string; readonly options: CallOptions };

const isWrite = (operation: string) => /^(Put|Update|Delete|Transact|BatchWrite)/.test(operation);

/**
 * Makes requests one after another. Each is answered as the OpenAPI description says, not by a failure of the service, and
 * those that are refused leave the table as it was.
 */
async function eachLeavesNothing(requests: fc.Arbitrary<Request>, numRuns: number): Promise<void> {
  let contents = await contentsOf(service.table);
  await fc.assert(
    fc.asyncProperty(requests, async ({ method, path, options }) => {
      service.wire.count();
      const { status } = await service.handOver(method, path, options);
      expect(status).toBeLessThan(500);
      if (!Object.keys(service.wire.count()).some(isWrite)) return;
      const now = await contentsOf(service.table);
      if (status >= 400) expect(now).toEqual(contents);
      contents = now;
    }),
    { numRuns },
  );
}

const text = fc.string({ unit: 'binary', maxLength: 30 });
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.bigInt().map((big) => xuidOf(String(big))),
);

/** A value that is right as a rule, where one is known. */
const valueFor = (name: string, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  const usual = known[name] ?? [];
  return fc.oneof(
    { weight: usual.length === 0 ? 0 : 25, arbitrary: fc.constantFrom(...usual, ...usual, ...usual, '') },
    other,
  );
};

const required: ReadonlySet<string> = new Set(['maxPlayers', 'players', 'data']);

/** Some of those with these names, and now and then one that has no business there. */
const some = (names: readonly string[], other: fc.Arbitrary<unknown>) =>
  fc
    .tuple(
      fc.record(Object.fromEntries(names.map((name) => [name, valueFor(name, other)])), {
        requiredKeys: names.filter((name) => required.has(name)),
      }),
      fc.oneof({ weight: 12, arbitrary: fc.constant({}) }, fc.dictionary(text, other, { maxKeys: 1 })),
    )
    .map(([members, strangers]) => ({ ...strangers, ...members }));

const body = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 12, arbitrary: some(names, anything) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

const headerText = fc.string({ unit: fc.constantFrom(...'"W/*, ab0-\t\x7f\xff'), maxLength: 12 });

const routed: fc.Arbitrary<Request> = fc.constantFrom(...routeKeys).chain((key) => {
  const [method = '', template = ''] = key.split(' ');
  const { query = {}, headers = {}, body: forms = [] } = key === openApiRouteKey ? {} : routes[key].input;
  const segments = template.split('/').map((segment) => {
    const [, name] = /^\{(\w+)\}$/.exec(segment) ?? [];
    if (name === undefined) return fc.constant(segment);
    return valueFor(name === 'xuid' ? 'xuidInPath' : name, text).map((value) => encode(String(value)));
  });
  return fc
    .record({
      path: fc.tuple(...segments).map((parts) => parts.join('/')),
      query: some(Object.keys(query), text),
      headers: some(Object.keys(headers), headerText),
      body:
        method === 'GET'
          ? fc.constant(undefined)
          : body(forms.flatMap(({ entries }) => Object.keys(entries))),
      caller: fc.nat({ max: callers.length }),
    })
    .map((made) => ({
      method,
      path: `${made.path}${spellQuery(made.query)}`,
      options: {
        token: (callers[made.caller] ?? alice).token,
        body: made.body,
        headers: Object.fromEntries(
          Object.entries(made.headers).map(([name, value]) => [name, String(value)]),
        ),
      },
    }));
});

/** Half a surrogate pair has no percent-encoding. */
const encode = (value: string): string => encodeURIComponent(value.toWellFormed());

function spellQuery(query: object): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

const stray: fc.Arbitrary<Request> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'MAKE'),
    segments: fc.array(fc.oneof(text, fc.constantFrom('players', 'queues', '0', 'messages', '')), {
      maxLength: 5,
    }),
    query: fc.string({ unit: fc.constantFrom(...'a=&%2?+'), maxLength: 10 }),
    caller: fc.nat({ max: 4 }),
  })
  .map(({ method, segments, query, caller }) => ({
    method,
    path: `/sessions${segments.map((segment) => `/${encode(segment)}`).join('')}?${query}`,
    options: { token: callers[caller]?.token },
  }));

test('any request to a route gets an answer that is described, and no failure', async () => {
  const before = service.logged.length;
  await eachLeavesNothing(routed, 2_000);
  // The requests are random, and not so random that none comes through.
  const outcomes = service.logged.slice(before).map(([, { outcome }]) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(200);
  expect(new Set(outcomes).size).toBeGreaterThan(6);
});

test('any request that takes no route does too', async () => {
  await eachLeavesNothing(stray, 500);
});

test('any request without a good token gets a 401 and does nothing', async () => {
  const strangers = fc.tuple(routed, fc.constantFrom(undefined, '', 'x', alice.token.slice(0, -3)));
  service.wire.count();
  await fc.assert(
    fc.asyncProperty(strangers, async ([{ method, path, options }, token]) => {
      const { status } = await service.handOver(method, path, { ...options, token });
      expect(status).toBe(path.startsWith('/openapi.json') ? 200 : 401);
    }),
    { numRuns: 500 },
  );
  expect(service.wire.count()).toEqual({});
});
