import {
  CreatePlayerSessionCommand,
  DescribePlayerSessionsCommand,
  UpdateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join, refusalOf } from '#test/support/game-lift.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { hosted, sessionNow } from './hosting.ts';

/** A player whose connection has dropped, whom the server removes, and who comes back. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());

const keeping = { Tags: [{ Key: 'openslot:rejoin-seconds', Value: '120' }] };

async function full(fleet: object = keeping) {
  const { server, session } = await hosted(service, { fleet, session: { MaximumPlayerSessionCount: 2 } });
  const [ada, bob] = [
    await join(service.gameLift, session, 'ada'),
    await join(service.gameLift, session, 'bob'),
  ];
  await server.acceptPlayerSession(ada);
  await server.acceptPlayerSession(bob);
  expect(await server.removePlayerSession(ada)).toMatchObject({ StatusCode: 200 });
  return { server, session, ada };
}

const come = (GameSessionId: string, PlayerId: string) =>
  service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId }));

const statusOf = async (PlayerSessionId: string) => {
  const answer = await service.gameLift.send(new DescribePlayerSessionsCommand({ PlayerSessionId }));
  return answer.PlayerSessions?.[0]?.Status;
};

test('gets the seat again in a full session, which takes nobody else meanwhile', async () => {
  const { server, session, ada } = await full();
  expect(await statusOf(ada)).toBe('COMPLETED');
  expect(await refusalOf(come(session, 'eve'))).toMatchObject({ error: 'GameSessionFullException' });
  expect(await sessionNow(service.gameLift, session)).toMatchObject({ CurrentPlayerSessionCount: 2 });

  const { PlayerSession } = await come(session, 'ada');
  expect(PlayerSession).toMatchObject({ Status: 'RESERVED', PlayerId: 'ada' });
  expect(PlayerSession?.PlayerSessionId).not.toBe(ada);
  expect(await server.acceptPlayerSession(PlayerSession?.PlayerSessionId ?? '')).toMatchObject({
    StatusCode: 200,
  });
  // The old player session is over for good.
  expect(await server.acceptPlayerSession(ada)).toMatchObject({ StatusCode: 409 });
  expect(await sessionNow(service.gameLift, session)).toMatchObject({ CurrentPlayerSessionCount: 2 });
});

test('gets it where newcomers are denied, who are not let in', async () => {
  const { session } = await full();
  await service.gameLift.send(
    new UpdateGameSessionCommand({ GameSessionId: session, PlayerSessionCreationPolicy: 'DENY_ALL' }),
  );
  expect(await refusalOf(come(session, 'eve'))).toMatchObject({
    error: 'InvalidGameSessionStatusException',
  });
  expect((await come(session, 'ada')).PlayerSession).toMatchObject({ Status: 'RESERVED' });
});

test('finds it gone when its time is over and somebody has come', async () => {
  const { session } = await full();
  service.clock.turn(120_000);
  expect((await come(session, 'eve')).PlayerSession).toMatchObject({ Status: 'RESERVED' });
  expect(await refusalOf(come(session, 'ada'))).toMatchObject({ error: 'GameSessionFullException' });
});

test('finds it gone at once where the fleet does not say otherwise', async () => {
  const { session } = await full({});
  expect((await come(session, 'eve')).PlayerSession).toMatchObject({ Status: 'RESERVED' });
});
