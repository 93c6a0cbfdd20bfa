import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { reservePlayers } from '#functions/gamelift/reserve-players.ts';
import { arnString, nonEmptyString, playerData, playerIds } from '#functions/gamelift/shapes.ts';
import { map, required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(arnString),
  PlayerIds: required(playerIds),
  PlayerDataMap: map(nonEmptyString, playerData),
});

export const createPlayerSessions = operation(
  input,
  async ({ GameSessionId, PlayerIds, PlayerDataMap }, call) => {
    // Two seats for one player of a party would be a mistake of the caller's, and keep someone else out.
    if (new Set(PlayerIds).size < PlayerIds.length) {
      return refused('InvalidRequestException', 'PlayerIds names a player more than once.');
    }
    const players = PlayerIds.map((id) => ({ playerId: id, playerData: PlayerDataMap?.get(id) }));
    const reserved = await reservePlayers(call, GameSessionId, players);
    return reserved.kind === 'refused' ? reserved : answered({ PlayerSessions: reserved.playerSessions });
  },
);
