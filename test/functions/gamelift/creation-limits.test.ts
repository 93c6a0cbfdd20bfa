import {
  CreateFleetCommand,
  CreateGameSessionCommand,
  type CreateGameSessionInput,
  type GameLiftClient,
  TerminateGameSessionCommand,
  UpdateFleetAttributesCommand,
} from '@aws-sdk/client-gamelift';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createGameSession, endOf, refusalOf } from '#test/support/game-lift.ts';
import { LossyHttp } from '#test/support/lossy-http.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
/** An SDK that tries once: LimitExceededException is one of the errors that AWS SDKs try again by themselves. */
let gameLift: GameLiftClient;
beforeAll(async () => {
  service = await startService();
  gameLift = service.client({ maxAttempts: 1 });
});
afterAll(async () => {
  gameLift.destroy();
  await service.close();
});

let creators = 0;
/** Nobody has created anything with it. */
let CreatorId: string;
beforeEach(() => {
  CreatorId = `creator-${creators++}`;
});

const create = (members: Partial<CreateGameSessionInput> = {}, by = gameLift) =>
  createGameSession(by, { CreatorId, ...members });

/** A fleet in which one creator may create so many game sessions in so many minutes. */
async function limitedFleet(
  NewGameSessionsPerCreator: number,
  PolicyPeriodInMinutes: number,
): Promise<string> {
  const { FleetAttributes } = await gameLift.send(
    new CreateFleetCommand({
      Name: 'Limited',
      ComputeType: 'ANYWHERE',
      Locations: [{ Location: location }],
      ResourceCreationLimitPolicy: { NewGameSessionsPerCreator, PolicyPeriodInMinutes },
    }),
  );
  return FleetAttributes?.FleetId ?? '';
}

const inSeconds = (seconds: number) => new Date(service.clock.now() + seconds * 1_000).toISOString();

describe('in a fleet without a policy', () => {
  test('one CreatorId creates one game session a second', async () => {
    await create();
    service.clock.turn(400);
    expect(await refusalOf(create())).toEqual({
      error: 'LimitExceededException',
      status: 400,
      message: `One CreatorId may create 1 game session in 1 s in this fleet, and has. The next one may follow at ${inSeconds(0.6)}.`,
    });
    service.clock.turn(599);
    expect(await endOf(create())).toBe('LimitExceededException');
    service.clock.turn(1);
    expect(await endOf(create())).toBe('answered');
  });

  test('whoever gives no CreatorId creates as many as they like', async () => {
    const ends = await atOnce(5, 5, () => endOf(create({ CreatorId: undefined })));
    expect(ends).toEqual(Array.from({ length: 5 }, () => 'answered'));
  });

  test('others create at the same moment', async () => {
    const ends = await atOnce(5, 5, (number) => endOf(create({ CreatorId: `${CreatorId} ${number}` })));
    expect(ends).toEqual(Array.from({ length: 5 }, () => 'answered'));
  });
});

