import { CreateAliasCommand, DeleteFleetCommand, RegisterComputeCommand } from '@aws-sdk/client-gamelift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '#functions/gamelift/operations.ts';
import { type Access, allows, type Role, roles } from '#lib/auth/roles.ts';
import { contentsOf } from '#test/support/contents.ts';
import { createFleet } from '#test/support/fleets.ts';
import { createGameSession, join, refusalOf } from '#test/support/game-lift.ts';
import { sendRaw, signed, unsigned } from '#test/support/raw-request.ts';
import {
  accessKeysOf,
  type Caller,
  credentials,
  fleetId,
  location,
  type Service,
  startService,
} from '#test/support/service.ts';

const callers: Readonly<Record<Role, Caller>> = {
  admin: credentials,
  'game-backend': {
    accessKeyId: 'BACKEND',
    secretAccessKey: 'the secret of a back end',
    role: 'game-backend',
  },
  compute: { accessKeyId: 'MACHINE', secretAccessKey: 'the secret of a machine', role: 'compute' },
  'read-only': { accessKeyId: 'READER', secretAccessKey: 'the secret of a reader', role: 'read-only' },
};

const sessionsAndPlayers: ReadonlySet<string> = new Set([
  'CreateGameSession',
  'CreatePlayerSession',
  'CreatePlayerSessions',
  'TerminateGameSession',
  'UpdateGameSession',
]);

const machines: ReadonlySet<string> = new Set([
  'DeregisterCompute',
  'GetComputeAuthToken',
  'RegisterCompute',
]);

/** What an operation does, told by its name. */
function accessOf(operation: string): Access {
  if (machines.has(operation)) return 'host';
  if (/^(Describe|Get|List|Resolve|Search)/.test(operation)) return 'read';
  return sessionsAndPlayers.has(operation) ? 'play' : 'administer';
}

let service: Service;
/** A request for each operation that would be carried out, were the caller allowed to. */
let requests: Readonly<Record<string, object>>;
beforeAll(async () => {
  service = await startService({ accessKeys: accessKeysOf(...Object.values(callers)) });
  const { GameSessionId } = await createGameSession(service.gameLift);
  await join(service.gameLift, GameSessionId, 'ada');
  const { Alias } = await service.gameLift.send(
    new CreateAliasCommand({ Name: 'alias', RoutingStrategy: { Type: 'SIMPLE', FleetId: fleetId } }),
  );
  const hosting = await createFleet(service);
  const compute = { FleetId: hosting.FleetId, ComputeName: 'machine' };
  const registration = { ...compute, Location: location, IpAddress: '127.0.0.1' };
  await service.gameLift.send(new RegisterComputeCommand(registration));
  const FleetId = fleetId;
  const AliasId = Alias?.AliasId;
  const ResourceARN = Alias?.AliasArn;
  const Location = location;
  const RoutingStrategy = { Type: 'TERMINAL', Message: 'Gone' };
  requests = {
    CreateAlias: { Name: 'another', RoutingStrategy },
    CreateFleet: { Name: 'another', ComputeType: 'ANYWHERE', Locations: [{ Location }] },
    CreateFleetLocations: { FleetId, Locations: [{ Location: 'custom-another' }] },
    CreateGameSession: { FleetId, Location, MaximumPlayerSessionCount: 4 },
    CreateLocation: { LocationName: 'custom-another' },
    CreatePlayerSession: { GameSessionId, PlayerId: 'bob' },
    CreatePlayerSessions: { GameSessionId, PlayerIds: ['cy', 'dan'] },
    DeleteAlias: { AliasId },
    DeleteFleet: { FleetId },
    DeleteFleetLocations: { FleetId, Locations: [Location] },
    DeleteLocation: { LocationName: location },
    DeregisterCompute: compute,
    DescribeAlias: { AliasId },
    DescribeCompute: compute,
    DescribeFleetAttributes: {},
    DescribeFleetLocationAttributes: { FleetId },
    DescribeFleetLocationCapacity: { FleetId, Location },
    DescribeFleetLocationUtilization: { FleetId, Location },
    DescribeGameSessionDetails: { GameSessionId },
    DescribeGameSessions: { GameSessionId },
    DescribePlayerSessions: { GameSessionId },
    DescribeRuntimeConfiguration: { FleetId },
    GetComputeAuthToken: compute,
    GetGameSessionLogUrl: { GameSessionId },
    GetPlayerConnectionDetails: { GameSessionId, PlayerIds: ['ada'] },
    ListAliases: {},
    ListCompute: { FleetId },
    ListFleets: {},
    ListLocations: {},
    ListTagsForResource: { ResourceARN },
    RegisterCompute: { ...registration, ComputeName: 'another-machine' },
    ResolveAlias: { AliasId },
    SearchGameSessions: { FleetId },
    TagResource: { ResourceARN, Tags: [{ Key: 'team', Value: 'red' }] },
    TerminateGameSession: { GameSessionId, TerminationMode: 'FORCE_TERMINATE' },
    UntagResource: { ResourceARN, TagKeys: ['team'] },
    UpdateAlias: { AliasId, Name: 'renamed' },
    UpdateFleetAttributes: { FleetId, Name: 'renamed' },
    UpdateGameSession: { GameSessionId, Name: 'renamed' },
    UpdateRuntimeConfiguration: {
      FleetId,
      RuntimeConfiguration: { GameSessionActivationTimeoutSeconds: 60 },
    },
  };
});
afterAll(() => service.close());

