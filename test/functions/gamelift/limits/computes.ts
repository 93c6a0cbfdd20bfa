import { existing } from './existing.ts';
import { text } from './limit.ts';
import { type Member, operation } from './member.ts';
import { fleetId, location, page, words } from './shared.ts';

const inFleet = { FleetId: existing.hostingFleet };
const compute = { ...inFleet, ComputeName: existing.compute };

const computeName = text({
  min: 1,
  max: 128,
  pattern: '^[a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?$',
  fits: ['-', 'rack-1/Server-2'],
  breaks: ['a_b', 'a.b', 'a b', '/a', 'a/', 'a/b/c'],
});
const computeNameOrArn = text({
  max: 1_024,
  pattern: '^([a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?|arn:.*:compute\\/[a-zA-Z0-9\\-]+(\\/[a-zA-Z0-9\\-]+)?)$',
  fits: ['-', 'rack-1/Server-2', 'arn:aws:gamelift:us-east-1:123456789012:compute/rack-1/server-2'],
  breaks: ['', 'a_b', 'a/b/c', 'arn:aws:gamelift:us-east-1:123456789012:fleet/a'],
});

const registerCompute = operation('RegisterCompute', compute, { Location: existing.location }).members({
  FleetId: fleetId,
  ComputeName: computeName,
  Location: location,
  IpAddress: text({
    min: 1,
    max: 128,
    like: (length) => '1'.repeat(length),
    pattern: '^[0-9A-Fa-f\\:\\.]+$',
    fits: ['127.0.0.1', '2001:DB8::f'],
    breaks: ['localhost', '1/8', '[::1]'],
    isSensitive: true,
  }),
  DnsName: text({
    min: 1,
    max: 256,
    pattern: '^[0-9a-zA-Z_\\-\\.]+$',
    fits: ['server_1.example.com', '-'],
    breaks: ['a b', 'a:1', 'ä.example'],
  }),
  CertificatePath: words,
});

const listCompute = operation('ListCompute', inFleet).members({
  FleetId: fleetId,
  Location: location,
  ContainerGroupDefinitionName: text({
    min: 1,
    max: 512,
    pattern: '^[a-zA-Z0-9\\-]+$|^arn:.*:containergroupdefinition\\/[a-zA-Z0-9\\-]+(:[0-9]+)?$',
    fits: ['group', 'arn:aws:gamelift:us-east-1:123456789012:containergroupdefinition/group:1'],
    breaks: ['a_b', 'group:1', 'arn:aws:gamelift:us-east-1:123456789012:containergroupdefinition/group:x'],
  }),
  ComputeStatus: text({ values: ['ACTIVE', 'IMPAIRED'] }),
  ...page,
});

const named = { FleetId: fleetId, ComputeName: computeNameOrArn };

export const computes: readonly Member[] = [
  ...registerCompute,
  ...listCompute,
  ...operation('DescribeCompute', compute).members(named),
  ...operation('GetComputeAuthToken', compute).members(named),
  ...operation('DeregisterCompute', { ...inFleet, ComputeName: 'another-compute' }).members(named),
];
