import { expect } from 'vitest';
import { hasty } from './fleet-steps.ts';
import { duel, trio, unknownSession } from './game-session-steps.ts';
import { from, type Step } from './step.ts';

const ada = from('a player gets a slot', 'PlayerSession.PlayerSessionId');
const cy = from('players get slots together', 'PlayerSessions.0.PlayerSessionId');
const hastySession = from(
  'a game session with a short reservation time is created',
  'GameSession.GameSessionId',
);

export const lapseSteps: readonly Step[] = [
  { name: 'the game server lets a player in', gameServer: 'accepts', playerSessionId: ada },
  { name: 'the game server lets another player in', gameServer: 'accepts', playerSessionId: cy },
  { name: 'the game server sees a player off', gameServer: 'removes', playerSessionId: cy },
  {
    name: 'a game session that is still full takes no player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'cy' },
    refusal: 'GameSessionFullException',
  },
  {
    name: 'a reservation lapses after a minute, and its slot goes to the next player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: duel, PlayerId: 'cy' },
    shows: { PlayerSession: { PlayerId: 'cy', Status: 'RESERVED' } },
    after: 1_000,
  },
  {
    name: 'a game session with a short reservation time is created',
    operation: 'CreateGameSession',
    input: { FleetId: hasty, Location: 'custom-east', MaximumPlayerSessionCount: 1 },
  },
  {
    name: 'a player gets a slot for a short time',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: hastySession, PlayerId: 'ada' },
  },
  {
    name: 'the slot lapses after the short time, and goes to the next player',
    operation: 'CreatePlayerSession',
    input: { GameSessionId: hastySession, PlayerId: 'bob' },
    after: 5_001,
  },
];

export const playerDescriptionSteps: readonly Step[] = [
  {
    name: 'a player session is described',
    operation: 'DescribePlayerSessions',
    input: { PlayerSessionId: ada },
    shows: { PlayerSessions: [{ Status: 'ACTIVE', PlayerData: '{"team":"red"}' }] },
  },
  {
    name: 'a player session that does not exist is not described',
    operation: 'DescribePlayerSessions',
    input: { PlayerSessionId: 'psess-of-nobody' },
    refusal: 'NotFoundException',
  },
  {
    name: 'the players of a game session are described',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: duel },
  },
  {
    name: 'the first player of a game session is described',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: trio, Limit: 1 },
  },
  {
    name: 'the second player of a game session is described',
    operation: 'DescribePlayerSessions',
    input: {
      GameSessionId: trio,
      Limit: 1,
      NextToken: from('the first player of a game session is described', 'NextToken'),
    },
  },
  {
    name: 'the players of a game session are described by their status',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: trio, PlayerSessionStatusFilter: 'TIMEDOUT' },
    shows: { PlayerSessions: [{ Status: 'TIMEDOUT' }, { Status: 'TIMEDOUT' }] },
  },
  {
    name: 'the sessions of a player are described',
    operation: 'DescribePlayerSessions',
    input: { PlayerId: 'cy' },
    shows: {
      PlayerSessions: expect.arrayContaining([
        expect.objectContaining({ Status: 'COMPLETED' }),
        expect.objectContaining({ Status: 'RESERVED' }),
      ]),
    },
  },
  {
    name: 'players are not described by a status that there is not',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: trio, PlayerSessionStatusFilter: 'ASLEEP' },
    refusal: 'InvalidRequestException',
  },
  {
    name: 'players are not described without anything to find them by',
    operation: 'DescribePlayerSessions',
    input: {},
    refusal: 'InvalidRequestException',
  },
  {
    name: 'players of a game session that does not exist are not described',
    operation: 'DescribePlayerSessions',
    input: { GameSessionId: unknownSession },
    refusal: 'NotFoundException',
  },
];
