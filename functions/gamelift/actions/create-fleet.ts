import { creationLimitPolicy, readCreationLimit } from '#functions/gamelift/creation-limit.ts';
import { type Answer, answered, operation, refused } from '#functions/gamelift/operation.ts';
import { locationsNotCreated } from '#functions/gamelift/refusals.ts';
import { readActivationSeconds, runtimeConfiguration } from '#functions/gamelift/runtime-configuration.ts';
import {
  anywhereConfiguration,
  buildIdOrArn,
  launchParameters,
  launchPath,
  locationConfigurations,
  metricGroups,
  nonEmptyString,
  protectionPolicy,
  scriptIdOrArn,
  tags,
} from '#functions/gamelift/shapes.ts';
import { spellFleet, spellLocationState } from '#functions/gamelift/spell.ts';
import { readTags } from '#functions/gamelift/tags.ts';
import { requestUuid } from '#functions/identifiers.ts';
import { createFleet as create } from '#lib/fleets/fleets.ts';
import { type InputOf, integer, list, required, string, structure } from '#lib/wire/shapes.ts';

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
  Locations: locationConfigurations,
  AnywhereConfiguration: anywhereConfiguration,
  NewGameSessionProtectionPolicy: protectionPolicy,
  ResourceCreationLimitPolicy: creationLimitPolicy,
  MetricGroups: metricGroups,
  RuntimeConfiguration: runtimeConfiguration,
  Tags: tags,
  ...notOffered,
});

export const createFleet = operation(input, async (request, call) => {
  const refusal = checkOffered(request);
  if (refusal !== undefined) return refusal;
  const policy =
    request.ResourceCreationLimitPolicy && readCreationLimit(request.ResourceCreationLimitPolicy);
  if (policy?.kind === 'refused') return policy;
  const activation = request.RuntimeConfiguration && readActivationSeconds(request.RuntimeConfiguration);
  if (activation?.kind === 'refused') return activation;
  const given = readTags('fleet', request.Tags);
  if (given.kind === 'refused') return given;

  const outcome = await create(call.table, {
    fleetId: `fleet-${requestUuid(call.requestToken)}`,
    name: request.Name,
    description: request.Description,
    createdAt: call.now,
    locations: [...new Set(request.Locations?.map(({ Location }) => Location))],
    protectionPolicy: request.NewGameSessionProtectionPolicy ?? 'NoProtection',
    creationLimit: policy?.limit,
    metricGroups: request.MetricGroups,
    cost: request.AnywhereConfiguration?.Cost,
    activationSeconds: activation?.seconds,
    tags: given.tags,
  });
  switch (outcome.kind) {
    case 'created':
      return answered({
        FleetAttributes: spellFleet(call.deployment, outcome.fleet),
        LocationStates: outcome.fleet.locations.map((location) => spellLocationState(location, 'ACTIVE')),
      });
    case 'unknown-location':
      return locationsNotCreated(outcome.locations);
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
