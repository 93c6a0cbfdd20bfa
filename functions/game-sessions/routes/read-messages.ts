import * as v from 'valibot';
import { answered } from '#functions/game-sessions/answer.ts';
import type { Messages } from '#functions/game-sessions/answers.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import {
  messageCount,
  queueIndex,
  sequenceNumberText,
  sessionId,
  waitSeconds,
} from '#functions/game-sessions/schemas.ts';
import { spellMessage } from '#functions/game-sessions/spell.ts';
import { maximumMessages } from '#lib/messages/limits.ts';
import { readOn } from '#lib/messages/read-on.ts';

const input = {
  path: { sessionId, queueIndex },
  query: {
    after: v.optional(sequenceNumberText, '0'),
    max: v.optional(messageCount, String(maximumMessages)),
    wait: v.optional(waitSeconds, '0'),
  },
};

export const readMessages = route(input, async ({ path, query }, call) => {
  const outcome = await readOn(call, addressOf(call, path), call.caller, {
    queueIndex: path.queueIndex,
    after: query.after,
    max: query.max,
    wait: query.wait * 1_000,
  });
  if (outcome.kind !== 'read') return refuse(outcome, call);
  const page: Messages = { messages: outcome.messages.map(spellMessage) };
  return answered(200, page);
});
