import { existing } from './existing.ts';
import { list, object, prefixed, text } from './limit.ts';
import { type Member, operation } from './member.ts';
import { gameSessionArn, page, playerData, playerId, words } from './shared.ts';

const playerIds = list({ min: 1, max: 25 }, (number) => `player-${number}`, true);

function createPlayerSessions(): readonly Member[] {
  const { members, entries } = operation('CreatePlayerSessions', {
    GameSessionId: existing.gameSession,
    PlayerIds: ['ada'],
  });
  // The keys are players' ids: what is said of the map shows none of it.
  const key = { ...words, isSensitive: true, wrongTypes: [] };
  return [
    ...members({
      GameSessionId: gameSessionArn,
      PlayerIds: playerIds,
      PlayerDataMap: object({ ada: 'red' }, true),
    }),
    entries('playerIds', playerId, (value) => ({ PlayerIds: [value] })),
    entries('playerDataMap', playerData, (value) => ({ PlayerDataMap: { ada: value } })),
    entries('playerDataMap', key, (value) => ({ PlayerDataMap: { [String(value)]: 'red' } })),
  ];
}

function getPlayerConnectionDetails(): readonly Member[] {
  const { members, entries } = operation('GetPlayerConnectionDetails', {
    GameSessionId: existing.gameSession,
    PlayerIds: ['ada'],
  });
  return [
    ...members({ GameSessionId: gameSessionArn, PlayerIds: playerIds }),
    entries('playerIds', playerId, (value) => ({ PlayerIds: [value] })),
  ];
}

export const playerSessions: readonly Member[] = [
  ...operation('CreatePlayerSession', { GameSessionId: existing.gameSession, PlayerId: 'ada' }).members({
    GameSessionId: gameSessionArn,
    PlayerId: playerId,
    PlayerData: playerData,
  }),
  ...createPlayerSessions(),
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
  ...getPlayerConnectionDetails(),
];
