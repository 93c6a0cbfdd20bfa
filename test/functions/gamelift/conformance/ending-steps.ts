import { arena } from './fleet-steps.ts';
import { duel, trio, unknownSession } from './game-session-steps.ts';
import type { Step } from './step.ts';

export const endingSteps: readonly Step[] = [
  {
    name: 'a game session is ended',
    operation: 'TerminateGameSession',
    input: { GameSessionId: trio, TerminationMode: 'TRIGGER_ON_PROCESS_TERMINATE' },
    shows: { GameSession: { Status: 'TERMINATED', StatusReason: 'TRIGGERED_ON_PROCESS_TERMINATE' } },
  },
  {
    name: 'a game session is ended by force',
    operation: 'TerminateGameSession',
    input: { GameSessionId: duel, TerminationMode: 'FORCE_TERMINATE' },
    shows: { GameSession: { Status: 'TERMINATED', StatusReason: 'FORCE_TERMINATED' } },
    after: 333,
  },
  {
    name: 'a game session cannot be ended twice',
    operation: 'TerminateGameSession',
    input: { GameSessionId: duel, TerminationMode: 'FORCE_TERMINATE' },
    refusal: 'InvalidGameSessionStatusException',
  },
  {
    name: 'a game session that does not exist cannot be ended',
    operation: 'TerminateGameSession',
    input: { GameSessionId: unknownSession, TerminationMode: 'FORCE_TERMINATE' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a game session cannot be ended in a way that there is not',
    operation: 'TerminateGameSession',
    input: { GameSessionId: unknownSession, TerminationMode: 'GENTLY' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session that has ended takes no player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'ada' },
    refusal: 'InvalidGameSessionStatusException',
  },
  {
    name: 'a game session that has ended takes no players',
    operation: 'CreatePlayerSessions',
    input: { GameSessionId: duel, PlayerIds: ['ada', 'bob'] },
    refusal: 'InvalidGameSessionStatusException',
  },
  {
    name: 'a game session that has ended cannot be updated',
    operation: 'UpdateGameSession',
    input: { GameSessionId: duel, Name: 'x' },
    refusal: 'InvalidGameSessionStatusException',
  },
  {
    name: 'nobody connects to a game session that has ended',
    operation: 'GetPlayerConnectionDetails',
    input: { GameSessionId: duel, PlayerIds: ['ada'] },
    refusal: 'InvalidGameSessionStatusException',
  },
  {
    name: 'game sessions that have ended are described',
    operation: 'DescribeGameSessions',
    input: { FleetId: arena, StatusFilter: 'TERMINATED' },
  },
  {
    name: 'players of a game session that has ended are described',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: duel },
  },
  {
    name: 'game sessions that have ended are not found by a search',
    operation: 'SearchGameSessions',
    input: { FleetId: arena, FilterExpression: "gameSessionProperties.map = 'desert'" },
    shows: { GameSessions: [] },
  },
];
