import { hostedSessionKey, seatIn } from '#functions/game-servers/hosted-session.ts';
import { noSuchGameSession, noSuchPlayerSession, refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { gameSessionId, playerSessionId } from '#functions/game-servers/shapes.ts';
import { type AcceptOutcome, accept } from '#lib/sessions/accept.ts';
import { findPlayerSession } from '#lib/sessions/find.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(gameSessionId),
  PlayerSessionId: required(playerSessionId),
});

/** A player has come whose seat was reserved: RESERVED becomes ACTIVE. */
export const acceptPlayerSession = action(input, async ({ GameSessionId, PlayerSessionId }, call) => {
  const sessionKey = hostedSessionKey(call, GameSessionId);
  if (sessionKey === undefined) return noSuchGameSession(GameSessionId);
  const seat = seatIn(sessionKey, PlayerSessionId);
  if (seat === undefined) return noSuchPlayerSession(PlayerSessionId);

  const outcome: AcceptOutcome = await accept(call, seat, requestMark(call));
  switch (outcome.kind) {
    case 'accepted':
      return answered();
    case 'not-active':
      return refuse('notActive', `Game session ${GameSessionId} is ${outcome.status}, and not ACTIVE.`);
    case 'accepted-before':
    case 'lapsed':
    case 'not-held':
    case 'ended':
    case 'not-found': {
      const player = await findPlayerSession(call.table, seat, call.now);
      return player === undefined
        ? noSuchPlayerSession(PlayerSessionId)
        : refuse('notReserved', `Player session ${PlayerSessionId} is ${player.status}, and not RESERVED.`);
    }
  }
});
