import {
  DescribeFleetLocationUtilizationCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFleet, createLocations } from '#test/support/fleets.ts';
import { acceptPlayer, createGameSession, join, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

const otherLocation = 'custom-other';

let service: Service;
let FleetId: string;
let FleetArn: string;

beforeAll(async () => {
  service = await startService();
  await createLocations(service, otherLocation);
  const Locations = [{ Location: location }, { Location: otherLocation }];
  ({ FleetId, FleetArn = '' } = await createFleet(service, { Locations }));
});
afterAll(() => service.close());

const utilizationOf = async (FleetId: string, Location: string) => {
  const command = new DescribeFleetLocationUtilizationCommand({ FleetId, Location });
  return (await service.gameLift.send(command)).FleetUtilization;
};

test('a location without sessions is not used', async () => {
  expect(await utilizationOf(FleetId, otherLocation)).toEqual({
    FleetId,
    FleetArn,
    Location: otherLocation,
    ActiveServerProcessCount: 0,
    ActiveGameSessionCount: 0,
    CurrentPlayerSessionCount: 0,
    MaximumPlayerSessionCount: 0,
  });
});

test('the sessions of one location are counted, their slots, and who is in them at this moment', async () => {
  const first = await createGameSession(service.gameLift, { FleetId, MaximumPlayerSessionCount: 3 });
  const second = await createGameSession(service.gameLift, { FleetId, MaximumPlayerSessionCount: 5 });
  const ended = await createGameSession(service.gameLift, { FleetId });
  await createGameSession(service.gameLift, { FleetId, Location: otherLocation });
  await acceptPlayer(service, await join(service.gameLift, first.GameSessionId, 'ada'));
  await join(service.gameLift, second.GameSessionId, 'bob');
  await join(service.gameLift, ended.GameSessionId, 'cy');
  await service.gameLift.send(
    new TerminateGameSessionCommand({
      GameSessionId: ended.GameSessionId,
      TerminationMode: 'FORCE_TERMINATE',
    }),
  );
  const counts = { ActiveGameSessionCount: 2, MaximumPlayerSessionCount: 8 };
  expect(await utilizationOf(FleetArn, location)).toMatchObject({ ...counts, CurrentPlayerSessionCount: 2 });
  await join(service.gameLift, second.GameSessionId, 'dan');
  expect(await utilizationOf(FleetId, location)).toMatchObject({ ...counts, CurrentPlayerSessionCount: 3 });
  service.clock.turn(60_000);
  expect(await utilizationOf(FleetId, location)).toMatchObject({ ...counts, CurrentPlayerSessionCount: 1 });
});

describe('it is not found', () => {
  test.each([
    ['fleet-nowhere', location, 'Fleet fleet-nowhere was not found.'],
    [fleetId, otherLocation, `Fleet ${fleetId} does not have ${otherLocation}.`],
  ])('for %s in %s', async (fleet, place, message) => {
    const error = 'NotFoundException';
    expect(await refusalOf(utilizationOf(fleet, place))).toEqual({ error, status: 400, message });
  });
});
