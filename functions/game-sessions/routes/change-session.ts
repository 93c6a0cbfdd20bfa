import * as v from 'valibot';
import { answered } from '#functions/game-sessions/answer.ts';
import { entityTags, strongTags } from '#functions/game-sessions/entity-tags.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import {
  displayName,
  flag,
  maxPlayers,
  sessionCustomData,
  sessionId,
  variant,
  visibility,
} from '#functions/game-sessions/schemas.ts';
import { etagHeader, spellSession } from '#functions/game-sessions/spell.ts';
import { changeSession as change } from '#lib/rosters/change-session.ts';

const input = {
  path: { sessionId },
  headers: { 'If-Match': v.optional(entityTags) },
  body: [
    {
      entries: {
        displayName: v.exactOptional(displayName),
        customData: v.exactOptional(sessionCustomData),
        variant: v.exactOptional(variant),
        visibility: v.exactOptional(visibility),
        isClosed: v.exactOptional(flag),
        hasEnded: v.exactOptional(flag),
        maxPlayers: v.exactOptional(maxPlayers),
      },
    },
  ],
} as const;

export const changeSession = route(input, async ({ path, headers, body }, call) => {
  const ifMatch = strongTags(headers['If-Match']);
  const outcome = await change(call, addressOf(call, path), call.caller, body, ifMatch);
  return outcome.kind === 'changed'
    ? answered(200, spellSession(outcome.session), etagHeader(outcome.session))
    : refuse(outcome, call);
});
