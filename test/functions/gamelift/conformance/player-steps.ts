import { arena, unknownFleet } from './fleet-steps.ts';
import { duel, trio, unknownSession } from './game-session-steps.ts';
import type { Step } from './step.ts';

export const reservationSteps: readonly Step[] = [
  {
    name: 'a player gets a slot',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'ada', PlayerData: '{"team":"red"}' },
    shows: { PlayerSession: { PlayerId: 'ada', Status: 'RESERVED' } },
    after: 250,
  },
  {
    name: 'another player gets a slot',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'bob 🎮' },
    after: 250,
  },
  {
    name: 'a full game session takes no player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'cy' },
    refusal: 'GameSessionFullException',
  },
  {
    name: 'a game session that does not exist takes no player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: unknownSession, PlayerId: 'cy' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a player needs an id',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'players get slots together',
    operation: 'CreatePlayerSessions',
    input: { GameSessionId: trio, PlayerIds: ['cy', 'di', 'ed'], PlayerDataMap: { di: 'blue', zoe: 'x' } },
    shows: {
      PlayerSessions: [{ PlayerId: 'cy' }, { PlayerId: 'di', PlayerData: 'blue' }, { PlayerId: 'ed' }],
    },
  },
  {
    name: 'all players get slots, or none',
    operation: 'CreatePlayerSessions',
    input: { GameSessionId: trio, PlayerIds: ['flo', 'gus'] },
    refusal: 'GameSessionFullException',
  },
  {
    name: 'a player cannot have two slots of one group',
    operation: 'CreatePlayerSessions',
    input: { GameSessionId: trio, PlayerIds: ['flo', 'flo'] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session that does not exist takes no players',
    operation: 'CreatePlayerSessions',
    input: { GameSessionId: unknownSession, PlayerIds: ['flo'] },
    refusal: 'NotFoundException',
  },
  {
    name: 'a game session cannot lose the slots of its players',
    operation: 'UpdateGameSession',
    input: { GameSessionId: trio, MaximumPlayerSessionCount: 2 },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'a game session is closed to newcomers',
    operation: 'UpdateGameSession',
    input: { GameSessionId: trio, PlayerSessionCreationPolicy: 'DENY_ALL' },
    shows: { GameSession: { PlayerSessionCreationPolicy: 'DENY_ALL', CurrentPlayerSessionCount: 3 } },
  },
  {
    name: 'a closed game session takes no player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: trio, PlayerId: 'flo' },
    refusal: 'InvalidGameSessionStatusException',
  },
];

export const connectionSteps: readonly Step[] = [
  {
    name: 'players learn where to connect',
    operation: 'GetPlayerConnectionDetails',
    input: { GameSessionId: trio, PlayerIds: ['cy', 'di'] },
  },
  {
    name: 'players who connect need ids',
    operation: 'GetPlayerConnectionDetails',
    input: { GameSessionId: trio, PlayerIds: [] },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'nobody connects to a game session that does not exist',
    operation: 'GetPlayerConnectionDetails',
    input: { GameSessionId: unknownSession, PlayerIds: ['cy'] },
    refusal: 'NotFoundException',
  },
  {
    name: 'a location of a fleet shows how it is used',
    operation: 'DescribeFleetLocationUtilization',
    input: { FleetId: arena, Location: 'custom-east' },
    shows: { FleetUtilization: { CurrentPlayerSessionCount: 5 } },
    after: 60_000 - 500,
  },
  {
    name: 'a location that a fleet does not have shows no use',
    operation: 'DescribeFleetLocationUtilization',
    input: { FleetId: arena, Location: 'custom-west' },
    refusal: 'NotFoundException',
  },
  {
    name: 'a fleet that does not exist is not used',
    operation: 'DescribeFleetLocationUtilization',
    input: { FleetId: unknownFleet, Location: 'custom-east' },
    refusal: 'NotFoundException',
  },
];
