import { duel, trio, unknownSession } from './game-session-steps.ts';
import type { Step } from './step.ts';

export const updateSteps: readonly Step[] = [
  {
    name: 'a game session is updated',
    operation: 'UpdateGameSession',
    input: {
      GameSessionId: trio,
      Name: 'Quartet',
      MaximumPlayerSessionCount: 4,
      ProtectionPolicy: 'NoProtection',
      GameProperties: [{ Key: 'map', Value: 'forest' }],
    },
    shows: {
      GameSession: {
        Name: 'Quartet',
        MaximumPlayerSessionCount: 4,
        GameProperties: [{ Key: 'map', Value: 'forest' }],
      },
    },
  },
  {
    name: 'a game session gets another property',
    operation: 'UpdateGameSession',
    input: { GameSessionId: trio, GameProperties: [{ Key: 'mode', Value: 'ranked' }] },
    shows: {
      GameSession: {
        GameProperties: [
          { Key: 'map', Value: 'forest' },
          { Key: 'mode', Value: 'ranked' },
        ],
      },
    },
  },
  {
    name: 'a game session cannot get more than 16 properties',
    operation: 'UpdateGameSession',
    input: {
      GameSessionId: trio,
      GameProperties: Array.from({ length: 15 }, (_, number) => ({ Key: `key-${number}`, Value: '' })),
    },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session that does not exist cannot be updated',
    operation: 'UpdateGameSession',
    input: { GameSessionId: unknownSession, Name: 'x' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a game session cannot be updated to a policy that there is not',
    operation: 'UpdateGameSession',
    input: { GameSessionId: trio, PlayerSessionCreationPolicy: 'ACCEPT_SOME' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'the protection of a game session is one of its details',
    operation: 'DescribeGameSessionDetails',
    input: { GameSessionId: trio },
    shows: { GameSessionDetails: [{ ProtectionPolicy: 'NoProtection', GameSession: { Name: 'Quartet' } }] },
  },
];

export const logSteps: readonly Step[] = [
  {
    name: 'a game session has no log here',
    operation: 'GetGameSessionLogUrl',
    input: { GameSessionId: duel },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session that does not exist has no log',
    operation: 'GetGameSessionLogUrl',
    input: { GameSessionId: unknownSession },
    refusal: 'NotFoundException',
  },
];
