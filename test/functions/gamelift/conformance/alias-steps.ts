import { expect } from 'vitest';
import { arena, quota, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

export const arenaAlias = from('an alias of a fleet is created', 'Alias.AliasId');
export const closedAlias = from('an alias that leads nowhere is created', 'Alias.AliasId');
const closedArn = from('an alias that leads nowhere is created', 'Alias.AliasArn');

export const unknownAlias = 'alias-that-nobody-created';

export const aliasSteps: readonly Step[] = [
  {
    name: 'an alias of a fleet is created',
    operation: 'CreateAlias',
    input: {
      Name: 'arena',
      Description: 'Where the arena is',
      RoutingStrategy: { Type: 'SIMPLE', FleetId: arena },
      Tags: [{ Key: 'stage', Value: 'live' }],
    },
    shows: { Alias: { Name: 'arena', RoutingStrategy: { Type: 'SIMPLE' } } },
    after: 500,
  },
  {
    name: 'an alias that leads nowhere is created',
    operation: 'CreateAlias',
    input: { Name: 'closed', RoutingStrategy: { Type: 'TERMINAL', Message: 'Season 1 is over.' } },
    shows: { Alias: { RoutingStrategy: { Type: 'TERMINAL', Message: 'Season 1 is over.' } } },
  },
  {
    name: 'an alias cannot lead to a fleet that does not exist',
    operation: 'CreateAlias',
    input: { Name: 'lost', RoutingStrategy: { Type: 'SIMPLE', FleetId: unknownFleet } },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a simple alias needs a fleet',
    operation: 'CreateAlias',
    input: { Name: 'lost', RoutingStrategy: { Type: 'SIMPLE' } },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'an alias is described',
    operation: 'DescribeAlias',
    input: { AliasId: arenaAlias },
    shows: { Alias: { Description: 'Where the arena is' } },
  },
  {
    name: 'an alias that does not exist cannot be described',
    operation: 'DescribeAlias',
    input: { AliasId: unknownAlias },
    refusal: 'NotFoundException',
  },
  {
    name: 'an alias resolves to its fleet',
    operation: 'ResolveAlias',
    input: { AliasId: arenaAlias },
    shows: { FleetId: expect.any(String), FleetArn: expect.any(String) },
  },
  {
    name: 'an alias that leads nowhere says why',
    operation: 'ResolveAlias',
    input: { AliasId: closedArn },
    refusal: 'TerminalRoutingStrategyException',
  },
  {
    name: 'an alias that does not exist cannot be resolved',
    operation: 'ResolveAlias',
    input: { AliasId: unknownAlias },
    refusal: 'NotFoundException',
  },
  { name: 'the first of the aliases is listed', operation: 'ListAliases', input: { Limit: 1 } },
  {
    name: 'the second of the aliases is listed',
    operation: 'ListAliases',
    input: { Limit: 1, NextToken: from('the first of the aliases is listed', 'NextToken') },
  },
  {
    name: 'aliases are listed by how they route',
    operation: 'ListAliases',
    input: { RoutingStrategyType: 'TERMINAL' },
    shows: { Aliases: [{ Name: 'closed' }] },
  },
  {
    name: 'aliases are listed by their name',
    operation: 'ListAliases',
    input: { Name: 'arena' },
    shows: { Aliases: [{ Name: 'arena' }] },
  },
  {
    name: 'aliases cannot be listed from a place that was never named',
    operation: 'ListAliases',
    input: { NextToken: 'somewhere' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'an alias is updated',
    operation: 'UpdateAlias',
    input: {
      AliasId: closedAlias,
      Name: 'closed for good',
      RoutingStrategy: { Type: 'TERMINAL', Message: 'Over.' },
    },
    shows: { Alias: { Name: 'closed for good', RoutingStrategy: { Message: 'Over.' } } },
    after: 2_000,
  },
  {
    name: 'an alias cannot be updated to lead to a fleet that does not exist',
    operation: 'UpdateAlias',
    input: { AliasId: arenaAlias, RoutingStrategy: { Type: 'SIMPLE', FleetId: unknownFleet } },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'an alias that does not exist cannot be updated',
    operation: 'UpdateAlias',
    input: { AliasId: unknownAlias, Name: 'x' },
    refusal: 'NotFoundException',
  },
  {
    name: 'an alias that is soon deleted is created',
    operation: 'CreateAlias',
    input: { Name: 'brief', RoutingStrategy: { Type: 'SIMPLE', FleetId: quota } },
  },
  {
    name: 'an alias is deleted',
    operation: 'DeleteAlias',
    input: { AliasId: from('an alias that is soon deleted is created', 'Alias.AliasId') },
    shows: {},
  },
  {
    name: 'an alias cannot be deleted twice',
    operation: 'DeleteAlias',
    input: { AliasId: from('an alias that is soon deleted is created', 'Alias.AliasId') },
    refusal: 'NotFoundException',
  },
];
