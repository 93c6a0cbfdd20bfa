import { playerAction } from '#functions/game-servers/player-action.ts';
import { refuse } from '#functions/game-servers/refusals.ts';
import { answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { type AcceptOutcome, accept } from '#lib/sessions/accept.ts';

/** A player has come whose seat was reserved: RESERVED becomes ACTIVE. */
export const acceptPlayerSession = playerAction(
  async (seat, call, { GameSessionId }) => {
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
      case 'not-found':
        return undefined;
    }
  },
  (id, status) => refuse('notReserved', `Player session ${id} is ${status}, and not RESERVED.`),
);
