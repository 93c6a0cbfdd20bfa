import { findNamedGameSession } from '#functions/gamelift/find-game-session.ts';
import { answered, operation } from '#functions/gamelift/operation.ts';
import { noSuchGameSession, notActive } from '#functions/gamelift/refusals.ts';
import { arnString, playerIds } from '#functions/gamelift/shapes.ts';
import type { Host } from '#lib/table/session-item.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(arnString),
  PlayerIds: required(playerIds),
});

/**
 * Where players connect to: one entry for each player asked for, once. There is no player gateway here, so there is
 * neither token nor expiration, and a game session without a game server has no endpoint.
 */
export const getPlayerConnectionDetails = operation(input, async ({ GameSessionId, PlayerIds }, call) => {
  const session = await findNamedGameSession(call, GameSessionId);
  if (session === undefined) return noSuchGameSession(GameSessionId);
  if (session.status !== 'ACTIVE') return notActive(GameSessionId, session.status);
  return answered({
    GameSessionId,
    PlayerConnectionDetails: [...new Set(PlayerIds)].map((PlayerId) => ({
      PlayerId,
      Endpoints: session.host ? [spellEndpoint(session.host)] : [],
    })),
  });
});

/** Where a game server listens for players, by its address as far as it has one. */
const spellEndpoint = ({ ipAddress, port }: Host) => ({ IpAddress: ipAddress, Port: port });
