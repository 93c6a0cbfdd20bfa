import { answered, operation } from '#functions/gamelift/operation.ts';
import { reservePlayers } from '#functions/gamelift/reserve-players.ts';
import { arnString, playerData, playerId } from '#functions/gamelift/shapes.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(arnString),
  PlayerId: required(playerId),
  PlayerData: playerData,
});

export const createPlayerSession = operation(input, async ({ GameSessionId, PlayerId, PlayerData }, call) => {
  const reserved = await reservePlayers(call, GameSessionId, [
    { playerId: PlayerId, playerData: PlayerData },
  ]);
  return reserved.kind === 'refused' ? reserved : answered({ PlayerSession: reserved.playerSessions[0] });
});
