import { expect } from 'vitest';
import { arenaAlias, closedAlias, unknownAlias } from './alias-steps.ts';
import { arena, arenaArn, quota, unknownFleet } from './fleet-steps.ts';
import { from, type Step } from './step.ts';

export const duel = from('a game session is created', 'GameSession.GameSessionId');
export const trio = from('a game session is created through an alias', 'GameSession.GameSessionId');
export const unknownSession = `arn:aws:gamelift:us-east-1::gamesession/${unknownFleet}/custom-east/gsess-1`;

const inArena = { FleetId: arena, Location: 'custom-east' };
const inQuota = { FleetId: quota, Location: 'custom-east', MaximumPlayerSessionCount: 2 };

const created: readonly Step[] = [
  {
    name: 'a game session is created',
    operation: 'CreateGameSession',
    input: {
      ...inArena,
      MaximumPlayerSessionCount: 2,
      Name: "Ada's duel",
      CreatorId: 'ada',
      GameProperties: [
        { Key: 'map', Value: 'desert' },
        { Key: 'mode', Value: '' },
      ],
      GameSessionData: 'seed=7 🎮',
    },
    shows: { GameSession: { Status: 'ACTIVE', MaximumPlayerSessionCount: 2, CurrentPlayerSessionCount: 0 } },
    after: 766,
  },
  {
    name: 'a game session is created through an alias',
    operation: 'CreateGameSession',
    input: { AliasId: arenaAlias, Location: 'custom-east', MaximumPlayerSessionCount: 3, Name: 'Trio' },
    after: 1_001,
  },
  {
    name: 'a game session is created with a token',
    operation: 'CreateGameSession',
    input: {
      FleetId: arenaArn,
      Location: 'custom-east',
      MaximumPlayerSessionCount: 8,
      IdempotencyToken: 'round-1',
    },
    after: 1_000,
  },
  {
    name: 'a token that comes again finds its game session',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 8, IdempotencyToken: 'round-1' },
    shows: {
      GameSession: {
        GameSessionId: expect.stringMatching(/\/custom-east\/round-1$/),
        MaximumPlayerSessionCount: 8,
      },
    },
    after: 1_000,
  },
  {
    name: 'a token that comes again for something else is refused',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 9, IdempotencyToken: 'round-1' },
    refusal: 'IdempotentParameterMismatchException',
  },
  {
    name: 'a game session has a fleet or an alias, and not both',
    operation: 'CreateGameSession',
    input: { ...inArena, AliasId: arenaAlias, MaximumPlayerSessionCount: 2 },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session cannot be where its fleet is not',
    operation: 'CreateGameSession',
    input: { ...inArena, Location: 'custom-west', MaximumPlayerSessionCount: 2 },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session cannot have more than 200 slots',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 201 },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session needs a number of slots',
    operation: 'CreateGameSession',
    input: inArena,
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a number of slots is not a string',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 'two' },
    refusal: 'SerializationException',
  },
  {
    name: 'a game session needs a fleet that exists',
    operation: 'CreateGameSession',
    input: { ...inArena, FleetId: unknownFleet, MaximumPlayerSessionCount: 2 },
    refusal: 'NotFoundException',
  },
  {
    name: 'a game session needs an alias that exists',
    operation: 'CreateGameSession',
    input: { AliasId: unknownAlias, Location: 'custom-east', MaximumPlayerSessionCount: 2 },
    refusal: 'NotFoundException',
  },
  {
    name: 'no game session is created where an alias leads nowhere',
    operation: 'CreateGameSession',
    input: { AliasId: closedAlias, Location: 'custom-east', MaximumPlayerSessionCount: 2 },
    refusal: 'TerminalRoutingStrategyException',
  },
];

const limited: readonly Step[] = [
  {
    name: 'a creator creates a game session',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 1, CreatorId: 'eve' },
    after: 1_000,
  },
  {
    name: 'the creator cannot create another in the same second',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 1, CreatorId: 'eve' },
    refusal: 'LimitExceededException',
    after: 10,
  },
  {
    name: 'the creator can create another a second later',
    operation: 'CreateGameSession',
    input: { ...inArena, MaximumPlayerSessionCount: 1, CreatorId: 'eve' },
    after: 1_000,
  },
  {
    name: 'a fleet with a creation limit needs to know the creator',
    operation: 'CreateGameSession',
    input: inQuota,
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a creator creates as many as the fleet allows',
    operation: 'CreateGameSession',
    input: { ...inQuota, CreatorId: 'eve' },
    after: 10,
  },
  {
    name: 'a creator cannot create more than the fleet allows',
    operation: 'CreateGameSession',
    input: { ...inQuota, CreatorId: 'eve' },
    refusal: 'LimitExceededException',
    after: 599_000,
  },
  {
    name: 'a creator can create again in the next span of time',
    operation: 'CreateGameSession',
    input: { ...inQuota, CreatorId: 'eve' },
    after: 600_000,
  },
];

export const gameSessionSteps: readonly Step[] = [...created, ...limited];
