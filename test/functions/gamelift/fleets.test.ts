import {
  CreateFleetCommand,
  type CreateFleetInput,
  CreateLocationCommand,
  CreatePlayerSessionCommand,
  DeleteFleetCommand,
  DescribeFleetAttributesCommand,
  DescribeGameSessionsCommand,
  ListFleetsCommand,
  paginateDescribeFleetAttributes,
  paginateListFleets,
  TerminateGameSessionCommand,
  UpdateFleetAttributesCommand,
  type UpdateFleetAttributesInput,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredItem } from '#lib/table/client.ts';
import { atOnce } from '#test/support/at-once.ts';
import { contentsOf } from '#test/support/contents.ts';
import { arn, sendTwice, uuid } from '#test/support/fleets.ts';
import { createGameSession, endOf, join, refusalOf } from '#test/support/game-lift.ts';
import { fleetId, location, type Service, startService } from '#test/support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const createFleet = (members: Partial<CreateFleetInput> = {}) =>
  service.gameLift.send(
    new CreateFleetCommand({
      Name: 'A fleet',
      ComputeType: 'ANYWHERE',
      Locations: [{ Location: location }],
      ...members,
    }),
  );

describe('CreateLocation', () => {
  test('creates a location and answers with its ARN', async () => {
    const { Location } = await service.gameLift.send(
      new CreateLocationCommand({
        LocationName: 'custom-attic',
        Tags: [{ Key: 'floor', Value: 'fourth' }],
      }),
    );
    expect(Location).toStrictEqual({
      LocationName: 'custom-attic',
      LocationArn: arn('location/custom-attic'),
    });
    expect(await endOf(createFleet({ Locations: [{ Location: 'custom-attic' }] }))).toBe('answered');
  });

  test('creates a location once, however many ask for it at the same time', async () => {
    const ends = await atOnce(5, 5, () =>
      endOf(service.gameLift.send(new CreateLocationCommand({ LocationName: 'custom-contended' }))),
    );
    expect(ends.toSorted()).toEqual([...Array.from({ length: 4 }, () => 'ConflictException'), 'answered']);
  });

  test('leaves a location as it is that exists already', async () => {
    const before = await contentsOf(service.table);
    const again = service.gameLift.send(new CreateLocationCommand({ LocationName: location }));
    expect(await refusalOf(again)).toEqual({
      error: 'ConflictException',
      status: 400,
      message: `Location ${location} exists already.`,
    });
    expect(await contentsOf(service.table)).toEqual(before);
  });
});

