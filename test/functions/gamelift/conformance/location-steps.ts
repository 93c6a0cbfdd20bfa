import { arena, quota, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

export const locationSteps: readonly Step[] = [
  {
    name: 'a location is created',
    operation: 'CreateLocation',
    input: { LocationName: 'custom-east', Tags: [{ Key: 'coast', Value: 'east' }] },
    shows: { Location: { LocationName: 'custom-east' } },
  },
  {
    name: 'another location is created',
    operation: 'CreateLocation',
    input: { LocationName: 'custom-west' },
  },
  {
    name: 'a location cannot be created twice',
    operation: 'CreateLocation',
    input: { LocationName: 'custom-east' },
    refusal: 'ConflictException',
  },
  {
    name: 'a location needs a name of its form',
    operation: 'CreateLocation',
    input: { LocationName: 'east-of-here' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'the first of the locations is listed',
    operation: 'ListLocations',
    input: { Filters: ['CUSTOM'], Limit: 1 },
    shows: { Locations: [{ LocationName: 'custom-east' }] },
  },
  {
    name: 'the second of the locations is listed',
    operation: 'ListLocations',
    input: {
      Filters: ['CUSTOM'],
      Limit: 1,
      NextToken: from('the first of the locations is listed', 'NextToken'),
    },
    shows: { Locations: [{ LocationName: 'custom-test' }] },
  },
  {
    name: 'the rest of the locations is listed',
    operation: 'ListLocations',
    input: { Filters: ['CUSTOM'], NextToken: from('the second of the locations is listed', 'NextToken') },
    shows: { Locations: [{ LocationName: 'custom-west' }] },
  },
  {
    name: 'no location is one of AWS',
    operation: 'ListLocations',
    input: { Filters: ['AWS'] },
    shows: { Locations: [] },
  },
  {
    name: 'locations cannot be listed from a place that was never named',
    operation: 'ListLocations',
    input: { NextToken: 'somewhere' },
    refusal: 'InvalidRequestException',
  },
];

/** The locations of fleets. */
export const fleetLocationSteps: readonly Step[] = [
  {
    name: 'a fleet gets another location',
    operation: 'CreateFleetLocations',
    input: { FleetId: arena, Locations: [{ Location: 'custom-west' }] },
    shows: { LocationStates: [{ Location: 'custom-west', Status: 'ACTIVE' }] },
  },
  {
    name: 'a fleet cannot get a location that nobody created',
    operation: 'CreateFleetLocations',
    input: { FleetId: arena, Locations: [{ Location: 'custom-nowhere' }] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet that does not exist cannot get a location',
    operation: 'CreateFleetLocations',
    input: { FleetId: unknownFleet, Locations: [{ Location: 'custom-west' }] },
    refusal: 'NotFoundException',
  },
  {
    name: 'the first location of a fleet is described',
    operation: 'DescribeFleetLocationAttributes',
    input: { FleetId: arena, Limit: 1 },
    shows: { LocationAttributes: [{ LocationState: { Location: 'custom-east', Status: 'ACTIVE' } }] },
  },
  {
    name: 'the second location of a fleet is described',
    operation: 'DescribeFleetLocationAttributes',
    input: {
      FleetId: arena,
      Limit: 1,
      NextToken: from('the first location of a fleet is described', 'NextToken'),
    },
    shows: { LocationAttributes: [{ LocationState: { Location: 'custom-west' } }] },
  },
  {
    name: 'some locations of a fleet are described by their names',
    operation: 'DescribeFleetLocationAttributes',
    input: { FleetId: arena, Locations: ['custom-west'] },
    shows: { LocationAttributes: [{ LocationState: { Location: 'custom-west' } }] },
  },
  {
    name: 'the locations of one fleet do not go on with those of another',
    operation: 'DescribeFleetLocationAttributes',
    input: { FleetId: quota, NextToken: from('the first location of a fleet is described', 'NextToken') },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a fleet that does not exist has no locations',
    operation: 'DescribeFleetLocationAttributes',
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
  {
    name: 'a location of a fleet shows its capacity',
    operation: 'DescribeFleetLocationCapacity',
    input: { FleetId: arena, Location: 'custom-west' },
    shows: { FleetCapacity: { Location: 'custom-west' } },
  },
  {
    name: 'a location that a fleet does not have shows no capacity',
    operation: 'DescribeFleetLocationCapacity',
    input: { FleetId: quota, Location: 'custom-west' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a location of a fleet is taken away',
    operation: 'DeleteFleetLocations',
    input: { FleetId: arena, Locations: ['custom-west'] },
    shows: { LocationStates: [{ Location: 'custom-west' }] },
  },
  {
    name: 'a fleet cannot lose a location that it does not have',
    operation: 'DeleteFleetLocations',
    input: { FleetId: arena, Locations: ['custom-west'] },
    refusal: 'NotFoundException',
  },
  {
    name: 'a fleet that does not exist cannot lose a location',
    operation: 'DeleteFleetLocations',
    input: { FleetId: unknownFleet, Locations: ['custom-west'] },
    refusal: 'NotFoundException',
  },
];
