import * as v from 'valibot';
import { answered, invalid } from '#functions/game-sessions/answer.ts';
import { route } from '#functions/game-sessions/route.ts';
import {
  displayName,
  flag,
  idempotencyKey,
  maxPlayers,
  playersCanBeRemovedBy,
  sessionCustomData,
  variant,
  visibility,
  xuid,
} from '#functions/game-sessions/schemas.ts';
import { etagHeader, spellSession } from '#functions/game-sessions/spell.ts';
import { createSession as create } from '#lib/rosters/create-session.ts';

const entries = {
  variant: v.optional(variant, 0),
  displayName: v.optional(displayName, ''),
  customData: v.optional(sessionCustomData, null),
  maxPlayers,
  isClosed: v.optional(flag, false),
  visibility: v.optional(visibility, 'PlayersCurrentlyInSession'),
  playersCanBeRemovedBy: v.optional(playersCanBeRemovedBy, 'Self'),
};

const input = {
  headers: { 'Idempotency-Key': v.optional(idempotencyKey) },
  body: [
    { for: 'player', entries },
    { for: 'title', entries: { ...entries, xuid: v.optional(xuid) } },
  ],
} as const;

export const createSession = route(input, async ({ headers, body }, call) => {
  const { maxPlayers, playersCanBeRemovedBy, variant, displayName, customData, isClosed, visibility } = body;
  const outcome = await create(call, {
    titleId: call.caller.titleId,
    creator: ('xuid' in body ? body.xuid : undefined) ?? call.caller.xuid,
    maxPlayers,
    playersCanBeRemovedBy,
    facts: { variant, displayName, customData, isClosed, visibility },
    idempotencyKey: headers['Idempotency-Key'],
  });
  switch (outcome.kind) {
    case 'created': {
      const { session } = outcome;
      const location = `/sessions/${session.sessionId}`;
      return answered(201, spellSession(session), { ...etagHeader(session), location });
    }
    case 'differs':
      return invalid([
        { header: 'Idempotency-Key', detail: 'was used before, for a session with another description' },
      ]);
  }
});
