import {
  CreatePlayerSessionCommand,
  DescribeGameSessionsCommand,
  DescribePlayerSessionsCommand,
  TerminateGameSessionCommand,
  type TerminationMode,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentsOf, slotAccounts } from '#test/support/contents.ts';
import { acceptPlayer, createGameSession, endOf, join, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const terminate = (GameSessionId: string, TerminationMode: TerminationMode = 'FORCE_TERMINATE') =>
  service.gameLift.send(new TerminateGameSessionCommand({ GameSessionId, TerminationMode }));

test.each([
  ['FORCE_TERMINATE', 'FORCE_TERMINATED'],
  ['TRIGGER_ON_PROCESS_TERMINATE', 'TRIGGERED_ON_PROCESS_TERMINATE'],
] as const)('%s ends a session at once and says why it ended', async (mode, reason) => {
  const created = await createGameSession(service.gameLift, {
    Name: 'short',
    IdempotencyToken: reason.replaceAll('_', '-'),
  });
  await join(service.gameLift, created.GameSessionId, 'ada');
  service.clock.turn(1_000);

  const { GameSession } = await terminate(created.GameSessionId, mode);

  expect(GameSession).toStrictEqual({
    ...created,
    TerminationTime: new Date(service.clock.now()),
    CurrentPlayerSessionCount: 0,
    Status: 'TERMINATED',
    StatusReason: reason,
  });
  const { GameSessions } = await service.gameLift.send(
    new DescribeGameSessionsCommand({ GameSessionId: created.GameSessionId }),
  );
  expect(GameSessions).toStrictEqual([GameSession]);
});

test('with the session the stay of everyone in it ends, at the same time', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  const start = service.clock.now();
  await join(service.gameLift, GameSessionId, 'lapsed');
  service.clock.turn(60_000);
  await acceptPlayer(service, await join(service.gameLift, GameSessionId, 'arrived'));
  await join(service.gameLift, GameSessionId, 'reserved');
  service.clock.turn(1_000);
  await terminate(GameSessionId);
  const end = service.clock.now();
  service.clock.turn(120_000);

  const { PlayerSessions } = await service.gameLift.send(
    new DescribePlayerSessionsCommand({ GameSessionId }),
  );
  const stays = PlayerSessions?.map(({ PlayerId, Status, TerminationTime }) => [
    PlayerId,
    Status,
    TerminationTime?.getTime(),
  ]);
  expect(stays?.toSorted()).toEqual([
    ['arrived', 'COMPLETED', end],
    ['lapsed', 'TIMEDOUT', start + 60_000],
    ['reserved', 'TIMEDOUT', end],
  ]);
  expect(
    new Set((await slotAccounts(service.table)).map(({ accounted, capacity }) => accounted - capacity)),
  ).toEqual(new Set([0]));
});

test('nobody gets into a session that has ended, and its slots do not come back', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  await terminate(GameSessionId);
  const sent = service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }));
  expect(await endOf(sent)).toBe('InvalidGameSessionStatusException');
});

test('a session that has ended cannot be ended again, and nothing is written', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  await terminate(GameSessionId);
  service.clock.turn(1_000);
  const before = await contentsOf(service.table);
  expect(await refusalOf(terminate(GameSessionId, 'TRIGGER_ON_PROCESS_TERMINATE'))).toEqual({
    error: 'InvalidGameSessionStatusException',
    status: 400,
    message: `Game session ${GameSessionId} has ended already.`,
  });
  expect(await contentsOf(service.table)).toEqual(before);
});

test.each([
  ['that does not exist', `arn:aws:gamelift:us-east-1::gamesession/${fleetId}/${location}/gsess-nowhere`],
  ['in a fleet that does not exist', `arn:aws:gamelift:us-east-1::gamesession/fleet-x/${location}/gsess-1`],
  ['that is named by half', 'gsess-1'],
])('a session %s is not found', async (_, GameSessionId) => {
  const before = await contentsOf(service.table);
  expect(await refusalOf(terminate(GameSessionId))).toMatchObject({
    error: 'NotFoundException',
    status: 400,
  });
  expect(await contentsOf(service.table)).toEqual(before);
});

test('a session in another location is not found, and goes on', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  const elsewhere = GameSessionId.replace(location, 'custom-elsewhere');
  expect(await refusalOf(terminate(elsewhere))).toMatchObject({ error: 'NotFoundException' });
  expect(await endOf(join(service.gameLift, GameSessionId, 'ada'))).toBe('answered');
});
