import { requestUuid } from '#functions/gamelift/identifiers.ts';
import { type Answer, answered, operation, refused } from '#functions/gamelift/operation.ts';
import {
  buildIdOrArn,
  locationString,
  nonEmptyString,
  protectionPolicy,
  scriptIdOrArn,
  tags,
  wholeNumber,
} from '#functions/gamelift/shapes.ts';
import { spellFleet } from '#functions/gamelift/spell.ts';
import { createFleet as create } from '#lib/fleets/fleets.ts';
import { type InputOf, integer, list, required, string, structure } from '#lib/wire/shapes.ts';

const launchPath = string({ min: 1, max: 1024, pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- ]+$' });
const launchParameters = string({
  min: 1,
  max: 1024,
  pattern: '^[A-Za-z0-9_:.+\\/\\\\\\- =@;{},?\'\\[\\]"]+$',
});
const port = integer({ min: 1, max: 60_000, sensitive: true });

/** Members of the service model that only fleets of EC2 instances have, or that are not offered. */
const notOffered = {
  BuildId: buildIdOrArn,
  ScriptId: scriptIdOrArn,
  ServerLaunchPath: launchPath,
  ServerLaunchParameters: launchParameters,
  LogPaths: list(nonEmptyString),
  EC2InstanceType: string(),
  EC2InboundPermissions: list(
    structure({
      FromPort: required(port),
      ToPort: required(port),
      IpRange: required(string({ pattern: '^[^\\s]+$', sensitive: true })),
      Protocol: required(string({ values: ['TCP', 'UDP'] })),
    }),
    { max: 50 },
  ),
  RuntimeConfiguration: structure({
    ServerProcesses: list(
      structure({
        LaunchPath: required(launchPath),
        Parameters: launchParameters,
        ConcurrentExecutions: required(integer({ min: 1 })),
      }),
      { min: 1, max: 50 },
    ),
    MaxConcurrentGameSessionActivations: integer({ min: 1 }),
    GameSessionActivationTimeoutSeconds: integer({ min: 1, max: 600 }),
  }),
  ResourceCreationLimitPolicy: structure({
    NewGameSessionsPerCreator: wholeNumber,
    PolicyPeriodInMinutes: wholeNumber,
  }),
  PeerVpcAwsAccountId: nonEmptyString,
  PeerVpcId: nonEmptyString,
  FleetType: string({ values: ['ON_DEMAND', 'SPOT'] }),
  InstanceRoleArn: string({ min: 1 }),
  CertificateConfiguration: structure({
    CertificateType: required(string({ values: ['DISABLED', 'GENERATED'] })),
  }),
  InstanceRoleCredentialsProvider: string({ values: ['SHARED_CREDENTIAL_FILE'] }),
  PlayerGatewayMode: string({ values: ['DISABLED', 'ENABLED', 'REQUIRED'] }),
  PlayerGatewayConfiguration: structure({
    GameServerIpProtocolSupported: string({ values: ['IPv4', 'DUAL_STACK'] }),
  }),
} as const;

const input = structure({
  Name: required(nonEmptyString),
  Description: nonEmptyString,
  ComputeType: string({ values: ['EC2', 'ANYWHERE'] }),
  Locations: list(structure({ Location: required(locationString) }), { min: 1, max: 100 }),
  AnywhereConfiguration: structure({
    Cost: required(string({ min: 1, max: 11, pattern: '^\\d{1,5}(?:\\.\\d{1,5})?$' })),
  }),
  NewGameSessionProtectionPolicy: protectionPolicy,
  MetricGroups: list(string({ min: 1, max: 255 }), { max: 1 }),
  Tags: tags,
  ...notOffered,
});

export const createFleet = operation(input, async (request, call) => {
  const refusal = checkOffered(request);
  if (refusal !== undefined) return refusal;

  const outcome = await create(call.table, {
    fleetId: `fleet-${requestUuid(call.requestToken)}`,
    name: request.Name,
    description: request.Description,
    createdAt: call.now,
    locations: [...new Set(request.Locations?.map(({ Location }) => Location))],
    protectionPolicy: request.NewGameSessionProtectionPolicy ?? 'NoProtection',
    metricGroups: request.MetricGroups && [...request.MetricGroups],
    cost: request.AnywhereConfiguration?.Cost,
    tags: request.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
  });
  switch (outcome.kind) {
    case 'created':
      return answered({
        FleetAttributes: spellFleet(call.deployment, outcome.fleet),
        LocationStates: outcome.fleet.locations.map((location) => ({ Location: location, Status: 'ACTIVE' })),
      });
    case 'unknown-location':
      return refused(
        'InvalidRequestException',
        `Locations names ${outcome.locations.join(', ')}, which CreateLocation has not created.`,
      );
  }
});

/** What GameLift runs on EC2 for a studio, Openslot leaves to the studio: it refuses to promise what it does not do. */
function checkOffered(request: InputOf<typeof input>): Answer | undefined {
  if (request.ComputeType !== 'ANYWHERE') {
    return refused(
      'InvalidRequestException',
      'ComputeType must be ANYWHERE: Openslot starts no EC2 instances.',
    );
  }
  if (request.Locations === undefined) {
    return refused('InvalidRequestException', 'Locations must name at least one custom location.');
  }
  const unoffered = Object.keys(notOffered).filter((member) => Object.hasOwn(request, member));
  if (unoffered.length === 0) return undefined;
  return refused('InvalidRequestException', `Openslot's fleets do not have ${unoffered.join(', ')}.`);
}
