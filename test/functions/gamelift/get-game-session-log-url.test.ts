import { GetGameSessionLogUrlCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGameSession, refusalOf } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const logUrl = (GameSessionId: string) =>
  service.gameLift.send(new GetGameSessionLogUrlCommand({ GameSessionId }));

test('there are no logs of a game session on an Anywhere fleet, and the caller is told why', async () => {
  const { GameSessionId } = await createGameSession(service.gameLift);
  expect(await refusalOf(logUrl(GameSessionId))).toEqual({
    error: 'InvalidRequestException',
    status: 400,
    message: `Game session ${GameSessionId} is on an Anywhere fleet, whose game servers keep their own logs.`,
  });
});

test('a game session that does not exist is not found', async () => {
  expect(await refusalOf(logUrl('arn:aws:gamelift:us-east-1::gamesession/fleet-1/a/b'))).toMatchObject({
    error: 'NotFoundException',
  });
});
