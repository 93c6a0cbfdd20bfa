import {
  CreateFleetLocationsCommand,
  DeleteFleetCommand,
  DeleteFleetLocationsCommand,
  DescribeFleetLocationAttributesCommand,
  type DescribeFleetLocationAttributesInput,
  DescribeFleetLocationCapacityCommand,
  DescribeGameSessionsCommand,
  TerminateGameSessionCommand,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createFleet, createLocations, sendTwice } from '#test/support/fleets.ts';
import { createGameSession, endOf, join, refusalOf } from '#test/support/game-lift.ts';
import { location, type Service, startService } from '#test/support/service.ts';

let service: Service;
/** A fleet of one location for each test. */
let FleetId: string;
const cellar = 'custom-cellar';
const attic = 'custom-attic';

beforeAll(async () => {
  service = await startService();
  await createLocations(service, cellar, attic);
});
afterAll(() => service.close());
beforeEach(async () => {
  ({ FleetId } = await createFleet(service));
});

const add = (names: readonly string[], fleet = FleetId) =>
  service.gameLift.send(
    new CreateFleetLocationsCommand({
      FleetId: fleet,
      Locations: names.map((Location) => ({ Location })),
    }),
  );
const remove = (Locations: string[], fleet = FleetId) =>
  service.gameLift.send(new DeleteFleetLocationsCommand({ FleetId: fleet, Locations }));
const describeLocations = (members: Partial<DescribeFleetLocationAttributesInput> = {}) =>
  service.gameLift.send(new DescribeFleetLocationAttributesCommand({ FleetId, ...members }));
const locationsOf = async (members: Partial<DescribeFleetLocationAttributesInput> = {}) => {
  const { LocationAttributes } = await describeLocations(members);
  return LocationAttributes?.map(({ LocationState }) => LocationState?.Location);
};
const states = (Status: string, ...names: string[]) => names.map((Location) => ({ Location, Status }));
const identifiers = () => ({ FleetId, FleetArn: arn(`fleet/${FleetId}`) });
const notFound = (message: string) => ({ error: 'NotFoundException', status: 400, message });
const unchanged = async (attempt: () => Promise<unknown>) => {
  const before = await contentsOf(service.table);
  await attempt();
  expect(await contentsOf(service.table)).toEqual(before);
};

describe('CreateFleetLocations', () => {
  test('adds locations in which the fleet takes game sessions at once', async () => {
    const { $metadata: _, ...answer } = await add([cellar, attic, cellar]);
    expect(answer).toStrictEqual({ ...identifiers(), LocationStates: states('ACTIVE', cellar, attic) });
    expect(await locationsOf()).toEqual([attic, cellar, location]);
    for (const Location of [location, cellar, attic]) {
      const { GameSessionId } = await createGameSession(service.gameLift, { FleetId, Location });
      expect(await endOf(join(service.gameLift, GameSessionId, 'ada'))).toBe('answered');
    }
  });

  test('answers alike for a location that the fleet has, and changes nothing', async () => {
    await add([cellar]);
    await unchanged(async () => {
      const { LocationStates } = await add([location, cellar], arn(`fleet/${FleetId}`));
      expect(LocationStates).toStrictEqual(states('ACTIVE', location, cellar));
    });
  });

  test('answers its retry like its first try', async () => {
    const command = new CreateFleetLocationsCommand({ FleetId, Locations: [{ Location: cellar }] });
    const { LocationStates } = await sendTwice(service, (gameLift) => gameLift.send(command));
    expect(LocationStates).toStrictEqual(states('ACTIVE', cellar));
  });

  test('of locations that do not exist adds none', () =>
    unchanged(async () => {
      expect(await refusalOf(add([cellar, 'custom-none', 'us-east-1']))).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: 'Locations names custom-none, us-east-1, which CreateLocation has not created.',
      });
    }));

  test('does not find a fleet that does not exist', async () => {
    expect(await refusalOf(add([cellar], 'fleet-nowhere'))).toEqual(
      notFound('Fleet fleet-nowhere was not found.'),
    );
  });
});

