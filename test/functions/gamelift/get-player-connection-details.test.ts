import { GetPlayerConnectionDetailsCommand, TerminateGameSessionCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGameSession, refusalOf } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
let GameSessionId: string;
beforeAll(async () => {
  service = await startService();
  ({ GameSessionId } = await createGameSession(service.gameLift));
});
afterAll(() => service.close());

const connect = (PlayerIds: string[], gameSession = GameSessionId) =>
  service.gameLift.send(new GetPlayerConnectionDetailsCommand({ GameSessionId: gameSession, PlayerIds }));

test('each player gets one entry, without an endpoint where no game server hosts the session', async () => {
  const answer = await connect(['ada', 'bob', 'ada']);
  expect(answer).toMatchObject({
    GameSessionId,
    PlayerConnectionDetails: [
      { PlayerId: 'ada', Endpoints: [] },
      { PlayerId: 'bob', Endpoints: [] },
    ],
  });
  expect(answer.PlayerConnectionDetails?.[0]).toStrictEqual({ PlayerId: 'ada', Endpoints: [] });
});

test('nobody connects to a session that is over, or to none', async () => {
  const over = await createGameSession(service.gameLift);
  const TerminationMode = 'FORCE_TERMINATE';
  await service.gameLift.send(
    new TerminateGameSessionCommand({ GameSessionId: over.GameSessionId, TerminationMode }),
  );
  expect(await refusalOf(connect(['ada'], over.GameSessionId))).toEqual({
    error: 'InvalidGameSessionStatusException',
    status: 400,
    message: `Game session ${over.GameSessionId} is TERMINATED. Only an ACTIVE game session takes players and updates.`,
  });
  expect(await refusalOf(connect(['ada'], `${GameSessionId}x`))).toMatchObject({
    error: 'NotFoundException',
  });
});
