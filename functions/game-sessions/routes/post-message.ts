import * as v from 'valibot';
import { actingPlayer } from '#functions/game-sessions/acting-player.ts';
import { answered, invalid, refused } from '#functions/game-sessions/answer.ts';
import { preconditionFailed, refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import {
  messageData,
  queueIndex,
  sequenceNumber,
  sessionId,
  xuid,
} from '#functions/game-sessions/schemas.ts';
import { spellMessage } from '#functions/game-sessions/spell.ts';
import { maximumMessageBytes } from '#lib/messages/limits.ts';
import { post } from '#lib/messages/post.ts';

const entries = { data: messageData, mustFollow: v.exactOptional(sequenceNumber) };

const input = {
  path: { sessionId, queueIndex },
  body: [
    { for: 'player', entries },
    { for: 'title', entries: { ...entries, xuid: v.exactOptional(xuid) } },
  ],
} as const;

export const postMessage = route(input, async ({ path, body }, call) => {
  const { data, mustFollow } = body;
  if (data.length > maximumMessageBytes) {
    return refused('TOO_LARGE', `The message has ${data.length} bytes, more than ${maximumMessageBytes}.`);
  }
  const sender = actingPlayer('xuid' in body ? body.xuid : undefined, call);
  if (sender.kind === 'refused') return sender;
  const posting = { queueIndex: path.queueIndex, sender: sender.xuid, data, mustFollow };
  const outcome = await post(call, addressOf(call, path), posting);
  switch (outcome.kind) {
    case 'posted':
      return answered(201, spellMessage(outcome.message));
    case 'other-first':
      return preconditionFailed(
        'There is another message behind the one that this one must follow, or one on its way: read on first.',
        outcome.session,
        call,
      );
    case 'not-given-yet':
      return invalid([
        {
          pointer: '/mustFollow',
          detail: `must be a number that has been given: the last one of this queue is ${outcome.last}`,
        },
      ]);
    default:
      return refuse(outcome, call);
  }
});
