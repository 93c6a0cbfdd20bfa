import { createFleet } from './create-fleet.ts';
import { list, object, prefixed, text } from './limit.ts';
import { type Member, operation } from './member.ts';
import {
  fleetId,
  gameSessionArn,
  id,
  idOrArn,
  location,
  page,
  playerData,
  playerId,
  tags,
  wholeNumber,
  words,
} from './shared.ts';

function createPlayerSessions(): readonly Member[] {
  const { members, entries } = operation('CreatePlayerSessions', {
    GameSessionId: 'arn:1',
    PlayerIds: ['ada'],
  });
  // The keys are players' ids: what is said of the map shows none of it.
  const key = { ...words, isSensitive: true, wrongTypes: [] };
  return [
    ...members({
      GameSessionId: gameSessionArn,
      PlayerIds: list({ min: 1, max: 25 }, (number) => `player-${number}`, true),
      PlayerDataMap: object({ ada: 'red' }, true),
    }),
    entries('playerIds', playerId, (value) => ({ PlayerIds: [value] })),
    entries('playerDataMap', playerData, (value) => ({ PlayerDataMap: { ada: value } })),
    entries('playerDataMap', key, (value) => ({ PlayerDataMap: { [String(value)]: 'red' } })),
  ];
}

function createGameSession(): readonly Member[] {
  const { members, structure } = operation('CreateGameSession', { MaximumPlayerSessionCount: 4 });
  return [
    ...members({
      FleetId: fleetId,
      AliasId: idOrArn('alias'),
      MaximumPlayerSessionCount: wholeNumber,
      Name: words,
      GameProperties: list({ max: 16 }, () => ({ Key: 'k', Value: 'v' }), true),
      CreatorId: words,
      GameSessionId: id,
      IdempotencyToken: id,
      GameSessionData: text({ min: 1, max: 262_144, isSensitive: true }),
      Location: location,
    }),
    ...structure('gameProperties.1.member', {
      least: { Key: 'k', Value: 'v' },
      limits: {
        Key: text({ max: 32, fits: [''] }),
        Value: text({ max: 96, fits: [''], isSensitive: true }),
      },
      put: (property) => ({ GameProperties: [property] }),
    }),
  ];
}

function createLocation(): readonly Member[] {
  const { members, structure } = operation('CreateLocation', { LocationName: 'custom-1' });
  const LocationName = text({
    min: 8,
    max: 64,
    like: prefixed('custom-'),
    pattern: '^custom-[A-Za-z0-9\\-]+$',
    fits: ['custom-1'],
    breaks: ['location-1', 'custom-a_b', 'Custom-abc'],
  });
  return [...members({ LocationName, Tags: tags.list }), ...structure('tags.1.member', tags.each)];
}

function describeFleetAttributes(): readonly Member[] {
  const { members, entries } = operation('DescribeFleetAttributes', {});
  // The model names no greatest number of ids: this one is Openslot's.
  const FleetIds = list({ min: 1, max: 100 }, (number) => `fleet-${number}`);
  return [
    ...members({ FleetIds, ...page }),
    entries('fleetIds', fleetId, (value) => ({ FleetIds: [value] })),
  ];
}

/** Every member of every operation's input: the service model's limits (API version 2015-10-01). */
export const limits: readonly Member[] = [
  ...operation('CreatePlayerSession', { GameSessionId: 'arn:1', PlayerId: 'ada' }).members({
    GameSessionId: gameSessionArn,
    PlayerId: playerId,
    PlayerData: playerData,
  }),
  ...createPlayerSessions(),
  ...createGameSession(),
  ...operation('DescribeGameSessions', {}).members({
    FleetId: fleetId,
    GameSessionId: gameSessionArn,
    AliasId: idOrArn('alias'),
    Location: location,
    StatusFilter: words,
    ...page,
  }),
  ...operation('DescribePlayerSessions', {}).members({
    GameSessionId: gameSessionArn,
    PlayerId: playerId,
    PlayerSessionId: text({
      min: 1,
      max: 128,
      like: prefixed('psess-'),
      pattern: '^psess-\\S+$',
      fits: ['psess-#'],
      breaks: ['x', 'psess-', 'psess-a b', 'Psess-1'],
    }),
    PlayerSessionStatusFilter: words,
    ...page,
  }),
  ...operation('TerminateGameSession', {
    GameSessionId: 'arn:1',
    TerminationMode: 'FORCE_TERMINATE',
  }).members({
    GameSessionId: gameSessionArn,
    TerminationMode: text({ values: ['TRIGGER_ON_PROCESS_TERMINATE', 'FORCE_TERMINATE'] }),
  }),
  ...createLocation(),
  ...createFleet(),
  ...describeFleetAttributes(),
  ...operation('ListFleets', {}).members({
    BuildId: idOrArn('build'),
    ScriptId: idOrArn('script'),
    ...page,
  }),
];