describe('CreateFleet', () => {
  test('creates a fleet that is ACTIVE at once', async () => {
    const { FleetAttributes, LocationStates } = await createFleet();
    expect(FleetAttributes).toStrictEqual({
      FleetId: expect.stringMatching(new RegExp(`^fleet-${uuid}$`)),
      FleetArn: arn(`fleet/${FleetAttributes?.FleetId}`),
      Name: 'A fleet',
      CreationTime: new Date(service.clock.now()),
      Status: 'ACTIVE',
      NewGameSessionProtectionPolicy: 'NoProtection',
      ComputeType: 'ANYWHERE',
    });
    expect(LocationStates).toStrictEqual([{ Location: location, Status: 'ACTIVE' }]);
  });

  test('keeps everything that is said of the fleet, and shows it to whoever asks', async () => {
    const said = {
      Description: 'For the tests',
      NewGameSessionProtectionPolicy: 'FullProtection',
      ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 4, PolicyPeriodInMinutes: 10 },
      MetricGroups: ['group'],
      AnywhereConfiguration: { Cost: '0.25' },
    } as const;
    const { FleetAttributes } = await createFleet({
      ...said,
      MetricGroups: [...said.MetricGroups],
      Tags: [{ Key: 'stage', Value: 'test' }],
    });
    expect(FleetAttributes).toMatchObject(said);
    const described = await service.gameLift.send(
      new DescribeFleetAttributesCommand({ FleetIds: [FleetAttributes?.FleetId ?? ''] }),
    );
    expect(described.FleetAttributes).toStrictEqual([FleetAttributes]);
  });

  test('takes game sessions in each of its locations, named once or twice', async () => {
    await service.gameLift.send(new CreateLocationCommand({ LocationName: 'custom-cellar' }));
    const names = [location, 'custom-cellar', location];
    const { FleetAttributes, LocationStates } = await createFleet({
      Locations: names.map((Location) => ({ Location })),
    });
    expect(LocationStates?.map(({ Location }) => Location)).toEqual([location, 'custom-cellar']);
    for (const Location of [location, 'custom-cellar']) {
      const { GameSessionId } = await createGameSession(service.gameLift, {
        FleetId: FleetAttributes?.FleetId,
        Location,
      });
      expect(GameSessionId).toContain(`/${FleetAttributes?.FleetId}/${Location}/`);
      expect(await endOf(join(service.gameLift, GameSessionId, 'ada'))).toBe('answered');
    }
  });

  test('makes another fleet of the same name each time', async () => {
    const [one, other] = [await createFleet(), await createFleet()];
    expect(one.FleetAttributes?.FleetId).not.toBe(other.FleetAttributes?.FleetId);
  });

  describe('is refused, and nothing is written,', () => {
    let before: readonly StoredItem[];
    beforeEach(async () => {
      before = await contentsOf(service.table);
      return async () => expect(await contentsOf(service.table)).toEqual(before);
    });

    test.each<[string, Partial<CreateFleetInput>, RegExp]>([
      ['for a fleet of EC2 instances', { ComputeType: 'EC2' }, /^ComputeType must be ANYWHERE/],
      ['for a fleet of no said kind', { ComputeType: undefined }, /^ComputeType must be ANYWHERE/],
      ['for a fleet without locations', { Locations: undefined }, /^Locations must name/],
      [
        'for a fleet in locations that do not exist',
        { Locations: [{ Location: 'us-east-1' }, { Location: location }, { Location: 'custom-none' }] },
        /^Locations names us-east-1, custom-none,/,
      ],
      [
        'for a creation limit without its time',
        { ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 4 } },
        /^ResourceCreationLimitPolicy must have NewGameSessionsPerCreator and PolicyPeriodInMinutes of at least 1/,
      ],
      [
        'for a creation limit of more than a thousand game sessions',
        { ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 1_001, PolicyPeriodInMinutes: 1 } },
        /^NewGameSessionsPerCreator must be at most 1000, not 1001\.$/,
      ],
      ['for a fleet with a build', { BuildId: 'build-1' }, /do not have BuildId\.$/],
      [
        'for a fleet with instances and ports',
        { EC2InstanceType: 'c5.large', EC2InboundPermissions: [] },
        /do not have EC2InstanceType, EC2InboundPermissions\.$/,
      ],
    ])('%s', async (_, members, message) => {
      expect(await refusalOf(createFleet(members))).toEqual({
        error: 'InvalidRequestException',
        status: 400,
        message: expect.stringMatching(message),
      });
    });
  });
});

const described = async (FleetId: string | undefined) => {
  const { FleetAttributes } = await service.gameLift.send(
    new DescribeFleetAttributesCommand({ FleetIds: [FleetId ?? ''] }),
  );
  return FleetAttributes?.[0];
};
const notFound = (name: string) => ({
  error: 'NotFoundException',
  status: 400,
  message: `Fleet ${name} was not found.`,
});

