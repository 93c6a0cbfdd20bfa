import { expect } from 'vitest';
import { from, type Step } from './step.ts';

/** The fleets of this suite. Each has what only some of the steps need. */
export const arena = from('a fleet is created', 'FleetAttributes.FleetId');
export const arenaArn = from('a fleet is created', 'FleetAttributes.FleetArn');
export const quota = from('a fleet with a creation limit is created', 'FleetAttributes.FleetId');
export const hasty = from('a fleet with a reservation time of its own is created', 'FleetAttributes.FleetId');

export const unknownFleet = 'fleet-that-nobody-created';
const anywhere = { ComputeType: 'ANYWHERE', Locations: [{ Location: 'custom-east' }] };

export const fleetSteps: readonly Step[] = [
  {
    name: 'a fleet is created',
    operation: 'CreateFleet',
    input: {
      ...anywhere,
      Name: 'arena',
      Description: 'For 4 against 4',
      AnywhereConfiguration: { Cost: '0.25' },
      NewGameSessionProtectionPolicy: 'FullProtection',
      MetricGroups: ['arenas'],
      Tags: [{ Key: 'mode', Value: 'arena' }],
    },
    shows: {
      FleetAttributes: { Name: 'arena', NewGameSessionProtectionPolicy: 'FullProtection', Status: 'ACTIVE' },
    },
    after: 1_234,
  },
  {
    name: 'a fleet with a creation limit is created',
    operation: 'CreateFleet',
    input: {
      ...anywhere,
      Name: 'quota',
      ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 1, PolicyPeriodInMinutes: 10 },
    },
    after: 1_000,
  },
  {
    name: 'a fleet with a reservation time of its own is created',
    operation: 'CreateFleet',
    input: { ...anywhere, Name: 'hasty', Tags: [{ Key: 'openslot:reservation-seconds', Value: '5' }] },
  },
  {
    name: 'a fleet cannot have a reservation time of no time',
    operation: 'CreateFleet',
    input: { ...anywhere, Name: 'x', Tags: [{ Key: 'openslot:reservation-seconds', Value: '0' }] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet cannot have half a creation limit',
    operation: 'CreateFleet',
    input: { ...anywhere, Name: 'x', ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 1 } },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet cannot be one of EC2',
    operation: 'CreateFleet',
    input: { ...anywhere, Name: 'x', ComputeType: 'EC2' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet cannot be in a location that nobody created',
    operation: 'CreateFleet',
    input: { ...anywhere, Name: 'x', Locations: [{ Location: 'custom-nowhere' }] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'fleets are described by their ids, without those that do not exist',
    operation: 'DescribeFleetAttributes',
    input: { FleetIds: [hasty, unknownFleet, arenaArn] },
    shows: { FleetAttributes: [{ Name: 'hasty' }, { Name: 'arena' }] },
  },
  {
    name: 'the first three of the fleets are described',
    operation: 'DescribeFleetAttributes',
    input: { Limit: 3 },
  },
  {
    name: 'the rest of the fleets is described',
    operation: 'DescribeFleetAttributes',
    input: { NextToken: from('the first three of the fleets are described', 'NextToken') },
  },
  { name: 'the first of the fleets is listed', operation: 'ListFleets', input: { Limit: 1 } },
  {
    name: 'the second of the fleets is listed',
    operation: 'ListFleets',
    input: { Limit: 1, NextToken: from('the first of the fleets is listed', 'NextToken') },
  },
  {
    name: 'a place in one list is none in another',
    operation: 'DescribeFleetAttributes',
    input: { NextToken: from('the first of the fleets is listed', 'NextToken') },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'no fleet runs a build',
    operation: 'ListFleets',
    input: { BuildId: 'build-1' },
    shows: { FleetIds: [] },
  },
  {
    name: 'a fleet is updated',
    operation: 'UpdateFleetAttributes',
    input: { FleetId: arena, Name: 'great arena', AnywhereConfiguration: { Cost: '0.5' } },
    shows: { FleetId: expect.any(String) },
  },
  {
    name: 'the fleet shows what was updated',
    operation: 'DescribeFleetAttributes',
    input: { FleetIds: [arena, quota] },
    shows: {
      FleetAttributes: [
        { Name: 'great arena', Description: 'For 4 against 4', AnywhereConfiguration: { Cost: '0.5' } },
        { ResourceCreationLimitPolicy: { NewGameSessionsPerCreator: 1, PolicyPeriodInMinutes: 10 } },
      ],
    },
  },
  {
    name: 'a fleet cannot lose its name',
    operation: 'UpdateFleetAttributes',
    input: { FleetId: arena, Name: '' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet that does not exist cannot be updated',
    operation: 'UpdateFleetAttributes',
    input: { FleetId: unknownFleet, Name: 'x' },
    refusal: 'NotFoundException',
  },
];
