import {
  CreateGameSessionCommand,
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accept } from '#lib/sessions/accept.ts';
import { release } from '#lib/sessions/release.ts';
import { atOnce } from './support/at-once.ts';
import { ledgersOf, slotAccounts } from './support/contents.ts';
import { acceptPlayer, createGameSession, endOf, join, refusalOf, seatOf } from './support/game-lift.ts';
import { LossyHttp } from './support/lossy-http.ts';
import { fleetId, location, type Service, startService } from './support/service.ts';

/*
 * What went wrong in other session services, told again as a test that it does not go wrong here. Each is named by the
 * thread in which somebody suffered from it.
 */

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

afterEach(async () => {
  service.wire.breaks = () => undefined;
  for (const { accounted, capacity } of await slotAccounts(service.table)) expect(accounted).toBe(capacity);
});

const count = (ends: readonly string[], end: string) => ends.filter((each) => each === end).length;

async function heldSlots(GameSessionId: string): Promise<number | undefined> {
  const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
  return GameSessions?.[0]?.CurrentPlayerSessionCount;
}

async function players(GameSessionId: string): Promise<readonly string[]> {
  const { PlayerSessions = [] } = await service.gameLift.send(
    new DescribePlayerSessionsCommand({ GameSessionId }),
  );
  return PlayerSessions.map(({ PlayerId, Status }) => `${PlayerId} ${Status}`).toSorted();
}

const seatContext = () => ({ table: service.table, now: service.clock.now() });

test('https://github.com/colyseus/colyseus/issues/678: half as many again as there are slots, and no slot is sold twice', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 100 });
  const ends = await atOnce(50, 150, (number) => endOf(join(service.gameLift, GameSessionId, `p${number}`)));
  expect(count(ends, 'answered')).toBe(100);
  expect(count(ends, 'GameSessionFullException')).toBe(50);
  expect(await heldSlots(GameSessionId)).toBe(100);
});

test('https://github.com/colyseus/colyseus/issues/726: a reservation that is being taken up counts once, and nobody is refused with slots free', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 20 });
  const early = await atOnce(10, 10, (number) => join(service.gameLift, GameSessionId, `early-${number}`));
  // Half of the players arrive while the other half reserves: no moment may count anybody twice.
  const [, late] = await Promise.all([
    atOnce(10, 10, (number) => acceptPlayer(service, early[number] ?? '')),
    atOnce(10, 10, (number) => endOf(join(service.gameLift, GameSessionId, `late-${number}`))),
  ]);
  expect(count(late, 'answered')).toBe(10);
  expect(await heldSlots(GameSessionId)).toBe(20);
});

test('https://github.com/colyseus/colyseus/issues/555: a session that has ended is gone from the list of the active ones at once', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  const listed = async () => {
    const { GameSessions } = await service.gameLift.send(
      new DescribeGameSessionsCommand({ FleetId: fleetId, StatusFilter: 'ACTIVE' }),
    );
    return GameSessions?.map((session) => session.GameSessionId);
  };
  expect(await listed()).toContain(GameSessionId);
  await service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
  );
  expect(await listed()).not.toContain(GameSessionId);
});

test('https://github.com/colyseus/colyseus/issues/968: a session from which nothing is heard for a month stays listed and open', async () => {
  const quiet = await startService();
  const { GameSessionId } = await createGameSession(quiet.gameLift);
  quiet.clock.turn(30 * 24 * 60 * 60_000);
  const { GameSessions } = await quiet.gameLift.send(
    new DescribeGameSessionsCommand({ FleetId: fleetId, StatusFilter: 'ACTIVE' }),
  );
  expect(GameSessions?.map((session) => session.GameSessionId)).toEqual([GameSessionId]);
  expect(await endOf(join(quiet.gameLift, GameSessionId, 'ada'))).toBe('answered');
  await quiet.close();
});

test('https://github.com/colyseus/colyseus/issues/978: a creation that seems to fail and is tried again makes one session, 42 times of 42', async () => {
  const http = new LossyHttp();
  const gameLift = service.client({
    requestHandler: http,
    retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
  });
  const before = (await ledgersOf(service.table)).length;
  for (let run = 0; run < 42; run++) {
    http.losses = 1;
    const { GameSession } = await gameLift.send(
      new CreateGameSessionCommand({ FleetId: fleetId, Location: location, MaximumPlayerSessionCount: 2 }),
    );
    expect(GameSession?.Status).toBe('ACTIVE');
  }
  expect((await ledgersOf(service.table)).length - before).toBe(42);
});