describe('DeleteFleetLocations', () => {
  beforeEach(async () => {
    await add([cellar, attic]);
  });

  test('takes locations out of the fleet', async () => {
    const { $metadata: _, ...answer } = await remove([attic, location, attic]);
    expect(answer).toStrictEqual({ ...identifiers(), LocationStates: states('TERMINATED', attic, location) });
    expect(await locationsOf()).toEqual([cellar]);
  });

  test('lets the game sessions there go on, and no new ones in', async () => {
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId, Location: attic });
    await remove([attic]);
    expect(await endOf(join(service.gameLift, GameSessionId, 'ada'))).toBe('answered');
    const { GameSessions } = await service.gameLift.send(
      new DescribeGameSessionsCommand({ FleetId, Location: attic }),
    );
    expect(GameSessions).toMatchObject([{ GameSessionId, CurrentPlayerSessionCount: 1 }]);
    const ended = new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' });
    expect(await endOf(service.gameLift.send(ended))).toBe('answered');

    const another = createGameSession(service.gameLift, { FleetId, Location: attic });
    expect(await refusalOf(another)).toMatchObject({
      error: 'InvalidRequestException',
      message: `Location must be one of the fleet's, ${location}, ${cellar}, not ${attic}.`,
    });
  });

  test('can take out the last one, and the fleet takes no game sessions until it gets another', async () => {
    await remove([attic, cellar, location]);
    expect(await locationsOf()).toEqual([]);
    const session = () => createGameSession(service.gameLift, { FleetId });
    expect((await refusalOf(session())).message).toBe(
      `Fleet ${FleetId} has no location for game sessions: CreateFleetLocations gives it one.`,
    );
    await add([location]);
    expect(await endOf(session())).toBe('answered');
  });

  test('takes out none where the fleet does not have one of them', () =>
    unchanged(async () => {
      expect(await refusalOf(remove([attic, 'custom-none', 'us-east-1']))).toEqual(
        notFound(`Fleet ${FleetId} does not have custom-none, us-east-1.`),
      );
    }));

  test('answers its retry like its first try, also when the location has come back by then', async () => {
    const send = (meanwhile?: () => Promise<void>) =>
      sendTwice(
        service,
        (gameLift) => gameLift.send(new DeleteFleetLocationsCommand({ FleetId, Locations: [attic] })),
        meanwhile,
      );
    expect((await send()).LocationStates).toStrictEqual(states('TERMINATED', attic));
    await add([attic]);
    const again = await send(async () => {
      await add([attic]);
    });
    expect(again.LocationStates).toStrictEqual(states('TERMINATED', attic));
    expect(await locationsOf()).not.toContain(attic);
  });

  test('does not find a fleet that does not exist', async () => {
    expect(await refusalOf(remove([attic], 'fleet-nowhere'))).toEqual(
      notFound('Fleet fleet-nowhere was not found.'),
    );
  });
});

