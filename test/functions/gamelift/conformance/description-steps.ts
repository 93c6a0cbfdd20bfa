import { arenaAlias, closedAlias } from './alias-steps.ts';
import { arena, quota, unknownFleet } from './fleet-steps.ts';
import { duel, unknownSession } from './game-session-steps.ts';
import { from, type Step } from './step.ts';

/** What both operations that describe game sessions have in common. `shows` is what describes the duel. */
const describedBy = (operation: string, shows: object): readonly Step[] => [
  { name: `${operation} finds one by its id`, operation, input: { GameSessionId: duel }, shows },
  {
    name: `${operation} lists those of a fleet`,
    operation,
    input: { FleetId: arena, StatusFilter: 'ACTIVE' },
  },
  {
    name: `${operation} gives the first of a location`,
    operation,
    input: { FleetId: arena, Location: 'custom-east', Limit: 1 },
  },
  {
    name: `${operation} gives the second of a location`,
    operation,
    input: {
      FleetId: arena,
      Location: 'custom-east',
      Limit: 1,
      NextToken: from(`${operation} gives the first of a location`, 'NextToken'),
    },
  },
  {
    name: `${operation} gives the rest of a location`,
    operation,
    input: {
      FleetId: arena,
      Location: 'custom-east',
      NextToken: from(`${operation} gives the second of a location`, 'NextToken'),
    },
  },
  {
    name: `${operation} takes no place in the list of a location for one in that of its fleet`,
    operation,
    input: { FleetId: arena, NextToken: from(`${operation} gives the first of a location`, 'NextToken') },
    refusal: 'InvalidRequestException',
  },
  { name: `${operation} follows an alias`, operation, input: { AliasId: arenaAlias, Limit: 2 } },
  {
    name: `${operation} finds none that has ended`,
    operation,
    input: { FleetId: quota, StatusFilter: 'TERMINATED' },
  },
  {
    name: `${operation} knows the statuses`,
    operation,
    input: { FleetId: arena, StatusFilter: 'ASLEEP' },
    refusal: 'InvalidRequestException',
  },
  { name: `${operation} needs to know of what`, operation, input: {}, refusal: 'InvalidRequestException' },
  {
    name: `${operation} does not find what does not exist`,
    operation,
    input: { GameSessionId: unknownSession },
    refusal: 'NotFoundException',
  },
  {
    name: `${operation} does not find a fleet that does not exist`,
    operation,
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
  {
    name: `${operation} does not follow an alias that leads nowhere`,
    operation,
    input: { AliasId: closedAlias },
    refusal: 'TerminalRoutingStrategyException',
  },
];

export const descriptionSteps: readonly Step[] = [
  ...describedBy('DescribeGameSessions', { GameSessions: [{ Name: "Ada's duel" }] }),
  ...describedBy('DescribeGameSessionDetails', {
    GameSessionDetails: [{ GameSession: { Name: "Ada's duel" }, ProtectionPolicy: 'FullProtection' }],
  }),
];
