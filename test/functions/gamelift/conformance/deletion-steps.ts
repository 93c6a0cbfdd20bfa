import { servers } from './compute-steps.ts';
import { arena, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

const brief = from('a fleet that is soon deleted is created', 'FleetAttributes.FleetId');

export const deletionSteps: readonly Step[] = [
  {
    name: 'a location that a fleet has cannot be deleted',
    operation: 'DeleteLocation',
    input: { LocationName: 'custom-east' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a location that no fleet has is deleted',
    operation: 'DeleteLocation',
    input: { LocationName: 'custom-west' },
    shows: {},
  },
  {
    name: 'a location cannot be deleted twice',
    operation: 'DeleteLocation',
    input: { LocationName: 'custom-west' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a fleet that does not exist cannot be deleted',
    operation: 'DeleteFleet',
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
  {
    name: 'a fleet with game sessions cannot be deleted',
    operation: 'DeleteFleet',
    input: { FleetId: arena },
    refusal: 'InvalidFleetStatusException',
  },
  {
    name: 'a fleet with computes cannot be deleted',
    operation: 'DeleteFleet',
    input: { FleetId: servers },
    refusal: 'InvalidFleetStatusException',
  },
  {
    name: 'a fleet that is soon deleted is created',
    operation: 'CreateFleet',
    input: { Name: 'brief', ComputeType: 'ANYWHERE', Locations: [{ Location: 'custom-east' }] },
  },
  { name: 'a fleet is deleted', operation: 'DeleteFleet', input: { FleetId: brief } },
  {
    name: 'a fleet cannot be deleted twice',
    operation: 'DeleteFleet',
    input: { FleetId: brief },
    refusal: 'NotFoundException',
  },
  {
    name: 'a fleet that was deleted takes no game session',
    operation: 'CreateGameSession',
    input: { FleetId: brief, Location: 'custom-east', MaximumPlayerSessionCount: 2 },
    refusal: 'NotFoundException',
  },
];
