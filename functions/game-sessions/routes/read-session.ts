import * as v from 'valibot';
import { answered } from '#functions/game-sessions/answer.ts';
import { entityTags, includesTag } from '#functions/game-sessions/entity-tags.ts';
import { refuse } from '#functions/game-sessions/refusals.ts';
import { addressOf, route } from '#functions/game-sessions/route.ts';
import { sessionId } from '#functions/game-sessions/schemas.ts';
import { etagHeader, spellSession } from '#functions/game-sessions/spell.ts';
import { readSession as read } from '#lib/rosters/find.ts';

const input = {
  path: { sessionId },
  headers: { 'If-None-Match': v.optional(entityTags) },
};

export const readSession = route(input, async ({ path, headers }, call) => {
  const found = await read(call, addressOf(call, path), call.caller);
  if (found.kind !== 'found') return refuse(found, call);
  const { session } = found;
  // Whoever keeps the answer asks each time whether it is still good: then nothing needs to be sent again.
  const answerHeaders = { ...etagHeader(session), 'cache-control': 'private, no-cache' };
  return includesTag(headers['If-None-Match'], session.etag)
    ? answered(304, undefined, answerHeaders)
    : answered(200, spellSession(session), answerHeaders);
});
