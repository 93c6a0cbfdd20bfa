import { CreatePlayerSessionsCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGameSession } from '#test/support/game-lift.ts';
import { type ServerService, startServerService } from '#test/support/game-servers.ts';
import { playersNow, sessionNow } from './hosting.ts';

/** A game server's whole life, as each of the SDKs leads it, with the AWS SDK as the back end. */

let service: ServerService;
beforeAll(async () => {
  service = await startServerService();
});
afterAll(() => service.close());

describe.each(['Go', 'Cpp', 'CSharp'] as const)('with the SDK for %s', (sdk) => {
  test('a server connects, hosts a session, takes four players and ends', async () => {
    const server = await service.process({ sdk });
    await server.connect();
    expect(await server.processReady({ port: 7_777, logPaths: ['/var/log/game'] })).toMatchObject({
      Action: 'ActivateServerProcess',
      StatusCode: 200,
    });
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });

    const session = await createGameSession(service.gameLift, {
      Name: 'A match',
      GameSessionData: 'map=dust',
      GameProperties: [{ Key: 'mode', Value: 'duel' }],
    });
    expect(session).toMatchObject({
      Status: 'ACTIVATING',
      IpAddress: '10.1.2.3',
      Port: 7_777,
      ComputeName: 'machine-1',
    });
    expect(await server.nextEvent('CreateGameSession')).toEqual({
      Action: 'CreateGameSession',
      GameSessionId: session.GameSessionId,
      GameSessionName: 'A match',
      GameSessionData: 'map=dust',
      IpAddress: '10.1.2.3',
      Port: 7_777,
      MaximumPlayerSessionCount: 4,
      GameProperties: { mode: 'duel' },
    });
    expect(await server.activateGameSession()).toMatchObject({ StatusCode: 200 });
    expect(await sessionNow(service.gameLift, session.GameSessionId)).toMatchObject({ Status: 'ACTIVE' });

    const { PlayerSessions = [] } = await service.gameLift.send(
      new CreatePlayerSessionsCommand({
        GameSessionId: session.GameSessionId,
        PlayerIds: ['ada', 'bob', 'cy', 'dan'],
      }),
    );
    expect(PlayerSessions[0]).toMatchObject({ IpAddress: '10.1.2.3', Port: 7_777, Status: 'RESERVED' });
    for (const { PlayerSessionId = '' } of PlayerSessions) {
      expect(await server.acceptPlayerSession(PlayerSessionId)).toMatchObject({ StatusCode: 200 });
    }
    expect(await playersNow(service.gameLift, session.GameSessionId)).toEqual(
      ['ada', 'bob', 'cy', 'dan'].map((player) => `${player} ACTIVE`),
    );
    for (const { PlayerSessionId = '' } of PlayerSessions.slice(0, 2)) {
      expect(await server.removePlayerSession(PlayerSessionId)).toMatchObject({ StatusCode: 200 });
    }
    expect(await sessionNow(service.gameLift, session.GameSessionId)).toMatchObject({
      CurrentPlayerSessionCount: 2,
    });

    expect(await server.processEnding()).toMatchObject({ StatusCode: 200 });
    expect(await sessionNow(service.gameLift, session.GameSessionId)).toMatchObject({
      Status: 'TERMINATED',
      CurrentPlayerSessionCount: 0,
    });
    expect(await playersNow(service.gameLift, session.GameSessionId)).toEqual(
      ['ada', 'bob', 'cy', 'dan'].map((player) => `${player} COMPLETED`),
    );
    expect(server.closes).toEqual([]);
    server.destroy();
  });
});