describe('a fleet of many locations', () => {
  const names = Array.from({ length: 101 }, (_, number) => `custom-room-${String(number).padStart(3, '0')}`);
  beforeAll(async () => {
    await atOnce(16, names.length, (number) => createLocations(service, names[number] ?? ''));
  });

  test('keeps each of those that thirty callers add at the same time', async () => {
    const some = names.slice(0, 30);
    const ends = await atOnce(30, 30, (number) => endOf(add([some[number] ?? ''])));
    expect(new Set(ends)).toEqual(new Set(['answered']));
    expect(await locationsOf()).toEqual([...some, location]);
  });

  test('loses and gets exactly what callers take and add at the same time', async () => {
    const [taken, kept, added] = [names.slice(0, 10), names.slice(10, 20), names.slice(20, 30)];
    await add([...taken, ...kept]);
    const ends = await atOnce(20, 20, (number) => {
      const name = [...taken, ...added][number] ?? '';
      return endOf(number < 10 ? remove([name]) : add([name]));
    });
    expect(new Set(ends)).toEqual(new Set(['answered']));
    expect(await locationsOf()).toEqual([...kept, ...added, location]);
  });

  test('has no more than a hundred of them', async () => {
    await add(names.slice(0, 99));
    await unchanged(async () => {
      const tooMany = {
        error: 'LimitExceededException',
        status: 400,
        message: `Fleet ${FleetId} would have 101 locations, more than 100.`,
      };
      expect(await refusalOf(add(names.slice(99, 100)))).toEqual(tooMany);
    });
    await remove([location]);
    expect(await endOf(add(names.slice(99, 100)))).toBe('answered');
    expect(await locationsOf()).toEqual(names.slice(0, 100));
  });

  test('shows them page by page, each once, also while some come and go', async () => {
    await add(names.slice(0, 6));
    const shown: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await describeLocations({ Limit: 1, NextToken });
      expect(page.LocationAttributes).toHaveLength(1);
      shown.push(page.LocationAttributes?.[0]?.LocationState?.Location);
      ({ NextToken } = page);
      // What the page ended with, and what has been shown already.
      if (shown.length === 3) await remove(names.slice(1, 3));
    } while (NextToken !== undefined);
    expect(shown).toEqual([...names.slice(0, 6), location]);
  });
});

describe('DescribeFleetLocationAttributes', () => {
  beforeEach(async () => {
    await add([cellar, attic]);
  });

  test('shows all locations of the fleet', async () => {
    const { $metadata: _, ...answer } = await describeLocations();
    expect(answer).toStrictEqual({
      ...identifiers(),
      LocationAttributes: states('ACTIVE', attic, cellar, location).map((LocationState) => ({
        LocationState,
      })),
    });
  });

  test('shows those that are asked for in that order, each once, without those that the fleet does not have', async () => {
    const Locations = [location, 'custom-none', attic, location, 'us-east-1'];
    expect(await locationsOf({ FleetId: arn(`fleet/${FleetId}`), Locations, Limit: 1 })).toEqual([
      location,
      attic,
    ]);
  });

  test('goes on from a token of the same fleet alone', async () => {
    const { NextToken } = await describeLocations({ Limit: 1 });
    const other = await createFleet(service);
    for (const request of [{ FleetId: other.FleetId, NextToken }, { NextToken: 'made up' }]) {
      expect(await refusalOf(describeLocations(request))).toMatchObject({
        error: 'InvalidRequestException',
        message: expect.stringMatching(/^NextToken is not one/),
      });
    }
  });

  test('does not find a fleet that does not exist', async () => {
    expect(await refusalOf(describeLocations({ FleetId: 'fleet-nowhere' }))).toEqual(
      notFound('Fleet fleet-nowhere was not found.'),
    );
  });
});

describe('DescribeFleetLocationCapacity', () => {
  const capacity = (Location: string, fleet = FleetId) =>
    service.gameLift.send(new DescribeFleetLocationCapacityCommand({ FleetId: fleet, Location }));

  test('shows that no instances run there', async () => {
    const { FleetCapacity } = await capacity(location, arn(`fleet/${FleetId}`));
    const counts = ['DESIRED', 'MINIMUM', 'MAXIMUM', 'PENDING', 'ACTIVE', 'IDLE', 'TERMINATING'];
    expect(FleetCapacity).toStrictEqual({
      ...identifiers(),
      InstanceCounts: Object.fromEntries(counts.map((name) => [name, 0])),
      Location: location,
    });
  });

  test('does not find a location that the fleet does not have, nor a fleet that does not exist', async () => {
    expect(await refusalOf(capacity(cellar))).toEqual(notFound(`Fleet ${FleetId} does not have ${cellar}.`));
    expect(await refusalOf(capacity(location, 'fleet-nowhere'))).toEqual(
      notFound('Fleet fleet-nowhere was not found.'),
    );
  });

  test('does not find a fleet that has been deleted', async () => {
    await service.gameLift.send(new DeleteFleetCommand({ FleetId }));
    expect(await endOf(capacity(location))).toBe('NotFoundException');
  });
});
