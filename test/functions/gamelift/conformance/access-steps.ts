import { arenaAlias } from './alias-steps.ts';
import { servers } from './compute-steps.ts';
import { arena } from './fleet-steps.ts';
import { duel } from './game-session-steps.ts';
import type { Step } from './step.ts';

const newSession = { FleetId: arena, Location: 'custom-east', MaximumPlayerSessionCount: 2 };

export const accessSteps: readonly Step[] = [
  {
    name: 'who may only read can describe',
    operation: 'DescribeGameSessions',
    input: { GameSessionId: duel },
    by: 'read-only',
  },
  {
    name: 'who may only read can search',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, FilterExpression: 'playerSessionCount = 2' },
    by: 'read-only',
  },
  {
    name: 'who may only read cannot create',
    operation: 'CreateGameSession',
    input: newSession,
    by: 'read-only',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'who may only read is not told what else is wrong',
    operation: 'CreatePlayerSession',
    input: {},
    by: 'read-only',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'a game backend can create a game session',
    operation: 'CreateGameSession',
    input: newSession,
    by: 'game-backend',
  },
  {
    name: 'a game backend cannot create a fleet',
    operation: 'CreateFleet',
    input: { Name: 'x' },
    by: 'game-backend',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'a game backend cannot delete an alias',
    operation: 'DeleteAlias',
    input: { AliasId: arenaAlias },
    by: 'game-backend',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'a game backend is given no token of a compute',
    operation: 'GetComputeAuthToken',
    input: { FleetId: servers, ComputeName: 'rack-1' },
    by: 'game-backend',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'who may only read is given no token of a compute',
    operation: 'GetComputeAuthToken',
    input: { FleetId: servers, ComputeName: 'rack-1' },
    by: 'read-only',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'a compute gets a token of its own',
    operation: 'GetComputeAuthToken',
    input: { FleetId: servers, ComputeName: 'rack-1' },
    by: 'compute',
    shows: { ComputeName: 'rack-1' },
  },
  {
    name: 'a compute cannot create a game session',
    operation: 'CreateGameSession',
    input: newSession,
    by: 'compute',
    refusal: 'AccessDeniedException',
  },
  {
    name: 'a key that was never issued opens nothing',
    operation: 'ListFleets',
    input: {},
    by: 'stranger',
    refusal: 'UnrecognizedClientException',
  },
  {
    name: 'a key opens nothing without its secret',
    operation: 'ListFleets',
    input: {},
    by: 'forger',
    refusal: 'InvalidSignatureException',
  },
  {
    name: 'an operation of GameLift that is not offered is known by its name',
    operation: 'StartMatchmaking',
    input: { ConfigurationName: 'x', Players: [] },
    refusal: 'ApiNotSupportedException',
  },
];