async function answerTo(operation: string, caller: Caller, body: object | undefined = requests[operation]) {
  if (body === undefined) throw new Error(`There is no request for ${operation}`);
  const { status, body: answer } = await sendRaw(
    service.url,
    signed(service, unsigned(operation, JSON.stringify(body)), caller),
  );
  return { status, body: JSON.parse(answer) };
}

const offered = [...operations.keys()];
const pairs = (allowed: boolean) =>
  roles.flatMap((role) =>
    offered.flatMap((operation) =>
      allows(role, accessOf(operation)) === allowed ? [{ role, operation }] : [],
    ),
  );

describe('what a role does not allow is an AccessDeniedException, and changes nothing', () => {
  test.each(pairs(false))('$role: $operation', async ({ role, operation }) => {
    const before = await contentsOf(service.table);
    expect(await answerTo(operation, callers[role])).toEqual({
      status: 400,
      body: { __type: 'AccessDeniedException', message: expect.stringContaining(operation) },
    });
    expect(await contentsOf(service.table)).toEqual(before);
  });

  test.each(pairs(false))(
    '$role: $operation, whatever is wrong with the request',
    async ({ role, operation }) => {
      expect(
        await answerTo(operation, callers[role], { FleetId: 7, GameSessionId: '', Name: [] }),
      ).toMatchObject({
        body: { __type: 'AccessDeniedException' },
      });
    },
  );

  test('and an SDK is told so once', async () => {
    const client = service.client({ credentials: callers['game-backend'] });
    const sent = client.send(new DeleteFleetCommand({ FleetId: fleetId }));
    expect(await refusalOf(sent)).toMatchObject({ error: 'AccessDeniedException', status: 400 });
    await expect(sent).rejects.toMatchObject({ $metadata: { attempts: 1 } });
    client.destroy();
  });
});

/** Those that take away what the others need come last. */
const allowedInOrder = pairs(true).toSorted(
  (a, b) =>
    Number(/^(De(lete|register)|Terminate)/.test(a.operation)) -
    Number(/^(De(lete|register)|Terminate)/.test(b.operation)),
);

describe('what a role allows is carried out', () => {
  test.each(allowedInOrder)('$role: $operation', async ({ role, operation }) => {
    const { body } = await answerTo(operation, callers[role]);
    expect(body.__type).not.toBe('AccessDeniedException');
    expect(body.__type).not.toBe('InternalServiceException');
    expect(body.__type).not.toBe('SerializationException');
  });
});
