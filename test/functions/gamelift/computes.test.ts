import {
  DeleteFleetCommand,
  DeregisterComputeCommand,
  DescribeComputeCommand,
  GetComputeAuthTokenCommand,
  ListComputeCommand,
  type ListComputeInput,
  paginateListCompute,
  RegisterComputeCommand,
  type RegisterComputeInput,
} from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf } from '#test/support/contents.ts';
import { arn, createFleet, createLocations, sendTwice, uuid } from '#test/support/fleets.ts';
import { endOf, refusalOf } from '#test/support/game-lift.ts';
import { gameServerEndpoint, location, type Service, startService } from '#test/support/service.ts';
import { callPlainJson } from '#test/support/spellings.ts';

const cellar = 'custom-cellar';

let service: Service;
let FleetId: string;
beforeAll(async () => {
  service = await startService();
  await createLocations(service, cellar);
});
afterAll(() => service.close());
beforeEach(async () => {
  ({ FleetId } = await createFleet(service, {
    Locations: [{ Location: location }, { Location: cellar }],
  }));
});

const register = async (ComputeName: string, members: Partial<RegisterComputeInput> = {}) => {
  const named = { FleetId, ComputeName, Location: location, IpAddress: '10.0.0.1' };
  return (await service.gameLift.send(new RegisterComputeCommand({ ...named, ...members }))).Compute;
};
const describeCompute = async (ComputeName: string, fleet = FleetId) =>
  (await service.gameLift.send(new DescribeComputeCommand({ FleetId: fleet, ComputeName }))).Compute;
const list = (members: Partial<ListComputeInput> = {}) =>
  service.gameLift.send(new ListComputeCommand({ FleetId, ...members }));
const namesOf = async (members: Partial<ListComputeInput> = {}) =>
  (await list(members)).ComputeList?.map(({ ComputeName }) => ComputeName);
const deregister = (ComputeName: string, fleet = FleetId) =>
  service.gameLift.send(new DeregisterComputeCommand({ FleetId: fleet, ComputeName }));
const tokenOf = (ComputeName: string, fleet = FleetId) =>
  service.gameLift.send(new GetComputeAuthTokenCommand({ FleetId: fleet, ComputeName }));

const refusal = (error: string, message: string | RegExp) => ({
  error,
  status: 400,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});
const noCompute = (name: string, fleet = FleetId) =>
  refusal('NotFoundException', `Compute ${name} was not found in fleet ${fleet}.`);

async function unchanged(act: () => Promise<void>): Promise<void> {
  const before = await contentsOf(service.table);
  await act();
  expect(await contentsOf(service.table)).toEqual(before);
}