test('https://github.com/colyseus/colyseus/issues/877: full, not found, over and too busy are four different errors', async () => {
  const impatient = service.client({ maxAttempts: 1 });
  const [full, over, open] = await Promise.all(
    [0, 1, 1].map((MaximumPlayerSessionCount) =>
      createGameSession(service.gameLift, { MaximumPlayerSessionCount }),
    ),
  );
  await service.gameLift.send(
    new TerminateGameSessionCommand({
      GameSessionId: over?.GameSessionId,
      TerminationMode: 'FORCE_TERMINATE',
    }),
  );
  const errorOf = async (GameSessionId: string | undefined) => {
    const sent = impatient.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
    return (await refusalOf(sent)).error;
  };
  expect(await errorOf(full?.GameSessionId)).toBe('GameSessionFullException');
  expect(await errorOf(`${open?.GameSessionId}0`)).toBe('NotFoundException');
  expect(await errorOf(over?.GameSessionId)).toBe('InvalidGameSessionStatusException');
  service.wire.breaks = () => 'throttled';
  expect(await errorOf(open?.GameSessionId)).toBe('ThrottlingException');
  for (const fault of ['timed out before', 'reset before', 'server error'] as const) {
    service.wire.breaks = () => fault;
    expect(await errorOf(open?.GameSessionId)).toBe('InternalServiceException');
  }
});

test('https://github.com/colyseus/colyseus/issues/423: a player who leaves ten times over frees one slot', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
  const [leaves, stays] = [
    await join(service.gameLift, GameSessionId, 'leaves'),
    await join(service.gameLift, GameSessionId, 'stays'),
  ];
  await Promise.all([acceptPlayer(service, leaves), acceptPlayer(service, stays)]);

  const outcomes = await atOnce(10, 10, async () => (await release(seatContext(), seatOf(leaves))).kind);
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'not-held'), 'released']);
  const ends = await atOnce(5, 5, (number) => endOf(join(service.gameLift, GameSessionId, `next-${number}`)));
  expect(count(ends, 'answered')).toBe(1);
  // Nor does the leaving of the one before free the slot of the one after.
  expect((await release(seatContext(), seatOf(leaves))).kind).toBe('not-held');
  expect(await heldSlots(GameSessionId)).toBe(2);
});

test('https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/915: a release whose answer is lost frees one slot', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
  const seat = seatOf(await join(service.gameLift, GameSessionId, 'ada'));
  await acceptPlayer(service, `psess-${seat.sessionKey}${seat.token}`);
  service.wire.breaks = ({ operation }, number) =>
    operation === 'UpdateItem' && number === 0 ? 'reset after' : undefined;
  service.wire.count();
  await release(seatContext(), seat);
  expect(await ledgersOf(service.table)).toContainEqual(
    expect.objectContaining({ open: 2, seats: {}, version: 3 }),
  );
});

test('https://github.com/aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws/pull/657: slots that leaked are found again by the very request that needs them', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 25 });
  // The ledger is written, the answer never comes, and whoever asked dies: 25 slots that nobody knows of.
  service.wire.count();
  service.wire.breaks = (_, number) => (number === 0 ? undefined : 'reset before');
  const party = Array.from({ length: 25 }, (_, number) => `lost-${number}`);
  const lost = service
    .client({ maxAttempts: 1 })
    .send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: party }));
  expect(await endOf(lost)).toBe('InternalServiceException');
  service.wire.breaks = () => undefined;
  expect(await endOf(join(service.gameLift, GameSessionId, 'too-early'))).toBe('GameSessionFullException');

  service.clock.turn(60_000);
  const ends = await atOnce(25, 25, (number) =>
    endOf(join(service.gameLift, GameSessionId, `next-${number}`)),
  );
  expect(count(ends, 'answered')).toBe(25);
});