describe('UpdateFleetAttributes', () => {
  const update = (FleetId: string | undefined, members: Partial<UpdateFleetAttributesInput>) =>
    service.gameLift.send(new UpdateFleetAttributesCommand({ FleetId, ...members }));
  const limited = {
    ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 4, PolicyPeriodInMinutes: 10 },
  };

  test('answers with the identifiers of the fleet', async () => {
    const { FleetId, FleetArn } = (await createFleet()).FleetAttributes ?? {};
    const { $metadata: _, ...answer } = await update(FleetArn, { Name: 'Renamed' });
    expect(answer).toStrictEqual({ FleetId, FleetArn });
  });

  test.each<Partial<UpdateFleetAttributesInput>>([
    {},
    { Name: 'Renamed' },
    { Description: 'Described' },
    { NewGameSessionProtectionPolicy: 'FullProtection' },
    limited,
    { ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 1_000, PolicyPeriodInMinutes: 1 } },
    { MetricGroups: ['group'] },
    { MetricGroups: [] },
    { AnywhereConfiguration: { Cost: '12.5' } },
    { Name: 'Renamed', Description: 'Described', ...limited, MetricGroups: ['group'] },
  ])('changes %o, and leaves the rest as it is', async (members) => {
    const { FleetAttributes: before } = await createFleet({ Description: 'Before', MetricGroups: ['old'] });
    await update(before?.FleetId, members);
    expect(await described(before?.FleetId)).toStrictEqual({ ...before, ...members });
  });

  test.each([
    {},
    { NewGameSessionsPerCreator: 0, PolicyPeriodInMinutes: 0 },
    { NewGameSessionsPerCreator: 0 },
  ])('takes the creation limit away where it is %o', async (ResourceCreationLimitPolicy) => {
    const { FleetAttributes } = await createFleet(limited);
    await update(FleetAttributes?.FleetId, { ResourceCreationLimitPolicy });
    const { ResourceCreationLimitPolicy: _, ...without } = FleetAttributes ?? {};
    expect(await described(FleetAttributes?.FleetId)).toStrictEqual(without);
  });

  test.each([
    { NewGameSessionsPerCreator: 4 },
    { PolicyPeriodInMinutes: 10 },
    { NewGameSessionsPerCreator: 4, PolicyPeriodInMinutes: 0 },
    { NewGameSessionsPerCreator: 0, PolicyPeriodInMinutes: 10 },
    { NewGameSessionsPerCreator: 1_001, PolicyPeriodInMinutes: 10 },
  ])('refuses a creation limit of %o, and changes nothing', async (ResourceCreationLimitPolicy) => {
    const { FleetAttributes } = await createFleet(limited);
    const refusal = await refusalOf(
      update(FleetAttributes?.FleetId, { Name: 'Renamed', ResourceCreationLimitPolicy }),
    );
    expect(refusal.error).toBe('InvalidRequestException');
    expect(await described(FleetAttributes?.FleetId)).toStrictEqual(FleetAttributes);
  });

  test('by many at once, each of another member, keeps what each has changed', async () => {
    const { FleetAttributes } = await createFleet();
    const changes = [
      { Name: 'New' },
      { Description: 'Newer' },
      limited,
      { AnywhereConfiguration: { Cost: '1' } },
    ];
    await Promise.all(changes.map((members) => update(FleetAttributes?.FleetId, members)));
    expect(await described(FleetAttributes?.FleetId)).toStrictEqual(
      Object.assign({ ...FleetAttributes }, ...changes),
    );
  });

  test.each([{}, { Name: 'Renamed' }])(
    'of a fleet that does not exist makes none, changed by %o',
    async (members) => {
      const before = await contentsOf(service.table);
      for (const name of [
        'fleet-nowhere',
        `arn:aws:gamelift:eu-west-1:123456789012:fleet/${fleetId}`,
        arn('fleet/fleet-nowhere'),
      ]) {
        expect(await refusalOf(update(name, members))).toEqual(notFound(name));
      }
      expect(await contentsOf(service.table)).toEqual(before);
    },
  );
});

describe('DeleteFleet', () => {
  const remove = (FleetId: string | undefined) => service.gameLift.send(new DeleteFleetCommand({ FleetId }));
  const terminate = (GameSessionId: string) =>
    service.gameLift.send(
      new TerminateGameSessionCommand({ GameSessionId, TerminationMode: 'FORCE_TERMINATE' }),
    );

  test('leaves nothing of the fleet', async () => {
    const { FleetId, FleetArn } = (await createFleet()).FleetAttributes ?? {};
    await remove(FleetArn);
    expect(await described(FleetId)).toBeUndefined();
    expect((await service.gameLift.send(new ListFleetsCommand({}))).FleetIds).not.toContain(FleetId);
    expect(await refusalOf(createGameSession(service.gameLift, { FleetId }))).toEqual(notFound(`${FleetId}`));
    expect(await refusalOf(remove(FleetId))).toEqual(notFound(`${FleetId}`));
  });

  test('is refused while the fleet has game sessions that have not ended, wherever they are', async () => {
    const { FleetId } = (await createFleet()).FleetAttributes ?? {};
    // Enough for each of the index's partitions to have some.
    const sessions = await atOnce(8, 40, () => createGameSession(service.gameLift, { FleetId }));
    for (const { GameSessionId } of sessions) {
      expect(await refusalOf(remove(FleetId))).toEqual({
        error: 'InvalidFleetStatusException',
        status: 400,
        message: `Fleet ${FleetId} has game sessions that have not ended. DescribeGameSessions with the StatusFilter ACTIVE lists them; end them with TerminateGameSession.`,
      });
      await terminate(GameSessionId);
    }
    expect(await endOf(remove(FleetId))).toBe('answered');
  });

  test('leaves its ended game sessions to be read by their ids', async () => {
    const { FleetId } = (await createFleet()).FleetAttributes ?? {};
    const { GameSessionId } = await createGameSession(service.gameLift, { FleetId });
    await terminate(GameSessionId);
    await remove(FleetId);
    const read = await service.gameLift.send(new DescribeGameSessionsCommand({ GameSessionId }));
    expect(read.GameSessions).toMatchObject([{ GameSessionId, FleetId, Status: 'TERMINATED' }]);
    expect(
      await endOf(service.gameLift.send(new CreatePlayerSessionCommand({ GameSessionId, PlayerId: 'ada' }))),
    ).toBe('InvalidGameSessionStatusException');
    expect(await refusalOf(service.gameLift.send(new DescribeGameSessionsCommand({ FleetId })))).toEqual(
      notFound(`${FleetId}`),
    );
  });

  test('does not stop at the game sessions of another fleet', async () => {
    await createGameSession(service.gameLift);
    const { FleetId } = (await createFleet()).FleetAttributes ?? {};
    expect(await endOf(remove(FleetId))).toBe('answered');
  });

  test('answers its retry like its first try', async () => {
    const { FleetId } = (await createFleet()).FleetAttributes ?? {};
    const deleted = sendTwice(service, (gameLift) => gameLift.send(new DeleteFleetCommand({ FleetId })));
    expect(await endOf(deleted)).toBe('answered');
  });

  test('finds no fleet of another deployment, and none that does not exist', async () => {
    for (const name of [
      'fleet-nowhere',
      `arn:aws:gamelift:eu-west-1:123456789012:fleet/${fleetId}`,
      `arn:aws:gamelift:us-east-1:210987654321:fleet/${fleetId}`,
    ]) {
      expect(await refusalOf(remove(name))).toEqual(notFound(name));
    }
    expect(await described(fleetId)).toBeDefined();
  });
});

