import { existing } from './existing.ts';
import { text } from './limit.ts';
import { type Member, operation } from './member.ts';
import {
  fleetId,
  gameSessionArn,
  id,
  idOrArn,
  location,
  page,
  protectionPolicy,
  wholeNumber,
  words,
} from './shared.ts';
import { gameProperties } from './structures.ts';

const wanted = {
  FleetId: fleetId,
  GameSessionId: gameSessionArn,
  AliasId: idOrArn('alias'),
  Location: location,
  StatusFilter: words,
  ...page,
};

function createGameSession(): readonly Member[] {
  const { members, structure } = operation(
    'CreateGameSession',
    { MaximumPlayerSessionCount: 4 },
    { FleetId: existing.crowdedFleet, Location: existing.location },
  );
  return [
    ...members({
      FleetId: fleetId,
      AliasId: idOrArn('alias'),
      MaximumPlayerSessionCount: wholeNumber,
      Name: words,
      GameProperties: gameProperties.list,
      CreatorId: words,
      GameSessionId: id,
      IdempotencyToken: id,
      GameSessionData: text({ min: 1, max: 262_144, isSensitive: true }),
      Location: location,
    }),
    ...structure('gameProperties.1.member', gameProperties.each),
  ];
}

function updateGameSession(): readonly Member[] {
  const { members, structure } = operation('UpdateGameSession', {
    GameSessionId: existing.changedGameSession,
  });
  return [
    ...members({
      GameSessionId: gameSessionArn,
      MaximumPlayerSessionCount: wholeNumber,
      Name: words,
      PlayerSessionCreationPolicy: text({ values: ['ACCEPT_ALL', 'DENY_ALL'] }),
      ProtectionPolicy: protectionPolicy,
      GameProperties: gameProperties.list,
    }),
    ...structure('gameProperties.1.member', gameProperties.each),
  ];
}

export const gameSessions: readonly Member[] = [
  ...createGameSession(),
  ...operation('DescribeGameSessions', {}, { FleetId: existing.fleet }).members(wanted),
  ...operation('DescribeGameSessionDetails', {}, { FleetId: existing.fleet }).members(wanted),
  ...operation('SearchGameSessions', {}, { FleetId: existing.fleet }).members({
    FleetId: fleetId,
    AliasId: idOrArn('alias'),
    Location: location,
    FilterExpression: words,
    SortExpression: words,
    ...page,
  }),
  ...updateGameSession(),
  ...operation('TerminateGameSession', {
    GameSessionId: 'arn:1',
    TerminationMode: 'FORCE_TERMINATE',
  }).members({
    GameSessionId: gameSessionArn,
    TerminationMode: text({ values: ['TRIGGER_ON_PROCESS_TERMINATE', 'FORCE_TERMINATE'] }),
  }),
  ...operation('GetGameSessionLogUrl', { GameSessionId: existing.gameSession }).members({
    GameSessionId: gameSessionArn,
  }),
];
