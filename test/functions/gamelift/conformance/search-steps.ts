import { expect } from 'vitest';
import { arenaAlias, closedAlias } from './alias-steps.ts';
import { arena, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

const byName = { FleetId: arena, SortExpression: 'creationTimeMillis DESC' };

export const searchSteps: readonly Step[] = [
  {
    name: 'game sessions are found by a property',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, FilterExpression: "gameSessionProperties.map = 'desert'" },
    shows: { GameSessions: [{ Name: "Ada's duel" }] },
    after: 60_000,
  },
  {
    name: 'game sessions are found by an expression',
    operation: 'SearchGameSessions',
    input: {
      AliasId: arenaAlias,
      Location: 'custom-east',
      FilterExpression:
        "(maximumSessions>=4 OR gameSessionName = 'Ada\\'s duel') AND NOT hasAvailablePlayerSessions=false",
      SortExpression: 'maximumSessions ASC',
    },
    shows: {
      GameSessions: [
        { MaximumPlayerSessionCount: 2 },
        { MaximumPlayerSessionCount: 4 },
        { MaximumPlayerSessionCount: 8 },
      ],
    },
  },
  {
    name: 'the first of the game sessions is found',
    operation: 'SearchGameSessions',
    input: { ...byName, Limit: 1 },
  },
  {
    name: 'the second of the game sessions is found',
    operation: 'SearchGameSessions',
    input: { ...byName, Limit: 1, NextToken: from('the first of the game sessions is found', 'NextToken') },
    shows: { GameSessions: [{ CreatorId: 'eve' }], NextToken: expect.any(String) },
  },
  {
    name: 'the rest of the game sessions is found',
    operation: 'SearchGameSessions',
    input: { ...byName, NextToken: from('the second of the game sessions is found', 'NextToken') },
    shows: {
      GameSessions: [{ MaximumPlayerSessionCount: 8 }, { Name: 'Quartet' }, { Name: "Ada's duel" }],
    },
  },
  {
    name: 'a search does not go on with another one',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, NextToken: from('the first of the game sessions is found', 'NextToken') },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'an expression that ends too early is refused',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, FilterExpression: 'playerSessionCount >' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'an order of something unknown is refused',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, SortExpression: 'height ASC' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a search is one of a fleet',
    operation: 'SearchGameSessions',
    input: { FilterExpression: 'playerSessionCount > 0' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'nothing is found in a fleet that does not exist',
    operation: 'SearchGameSessions',
    input: { FleetId: unknownFleet },
    refusal: 'NotFoundException',
  },
  {
    name: 'nothing is found where an alias leads nowhere',
    operation: 'SearchGameSessions',
    input: { AliasId: closedAlias },
    refusal: 'TerminalRoutingStrategyException',
  },
];
