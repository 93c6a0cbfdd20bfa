import { existing } from './existing.ts';
import { list, object, text, whole } from './limit.ts';
import { type Member, operation } from './member.ts';
import { idOrArn, launchParameters, launchPath, location, protectionPolicy, words } from './shared.ts';
import {
  anywhereConfiguration,
  creationLimit,
  metricGroups,
  runtimeConfiguration,
  tags,
} from './structures.ts';

export function createFleet(): readonly Member[] {
  const { members, structure, entries } = operation(
    'CreateFleet',
    { Name: 'fleet' },
    { ComputeType: 'ANYWHERE', Locations: [{ Location: existing.location }] },
  );
  const port = whole({ min: 1, max: 60_000, isSensitive: true });
  const permission = { FromPort: 1, ToPort: 2, IpRange: '0.0.0.0/0', Protocol: 'UDP' };
  return [
    ...members({
      Name: words,
      Description: words,
      ComputeType: text({ values: ['EC2', 'ANYWHERE'] }),
      Locations: list({ min: 1, max: 100 }, (number) => ({ Location: `custom-${number}` })),
      AnywhereConfiguration: anywhereConfiguration.whole,
      NewGameSessionProtectionPolicy: protectionPolicy,
      MetricGroups: metricGroups.list,
      Tags: tags.list,
      BuildId: idOrArn('build'),
      ScriptId: idOrArn('script'),
      ServerLaunchPath: launchPath,
      ServerLaunchParameters: launchParameters,
      LogPaths: list({}, () => '/log'),
      EC2InstanceType: text({ fits: ['c5.large'] }),
      EC2InboundPermissions: list({ max: 50 }, () => permission, true),
      RuntimeConfiguration: runtimeConfiguration.whole,
      ResourceCreationLimitPolicy: creationLimit.whole,
      PeerVpcAwsAccountId: words,
      PeerVpcId: words,
      FleetType: text({ values: ['ON_DEMAND', 'SPOT'] }),
      InstanceRoleArn: text({ min: 1, fits: ['x'] }),
      CertificateConfiguration: object({ CertificateType: 'DISABLED' }),
      InstanceRoleCredentialsProvider: text({ values: ['SHARED_CREDENTIAL_FILE'] }),
      PlayerGatewayMode: text({ values: ['DISABLED', 'ENABLED', 'REQUIRED'] }),
      PlayerGatewayConfiguration: object({}),
    }),
    ...structure('locations.1.member', {
      least: { Location: 'custom-1' },
      limits: { Location: location },
      put: (each) => ({ Locations: [each] }),
    }),
    ...structure('anywhereConfiguration', anywhereConfiguration.within),
    entries('metricGroups', metricGroups.each, metricGroups.put),
    ...structure('tags.1.member', tags.each),
    entries('logPaths', words, (value) => ({ LogPaths: [value] })),
    ...structure('eC2InboundPermissions.1.member', {
      least: permission,
      limits: {
        FromPort: port,
        ToPort: port,
        IpRange: text({ pattern: '^[^\\s]+$', fits: ['x'], breaks: ['', 'a b'], isSensitive: true }),
        Protocol: text({ values: ['TCP', 'UDP'] }),
      },
      put: (each) => ({ EC2InboundPermissions: [each] }),
    }),
    ...structure('runtimeConfiguration', runtimeConfiguration.within),
    ...structure('runtimeConfiguration.serverProcesses.1.member', runtimeConfiguration.eachProcess),
    ...structure('resourceCreationLimitPolicy', creationLimit.within),
    ...structure('certificateConfiguration', {
      least: { CertificateType: 'DISABLED' },
      limits: { CertificateType: text({ values: ['DISABLED', 'GENERATED'] }) },
      put: (CertificateConfiguration) => ({ CertificateConfiguration }),
    }),
    ...structure('playerGatewayConfiguration', {
      least: {},
      limits: { GameServerIpProtocolSupported: text({ values: ['IPv4', 'DUAL_STACK'] }) },
      put: (PlayerGatewayConfiguration) => ({ PlayerGatewayConfiguration }),
    }),
  ];
}
