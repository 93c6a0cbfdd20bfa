import { CreatePlayerSessionsCommand } from '@aws-sdk/client-gamelift';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerActionName, serverActions } from '#functions/game-servers/actions.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession } from '#test/support/game-lift.ts';
import type { GameServer } from '#test/support/game-server.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { nearlyRight } from '#test/support/random-input.ts';

/** Whatever a process says, it is answered by the protocol, and what is refused changes nothing. */

let service: ServerService;
let server: GameServer;
let known: Readonly<Record<string, readonly string[]>>;
beforeAll(async () => {
  service = await startServerService();
  server = await service.readyProcess();
  const { GameSessionId } = await createGameSession(service.gameLift, { MaximumPlayerSessionCount: 200 });
  await server.nextEvent('CreateGameSession');
  await server.activateGameSession();
  const { PlayerSessions = [] } = await service.gameLift.send(
    new CreatePlayerSessionsCommand({ GameSessionId, PlayerIds: ['ada', 'bob', 'cy'] }),
  );
  known = {
    GameSessionId: [GameSessionId],
    GameSessionArn: [GameSessionId],
    PlayerSessionId: PlayerSessions.map(({ PlayerSessionId = '' }) => PlayerSessionId),
    PlayerId: ['ada'],
    NextToken: ['token'],
    MatchmakingConfigurationArn: [
      'arn:aws:gamelift:us-east-1:123456789012:matchmakingconfiguration/my-configuration',
    ],
  };
});
afterAll(() => service.close());

/** All but the one after which nothing can be said any more. */
const names = Object.keys(serverActions).filter((name) => name !== 'TerminateServerProcess');

const isAction = (name: string): name is ServerActionName => Object.hasOwn(serverActions, name);

describe.each(names.filter(isAction))('%s', (name) => {
  test('is answered whatever its members are, and changes nothing where it is refused', async () => {
    await fc.assert(
      fc.asyncProperty(nearlyRight(serverActions[name].input, known), async (members) => {
        const before = await contentsOf(service.table);
        const answer = await server.request(name, { ...members });
        expect([200, 400, 404, 409]).toContain(answer.StatusCode);
        expect(answer).toMatchObject({ Action: name });
        if (answer.StatusCode !== 200) expect(await contentsOf(service.table)).toEqual(before);
      }),
      { numRuns: 15 },
    );
  });
});

test('a message of any kind leaves the connection open, and those behind it answered', async () => {
  const message = fc.oneof(
    fc.json(),
    fc.string({ unit: 'grapheme' }),
    fc.record({ Action: fc.jsonValue(), RequestId: fc.jsonValue() }).map((value) => JSON.stringify(value)),
    fc.constantFrom('[', '{"Action"', '{"Action":"__proto__"}', '{"__proto__":{"Action":"x"}}', 'null'),
  );
  await fc.assert(
    fc.asyncProperty(message, async (text) => {
      await server.send(text);
      expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    }),
    { numRuns: 40 },
  );
  expect(server.closes).toEqual([]);
  expect(service.serverLog.filter(([said]) => said === 'Request failed')).toEqual([]);
});