describe('RegisterCompute', () => {
  test('registers a compute, and answers with all that it is and where its processes connect', async () => {
    const compute = await register('rack-1/blade-2', {
      FleetId: arn(`fleet/${FleetId}`),
      DnsName: 'rack-1.example.com',
      CertificatePath: '/etc/game/cert.pem',
    });
    expect(compute).toStrictEqual({
      FleetId,
      FleetArn: arn(`fleet/${FleetId}`),
      ComputeName: 'rack-1/blade-2',
      ComputeArn: arn('compute/rack-1/blade-2'),
      IpAddress: '10.0.0.1',
      DnsName: 'rack-1.example.com',
      ComputeStatus: 'ACTIVE',
      Location: location,
      CreationTime: new Date(service.clock.now()),
      GameLiftServiceSdkEndpoint: gameServerEndpoint,
    });
    expect(await describeCompute('rack-1/blade-2')).toStrictEqual(compute);
  });

  test('is answered as before when a server starts again', async () => {
    const compute = await register('rack-1');
    service.clock.turn(60_000);
    await unchanged(async () => {
      expect(await register('rack-1')).toStrictEqual(compute);
    });
  });

  test('registers one compute, though the answer to the first try was lost', async () => {
    const command = new RegisterComputeCommand({
      FleetId,
      ComputeName: 'rack-1',
      Location: location,
      DnsName: 'rack-1',
    });
    const { Compute } = await sendTwice(service, (gameLift) => gameLift.send(command));
    expect((await list()).ComputeList).toStrictEqual([Compute]);
  });

  test('lets each fleet have a compute of the same name', async () => {
    const other = await createFleet(service);
    await register('rack-1');
    await register('rack-1', { FleetId: other.FleetId, IpAddress: '10.0.0.2' });
    expect(await describeCompute('rack-1')).toMatchObject({ IpAddress: '10.0.0.1' });
    expect(await describeCompute('rack-1', other.FleetId)).toMatchObject({ IpAddress: '10.0.0.2' });
  });

  test.each<[string, Partial<RegisterComputeInput>, error: string, message: string | RegExp]>([
    [
      'a location',
      { Location: undefined },
      'InvalidRequestException',
      "Location is required: it must be one of the fleet's.",
    ],
    [
      'a location of its fleet',
      { Location: 'custom-attic' },
      'InvalidRequestException',
      `Location must be one of the fleet's, ${location}, ${cellar}, not custom-attic.`,
    ],
    [
      'an address or a name',
      { IpAddress: undefined },
      'InvalidRequestException',
      'Give IpAddress, DnsName or both: players connect there.',
    ],
    [
      'details of its own',
      { IpAddress: '10.0.0.2' },
      'ConflictException',
      /^Compute rack-1 is registered in fleet fleet-[0-9a-f-]+ with other details\./,
    ],
    ['a fleet', { FleetId: 'fleet-nowhere' }, 'NotFoundException', 'Fleet fleet-nowhere was not found.'],
    [
      'a fleet of this deployment',
      { FleetId: 'arn:aws:gamelift:eu-west-1:123456789012:fleet/fleet-1' },
      'NotFoundException',
      /^Fleet arn:aws:gamelift:eu-west-1:123456789012:fleet\/fleet-1 was not found/,
    ],
  ])('is refused without %s, and changes nothing', async (_, members, error, message) => {
    await register('rack-1');
    await unchanged(async () => {
      expect(await refusalOf(register('rack-1', members))).toEqual(refusal(error, message));
    });
  });
});

describe('a compute', () => {
  test('is found by its name and its ARN, in its fleet alone', async () => {
    const compute = await register('rack-1');
    expect(await describeCompute(arn('compute/rack-1'))).toStrictEqual(compute);
    expect(await describeCompute('rack-1', arn(`fleet/${FleetId}`))).toStrictEqual(compute);
    const other = await createFleet(service);
    for (const [name, fleet] of [
      ['rack-2', FleetId],
      ['rack-1/x', FleetId],
      ['arn:aws:gamelift:eu-west-1:123456789012:compute/rack-1', FleetId],
      ['rack-1', other.FleetId],
      ['rack-1', 'fleet-nowhere'],
      ['rack-1', `arn:aws:gamelift:eu-west-1:123456789012:fleet/${FleetId}`],
    ] as const) {
      await unchanged(async () => {
        expect(await refusalOf(describeCompute(name, fleet))).toEqual(noCompute(name, fleet));
        expect(await refusalOf(tokenOf(name, fleet))).toEqual(noCompute(name, fleet));
        expect(await refusalOf(deregister(name, fleet))).toEqual(noCompute(name, fleet));
      });
    }
  });

  test('that is deregistered is gone, and its fleet can be deleted', async () => {
    await register('rack-1');
    const remove = () => service.gameLift.send(new DeleteFleetCommand({ FleetId }));
    expect(await refusalOf(remove())).toEqual(
      refusal(
        'InvalidFleetStatusException',
        `Fleet ${FleetId} has computes that are registered. ListCompute lists them; take them out with DeregisterCompute.`,
      ),
    );
    await deregister(arn('compute/rack-1'));
    expect(await refusalOf(describeCompute('rack-1'))).toEqual(noCompute('rack-1'));
    expect(await refusalOf(deregister('rack-1'))).toEqual(noCompute('rack-1'));
    expect(await endOf(remove())).toBe('answered');
  });

  test('that is deregistered is so to the retry of that request', async () => {
    await register('rack-1');
    const command = new DeregisterComputeCommand({ FleetId, ComputeName: 'rack-1' });
    expect(await endOf(sendTwice(service, (gameLift) => gameLift.send(command)))).toBe('answered');
  });

  test('is known in plain JSON by its name', async () => {
    await register('rack-1');
    const { body } = await callPlainJson(service, 'DescribeCompute', { FleetId, ComputeName: 'rack-1' });
    expect(body).toMatchObject({ data: { id: 'rack-1', compute_status: 'ACTIVE', fleet_id: FleetId } });
  });
});

