import { answered } from '#functions/game-sessions/answer.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import { sessionId, xuidText } from '#functions/game-sessions/schemas.ts';
import { removePlayer as remove } from '#lib/rosters/remove-player.ts';

export const removePlayer = route({ path: { sessionId, xuid: xuidText } }, async ({ path }, call) => {
  const outcome = await remove(call, addressOf(call, path), call.caller, path.xuid);
  return outcome.kind === 'removed' ? answered(204) : refuse(outcome, call);
});