describe('fleets are found', () => {
  let twoPages: Service;
  /** The ids of 150 fleets, more than one read of the table takes by their keys, in the order of a list. */
  let all: readonly string[];
  beforeAll(async () => {
    twoPages = await startService();
    const created = await atOnce(16, 149, async () => {
      const { FleetAttributes } = await twoPages.gameLift.send(
        new CreateFleetCommand({
          Name: 'One of many',
          ComputeType: 'ANYWHERE',
          Locations: [{ Location: location }],
        }),
      );
      return FleetAttributes?.FleetId ?? '';
    });
    all = [fleetId, ...created].toSorted();
  });
  afterAll(() => twoPages.close());

  const describeFleets = (FleetIds: string[]) =>
    twoPages.gameLift.send(new DescribeFleetAttributesCommand({ FleetIds }));

  test('all of them in one page', async () => {
    const { FleetIds, NextToken } = await twoPages.gameLift.send(new ListFleetsCommand({}));
    expect(FleetIds).toEqual(all);
    expect(NextToken).toBeUndefined();
    const { FleetAttributes } = await twoPages.gameLift.send(new DescribeFleetAttributesCommand({}));
    expect(FleetAttributes?.map(({ FleetId }) => FleetId)).toEqual(all);
  });

  test('page by page', async () => {
    const config = { client: twoPages.gameLift, pageSize: 40 };
    const listed: string[][] = [];
    for await (const { FleetIds = [] } of paginateListFleets(config, {})) listed.push(FleetIds);
    expect(listed.map(({ length }) => length)).toEqual([40, 40, 40, 30]);
    expect(listed.flat()).toEqual(all);
    const described: (string | undefined)[] = [];
    for await (const { FleetAttributes = [] } of paginateDescribeFleetAttributes(config, {})) {
      described.push(...FleetAttributes.map(({ FleetId }) => FleetId));
    }
    expect(described).toEqual(all);
  });

  test('by their ids, as many as are asked for, in that order and each once', async () => {
    const some = all.slice(0, 50);
    const { FleetAttributes } = await describeFleets([...some.toReversed(), ...some]);
    expect(FleetAttributes?.map(({ FleetId }) => FleetId)).toEqual(some.toReversed());
  });

  test('by their ids and ARNs, without those that do not exist', async () => {
    const { FleetAttributes } = await describeFleets([
      'fleet-nowhere',
      arn(`fleet/${fleetId}`),
      `arn:aws:gamelift:eu-west-1:123456789012:fleet/${fleetId}`,
    ]);
    expect(FleetAttributes?.map(({ FleetId }) => FleetId)).toEqual([fleetId]);
  });

  test('none that run a build or a script', async () => {
    for (const input of [{ BuildId: 'build-1' }, { ScriptId: 'script-1' }]) {
      expect((await twoPages.gameLift.send(new ListFleetsCommand(input))).FleetIds).toEqual([]);
    }
  });

  test('from a token of their own list alone', async () => {
    const { NextToken } = await twoPages.gameLift.send(new ListFleetsCommand({ Limit: 1 }));
    const refused = { error: 'InvalidRequestException', status: 400 };
    for (const command of [
      new DescribeFleetAttributesCommand({ NextToken }),
      new DescribeFleetAttributesCommand({ NextToken: 'made up' }),
    ]) {
      expect(await refusalOf(twoPages.gameLift.send(command))).toMatchObject(refused);
    }
    const madeUp = new ListFleetsCommand({ NextToken: `${NextToken}A` });
    expect(await refusalOf(twoPages.gameLift.send(madeUp))).toMatchObject(refused);
  });
});
