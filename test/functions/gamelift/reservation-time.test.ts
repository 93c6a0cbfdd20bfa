import { DescribePlayerSessionsCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reservationTag } from '#lib/fleets/reservation-time.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, join } from '#test/support/game-lift.ts';
import { type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const fleetWith = (seconds: string | undefined) =>
  createFleet(service, { Tags: seconds === undefined ? [] : [{ Key: reservationTag, Value: seconds }] });

test.each<[what: string, seconds: string | undefined, time: number]>([
  ['60 s where its fleet says nothing', undefined, 60_000],
  ['as long as a tag of its fleet says', '300', 300_000],
  ['an hour at most', '3600', 3_600_000],
])('a reservation holds %s', async (_, seconds, time) => {
  const { FleetId } = await fleetWith(seconds);
  const { GameSessionId } = await createGameSession(service.gameLift, { FleetId });
  const PlayerSessionId = await join(service.gameLift, GameSessionId, 'ada');
  const status = async () => {
    const { PlayerSessions } = await service.gameLift.send(
      new DescribePlayerSessionsCommand({ PlayerSessionId }),
    );
    return PlayerSessions?.[0]?.Status;
  };
  service.clock.turn(time - 1);
  expect(await status()).toBe('RESERVED');
  service.clock.turn(1);
  expect(await status()).toBe('TIMEDOUT');
});