test('https://github.com/boardgameio/boardgame.io/issues/1100: players who come at the same time do not overwrite each other', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 30 });
  const joined = await atOnce(30, 30, async (number) => {
    const { PlayerSession } = await service.gameLift.send(
      new CreatePlayerSessionCommand({
        GameSessionId,
        PlayerId: `player-${number}`,
        PlayerData: `data-${number}`,
      }),
    );
    return PlayerSession;
  });
  const { PlayerSessions = [] } = await service.gameLift.send(
    new DescribePlayerSessionsCommand({ GameSessionId }),
  );
  expect(PlayerSessions).toHaveLength(30);
  expect(PlayerSessions).toEqual(expect.arrayContaining([...joined]));
});

test('https://github.com/agones-dev/agones/issues/1239: a party of two gets both slots or neither, and is not beaten to the second one', async () => {
  for (let round = 0; round < 10; round++) {
    const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
    const party = new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['ada', 'bob'] });
    const [both, ...singles] = await Promise.all([
      endOf(service.gameLift.send(party)),
      endOf(join(service.gameLift, GameSessionId, 'eve')),
      endOf(join(service.gameLift, GameSessionId, 'mallory')),
    ]);
    expect(count(singles, 'answered')).toBe(both === 'answered' ? 0 : 2);
    const inside = await players(GameSessionId);
    expect(inside).toEqual(
      both === 'answered' ? ['ada RESERVED', 'bob RESERVED'] : ['eve RESERVED', 'mallory RESERVED'],
    );
  }
});

test('https://github.com/agones-dev/agones/issues/660: a hold for a party lapses by itself', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 2 });
  const party = (...PlayerIds: string[]) =>
    endOf(service.gameLift.send(new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds })));
  expect(await party('ada', 'bob')).toBe('answered');
  expect(await party('eve', 'mallory')).toBe('GameSessionFullException');
  service.clock.turn(60_000);
  expect(await heldSlots(GameSessionId)).toBe(0);
  expect(await party('eve', 'mallory')).toBe('answered');
});

test('https://github.com/agones-dev/agones/issues/607: a slot whose answer was lost is not taken for ever', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 1 });
  const http = new LossyHttp();
  http.losses = 1;
  const lost = service
    .client({ requestHandler: http, maxAttempts: 1 })
    .send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
  await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await players(GameSessionId)).toEqual(['ada RESERVED']);

  service.clock.turn(60_000);
  expect(await endOf(join(service.gameLift, GameSessionId, 'bob'))).toBe('answered');
  expect(await players(GameSessionId)).toEqual(['ada TIMEDOUT', 'bob RESERVED']);
});

test('https://github.com/googleforgames/open-match/issues/1518: reservations that nobody takes up go without anybody having to clean up', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 3 });
  for (let generation = 0; generation < 20; generation++) {
    const ends = await atOnce(3, 3, (number) =>
      endOf(join(service.gameLift, GameSessionId, `${generation}-${number}`)),
    );
    expect(count(ends, 'answered')).toBe(3);
    expect(await endOf(join(service.gameLift, GameSessionId, 'impatient'))).toBe('GameSessionFullException');
    service.clock.turn(60_000);
  }
  expect(await heldSlots(GameSessionId)).toBe(0);
});

test('https://github.com/googleforgames/open-match/issues/1392: an id of the caller’s own choice tells a second creation from a first', async () => {
  const create = () => createGameSession(service.gameLift, { IdempotencyToken: 'lobby-of-ada' });
  const [first, second] = [await create(), await create()];
  expect(second).toEqual(first);
});

test('https://github.com/YetiTech-Studios/UE4GameLiftClientSDK/issues/25: a player who was accepted is not timed out, and one who was not is', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  await acceptPlayer(service, await join(service.gameLift, GameSessionId, 'accepted'));
  const forgotten = await join(service.gameLift, GameSessionId, 'forgotten');
  service.clock.turn(60_000);
  expect(await players(GameSessionId)).toEqual(['accepted ACTIVE', 'forgotten TIMEDOUT']);
  expect((await accept(seatContext(), seatOf(forgotten))).kind).toBe('lapsed');
});

test('https://forums.awsgametech.com/t/reconnecting-playersessions-gamelift-realtime/9396: a player who has left gets in again with a reservation of its own', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 1 });
  const first = await join(service.gameLift, GameSessionId, 'ada');
  await acceptPlayer(service, first);
  await release(seatContext(), seatOf(first));
  const second = await join(service.gameLift, GameSessionId, 'ada');
  await acceptPlayer(service, second);
  expect(await players(GameSessionId)).toEqual(['ada ACTIVE', 'ada COMPLETED']);
});
