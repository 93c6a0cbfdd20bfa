import {
  CreatePlayerSessionCommand,
  CreatePlayerSessionsCommand,
  PlayerSessionCreationPolicy,
  TerminateGameSessionCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createGameSession, endOf, join } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

/** What the function counts of the reservations that it refuses. */

let service: Service;
let metered: number;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());
beforeEach(() => {
  metered = service.metered.length;
});

const counted = () => service.metered.slice(metered);

const reserve = (GameSessionId: string, PlayerId: string) =>
  service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId }));

test('a reservation that is made is not counted here: the stream tells of it', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  await join(service.gameLift, GameSessionId, 'ada');
  expect(counted()).toEqual([]);
});

test.each<[reason: string, prepare: (GameSessionId: string) => Promise<unknown>]>([
  [
    'full',
    (GameSessionId) =>
      service.gameLift.send(new UpdateGameSessionCommand({ GameSessionId, MaximumPlayerSessionCount: 0 })),
  ],
  [
    'denied',
    (GameSessionId) =>
      service.gameLift.send(
        new UpdateGameSessionCommand({
          GameSessionId,
          PlayerSessionCreationPolicy: PlayerSessionCreationPolicy.DENY_ALL,
        }),
      ),
  ],
  [
    'not-active',
    (GameSessionId) =>
      service.gameLift.send(
        new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
      ),
  ],
])('one that is refused is counted as %s, and so is one of a party', async (reason, prepare) => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  await prepare(GameSessionId);
  expect(await endOf(reserve(GameSessionId, 'ada'))).not.toBe('answered');
  const party = new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['bob', 'eve'] });
  expect(await endOf(service.gameLift.send(party))).not.toBe('answered');
  const refusal = [{ ReservationsRefused: 1 }, { reason }];
  expect(counted()).toEqual([refusal, refusal]);
});

test('one of a game session that is not there is counted as not-found', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  expect(await endOf(reserve(`${GameSessionId}-nowhere`, 'ada'))).toBe('NotFoundException');
  expect(counted()).toEqual([[{ ReservationsRefused: 1 }, { reason: 'not-found' }]]);
});

test('what is no reservation at all is not counted', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  expect(await endOf(reserve(GameSessionId, ''))).toBe('InvalidRequestException');
  expect(await endOf(reserve('no ARN', 'ada'))).not.toBe('answered');
  expect(counted()).toEqual([]);
});
