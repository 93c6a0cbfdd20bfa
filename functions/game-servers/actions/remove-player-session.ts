import { hostedSessionKey, seatIn } from '#functions/game-servers/hosted-session.ts';
import { noSuchGameSession, noSuchPlayerSession, refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { gameSessionId, playerSessionId } from '#functions/game-servers/shapes.ts';
import { findPlayerSession } from '#lib/sessions/find.ts';
import { release } from '#lib/sessions/release.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(gameSessionId),
  PlayerSessionId: required(playerSessionId),
});

/**
 * A player has left, or lost the connection: the player session is COMPLETED, and the slot is open, or kept for the same
 * player where the fleet says so.
 */
export const removePlayerSession = action(input, async ({ GameSessionId, PlayerSessionId }, call) => {
  const sessionKey = hostedSessionKey(call, GameSessionId);
  if (sessionKey === undefined) return noSuchGameSession(GameSessionId);
  const seat = seatIn(sessionKey, PlayerSessionId);
  if (seat === undefined) return noSuchPlayerSession(PlayerSessionId);

  const { keepTime } = call.process;
  const outcome = await release(call, seat, { request: requestMark(call), keepTime });
  switch (outcome.kind) {
    case 'released':
      return answered();
    case 'not-held':
    case 'ended':
    case 'not-found': {
      const player = await findPlayerSession(call.table, seat, call.now);
      return player === undefined
        ? noSuchPlayerSession(PlayerSessionId)
        : refuse('playerGone', `Player session ${PlayerSessionId} is ${player.status} already.`);
    }
  }
});
