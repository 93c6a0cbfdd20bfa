import { answered } from '#functions/game-sessions/answer.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import { queueIndex, sequenceNumberText, sessionId } from '#functions/game-sessions/schemas.ts';
import { drop } from '#lib/messages/drop.ts';

const input = { path: { sessionId, queueIndex }, query: { through: sequenceNumberText } };

export const dropMessages = route(input, async ({ path, query }, call) => {
  const outcome = await drop(call, addressOf(call, path), call.caller, {
    queueIndex: path.queueIndex,
    through: query.through,
  });
  return outcome.kind === 'dropped' ? answered(204) : refuse(outcome, call);
});