describe('in a fleet whose policy is 3 in 10 minutes', () => {
  let FleetId: string;
  beforeAll(async () => {
    FleetId = await limitedFleet(3, 10);
  });

  test('one CreatorId creates 3 at once, and the next when the first is 10 minutes old', async () => {
    for (const pause of [0, 60_000, 60_000]) {
      service.clock.turn(pause);
      await create({ FleetId });
    }
    const before = await contentsOf(service.table);
    expect(await refusalOf(create({ FleetId }))).toEqual({
      error: 'LimitExceededException',
      status: 400,
      message: `One CreatorId may create 3 game sessions in 600 s in this fleet, and has. The next one may follow at ${inSeconds(480)}.`,
    });
    expect(await contentsOf(service.table)).toEqual(before);

    service.clock.turn(479_999);
    expect(await endOf(create({ FleetId }))).toBe('LimitExceededException');
    service.clock.turn(1);
    expect(await endOf(create({ FleetId }))).toBe('answered');
    expect(await endOf(create({ FleetId }))).toBe('LimitExceededException');
  });

  test('game sessions that have ended count like others', async () => {
    for (let number = 0; number < 3; number++) {
      const { GameSessionId } = await create({ FleetId });
      await gameLift.send(
        new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
      );
    }
    expect(await endOf(create({ FleetId }))).toBe('LimitExceededException');
  });

  test('a CreatorId is required', async () => {
    const before = await contentsOf(service.table);
    expect(await refusalOf(create({ FleetId, CreatorId: undefined }))).toEqual({
      error: 'InvalidRequestException',
      status: 400,
      message: 'CreatorId is required: the fleet has a ResourceCreationLimitPolicy, which counts by it.',
    });
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test('what is created elsewhere does not count', async () => {
    await create();
    for (let number = 0; number < 3; number++) await create({ FleetId });
    expect(await endOf(create({ FleetId: await limitedFleet(1, 1) }))).toBe('answered');
  });

  test('a request that is refused for what it asks does not count', async () => {
    for (let number = 0; number < 4; number++) {
      expect(await endOf(create({ FleetId, MaximumPlayerSessionCount: 201 }))).toBe(
        'InvalidRequestException',
      );
      expect(await endOf(create({ FleetId, Location: 'custom-elsewhere' }))).toBe('InvalidRequestException');
      expect(await endOf(create({ FleetId, GameSessionData: '€'.repeat(200_000) }))).toBe(
        'InvalidRequestException',
      );
    }
    for (let number = 0; number < 3; number++) await create({ FleetId });
  });

  test('of 8 who create with one CreatorId at once exactly 3 do, 10 times', async () => {
    for (let round = 0; round < 10; round++) {
      const ends = await atOnce(8, 8, () => endOf(create({ FleetId, CreatorId: `${CreatorId} ${round}` })));
      expect(ends.toSorted()).toEqual([
        ...Array.from({ length: 5 }, () => 'LimitExceededException'),
        ...Array.from({ length: 3 }, () => 'answered'),
      ]);
    }
  });

  test('a policy that is changed counts at once, with what was created before', async () => {
    const changing = await limitedFleet(3, 10);
    for (let number = 0; number < 3; number++) await create({ FleetId: changing });
    const change = (NewGameSessionsPerCreator: number) =>
      gameLift.send(
        new UpdateFleetAttributesCommand({
          FleetId: changing,
          ResourceCreationLimitPolicy: { NewGameSessionsPerCreator, PolicyPeriodInMinutes: 10 },
        }),
      );
    await change(4);
    expect(await endOf(create({ FleetId: changing }))).toBe('answered');
    await change(2);
    service.clock.turn(600_000);
    expect(await endOf(create({ FleetId: changing }))).toBe('answered');
  });
});

describe('a retry', () => {
  test('of a creation whose answer was lost gets its game session, and counts once', async () => {
    const FleetId = await limitedFleet(2, 10);
    const http = new LossyHttp();
    const retrying = service.client({
      requestHandler: http,
      retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
    });
    http.losses = 2;
    await create({ FleetId }, retrying);
    expect(http.sent).toBe(3);
    expect(await endOf(create({ FleetId }))).toBe('answered');
    expect(await endOf(create({ FleetId }))).toBe('LimitExceededException');
    retrying.destroy();
  });

  test('with the same IdempotencyToken gets its game session, also where the limit is reached since long', async () => {
    const FleetId = await limitedFleet(1, 10);
    const first = await create({ FleetId, IdempotencyToken: 'friday' });
    expect(await create({ FleetId, IdempotencyToken: 'friday' })).toEqual(first);

    service.clock.turn(600_000);
    await create({ FleetId, IdempotencyToken: 'saturday' });
    expect(await create({ FleetId, IdempotencyToken: 'friday' })).toEqual(first);
    expect(await endOf(create({ FleetId, IdempotencyToken: 'sunday' }))).toBe('LimitExceededException');
  });

  test('of an SDK comes by itself, three times in all, and is refused as long as the limit is reached', async () => {
    const FleetId = await limitedFleet(1, 10);
    await create({ FleetId });
    const http = new LossyHttp();
    const retrying = service.client({
      requestHandler: http,
      retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
    });
    const command = new CreateGameSessionCommand({
      FleetId,
      Location: location,
      CreatorId,
      MaximumPlayerSessionCount: 1,
    });
    expect(await endOf(retrying.send(command))).toBe('LimitExceededException');
    expect(http.sent).toBe(3);
    retrying.destroy();
  });
});

test('a fleet that others know by its id is the same fleet to the limit', async () => {
  const FleetArn = `arn:aws:gamelift:us-east-1:123456789012:fleet/${fleetId}`;
  await create({ FleetId: FleetArn });
  expect(await endOf(create({ FleetId: fleetId }))).toBe('LimitExceededException');
});
