import { playerAction } from '#functions/game-servers/player-action.ts';
import { refuse } from '#functions/game-servers/refusals.ts';
import { answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { release } from '#lib/sessions/release.ts';

/**
 * A player has left, or lost the connection: the player session is COMPLETED, and the slot is open, or kept for the same
 * player where the fleet says so.
 */
export const removePlayerSession = playerAction(
  async (seat, call) => {
    const { keepTime } = call.process;
    const outcome = await release(call, seat, { request: requestMark(call), keepTime });
    switch (outcome.kind) {
      case 'released':
        return answered();
      case 'not-held':
      case 'ended':
      case 'not-found':
        return undefined;
    }
  },
  (id, status) => refuse('playerGone', `Player session ${id} is ${status} already.`),
);
