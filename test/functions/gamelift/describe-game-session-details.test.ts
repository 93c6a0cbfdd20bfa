import {
  DescribeGameSessionDetailsCommand,
  DescribeGameSessionsCommand,
  paginateDescribeGameSessionDetails,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const details = (input: DescribeGameSessionDetailsCommand['input']) =>
  service.gameLift.send(new DescribeGameSessionDetailsCommand(input));

describe('the details of a game session', () => {
  test('are the session as it is described elsewhere, and its protection', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, {
      Name: 'Friday',
      GameProperties: [{ Key: 'map', Value: 'dust' }],
      GameSessionData: 'ranked',
    });
    const { GameSessions } = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
    const { GameSessionDetails, NextToken } = await details({ GameSessionId });
    expect(GameSessionDetails).toEqual([
      { GameSession: GameSessions?.[0], ProtectionPolicy: 'NoProtection' },
    ]);
    expect(NextToken).toBeUndefined();
  });

  test('show the protection that the fleet gives to new sessions', async () => {
    const { FleetId } = await createFleet(service, { NewGameSessionProtectionPolicy: 'FullProtection' });
    await createGameSession(service.gameLift, { FleetId });
    expect(await details({ FleetId })).toMatchObject({
      GameSessionDetails: [{ ProtectionPolicy: 'FullProtection' }],
    });
  });
});

describe('the details of a fleet', () => {
  test('come in pages, each session once', async () => {
    const created: string[] = [];
    for (let number = 0; number < 5; number++) {
      created.push((await createGameSession(service.gameLift)).GameSessionId);
    }
    const listed: (string | undefined)[] = [];
    const pages = paginateDescribeGameSessionDetails(
      { client: service.gameLift, pageSize: 2 },
      { FleetId: fleetId },
    );
    for await (const { GameSessionDetails = [] } of pages) {
      expect(GameSessionDetails.length).toBeLessThanOrEqual(2);
      listed.push(...GameSessionDetails.map(({ GameSession }) => GameSession?.GameSessionId));
    }
    expect(new Set(listed).size).toBe(listed.length);
    expect(listed).toEqual(expect.arrayContaining(created));
  });

  test('do not go on with the token of another operation', async () => {
    const { NextToken } = await service.gameLift.send(
      new DescribeGameSessionsCommand({ FleetId: fleetId, Limit: 1 }),
    );
    expect(NextToken).toBeDefined();
    expect(await refusalOf(details({ FleetId: fleetId, NextToken }))).toMatchObject({
      error: 'InvalidRequestException',
    });
  });
});

test('one of a fleet, an alias and a session has to be named', async () => {
  const message = 'Give one of FleetId, AliasId and GameSessionId.';
  expect(await refusalOf(details({}))).toMatchObject({ error: 'InvalidRequestException', message });
  expect(await refusalOf(details({ FleetId: fleetId, GameSessionId: 'arn:1' }))).toMatchObject({ message });
});