describe('ListCompute', () => {
  const names = ['rack-1', 'rack-2', 'rack-3/a', 'rack-3/b'];
  beforeEach(async () => {
    for (const [number, name] of names.entries()) {
      await register(name, { Location: number % 2 === 0 ? location : cellar });
    }
  });

  test('shows what DescribeCompute shows', async () => {
    const { ComputeList } = await list({ FleetId: arn(`fleet/${FleetId}`) });
    expect(ComputeList).toStrictEqual(await Promise.all(names.map((name) => describeCompute(name))));
  });

  test('shows the computes of one location, or those that are ACTIVE, which all are', async () => {
    expect(await namesOf({ Location: cellar })).toEqual(['rack-2', 'rack-3/b']);
    expect(await namesOf({ Location: 'custom-attic' })).toEqual([]);
    expect(await namesOf({ ComputeStatus: 'ACTIVE', Location: location })).toEqual(['rack-1', 'rack-3/a']);
    expect(await namesOf({ ComputeStatus: 'IMPAIRED' })).toEqual([]);
    expect(await namesOf({ ContainerGroupDefinitionName: 'group' })).toEqual([]);
  });

  test('shows each once, page by page', async () => {
    const client = service.gameLift;
    const found: (string | undefined)[] = [];
    for await (const page of paginateListCompute({ client, pageSize: 1 }, { FleetId, Location: cellar })) {
      found.push(...(page.ComputeList?.map(({ ComputeName }) => ComputeName) ?? []));
    }
    expect(found).toEqual(['rack-2', 'rack-3/b']);
  });

  test('goes on from a token of the same fleet and location alone', async () => {
    const { NextToken } = await list({ Limit: 1 });
    const other = await createFleet(service);
    for (const request of [
      { FleetId: other.FleetId, NextToken },
      { Location: location, NextToken },
      { NextToken: 'made up' },
    ]) {
      expect(await refusalOf(list(request))).toEqual(
        refusal('InvalidRequestException', /^NextToken is not one/),
      );
    }
    expect(await namesOf({ NextToken, Limit: 1 })).toEqual(['rack-2']);
  });

  test('does not find a fleet that does not exist', async () => {
    expect(await refusalOf(list({ FleetId: 'fleet-nowhere' }))).toEqual(
      refusal('NotFoundException', 'Fleet fleet-nowhere was not found.'),
    );
  });
});

describe('GetComputeAuthToken', () => {
  beforeEach(async () => {
    await register('rack-1');
  });

  test('answers with a token, how long it is good, and whose it is', async () => {
    const { $metadata: _, ...answer } = await tokenOf(arn('compute/rack-1'));
    expect(answer).toStrictEqual({
      FleetId,
      FleetArn: arn(`fleet/${FleetId}`),
      ComputeName: 'rack-1',
      ComputeArn: arn('compute/rack-1'),
      AuthToken: expect.stringMatching(new RegExp(`^${uuid}$`)),
      ExpirationTimestamp: new Date(service.clock.now() + 10_800_000),
    });
  });

  test('answers with the same one until it turns, and with another for another compute', async () => {
    await register('rack-2');
    const { AuthToken } = await tokenOf('rack-1');
    expect((await tokenOf('rack-2')).AuthToken).not.toBe(AuthToken);
    service.clock.turn(9_900_000);
    expect((await tokenOf('rack-1')).AuthToken).toBe(AuthToken);
    service.clock.turn(1);
    expect((await tokenOf('rack-1')).AuthToken).not.toBe(AuthToken);
  });

  test('is the one operation that tells a token, which the log does not', async () => {
    const { AuthToken = '' } = await tokenOf('rack-1');
    const told = await Promise.all([describeCompute('rack-1'), list(), register('rack-1')]);
    expect(JSON.stringify(told)).not.toContain(AuthToken);
    // The table breaks with an item that holds the token on its way.
    service.clock.turn(10_000_000);
    service.wire.breaks = () => 'server error';
    expect(await endOf(tokenOf('rack-1'))).toBe('InternalServiceException');
    service.wire.breaks = () => undefined;
    expect(service.logged.at(-1)?.[1]).toMatchObject({ operation: 'GetComputeAuthToken' });
    expect(JSON.stringify(service.logged)).not.toContain(AuthToken);
  });
});
