import { createFleet } from './create-fleet.ts';
import { existing } from './existing.ts';
import { list } from './limit.ts';
import { type Member, operation } from './member.ts';
import { fleetId, idOrArn, page, protectionPolicy, words } from './shared.ts';
import { anywhereConfiguration, creationLimit, metricGroups, runtimeConfiguration } from './structures.ts';

function describeFleetAttributes(): readonly Member[] {
  const { members, entries } = operation('DescribeFleetAttributes', {});
  // The model names no greatest number of ids: this one is Openslot's.
  const FleetIds = list({ min: 1, max: 100 }, (number) => `fleet-${number}`);
  return [
    ...members({ FleetIds, ...page }),
    entries('fleetIds', fleetId, (value) => ({ FleetIds: [value] })),
  ];
}

function updateFleetAttributes(): readonly Member[] {
  const { members, structure, entries } = operation('UpdateFleetAttributes', { FleetId: existing.fleet });
  return [
    ...members({
      FleetId: fleetId,
      Name: words,
      Description: words,
      NewGameSessionProtectionPolicy: protectionPolicy,
      ResourceCreationLimitPolicy: creationLimit.whole,
      MetricGroups: metricGroups.list,
      AnywhereConfiguration: anywhereConfiguration.whole,
    }),
    ...structure('resourceCreationLimitPolicy', creationLimit.within),
    entries('metricGroups', metricGroups.each, metricGroups.put),
    ...structure('anywhereConfiguration', anywhereConfiguration.within),
  ];
}

function updateRuntimeConfiguration(): readonly Member[] {
  const { members, structure } = operation('UpdateRuntimeConfiguration', {
    FleetId: existing.fleet,
    RuntimeConfiguration: {},
  });
  return [
    ...members({ FleetId: fleetId, RuntimeConfiguration: runtimeConfiguration.whole }),
    ...structure('runtimeConfiguration', runtimeConfiguration.within),
    ...structure('runtimeConfiguration.serverProcesses.1.member', runtimeConfiguration.eachProcess),
  ];
}

export const fleets: readonly Member[] = [
  ...createFleet(),
  ...describeFleetAttributes(),
  ...operation('ListFleets', {}).members({
    BuildId: idOrArn('build'),
    ScriptId: idOrArn('script'),
    ...page,
  }),
  ...updateFleetAttributes(),
  ...updateRuntimeConfiguration(),
  ...operation('DescribeRuntimeConfiguration', { FleetId: existing.fleet }).members({ FleetId: fleetId }),
  ...operation('DeleteFleet', { FleetId: 'fleet-1' }).members({ FleetId: fleetId }),
];
