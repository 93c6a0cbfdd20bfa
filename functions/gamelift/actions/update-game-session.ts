import { type Answer, answered, type Call, operation, refused } from '#functions/gamelift/operation.ts';
import { contended, noSuchGameSession, notActive, tooManySlots } from '#functions/gamelift/refusals.ts';
import {
  arnString,
  gameProperties,
  nonEmptyString,
  protectionPolicy,
  wholeNumber,
} from '#functions/gamelift/shapes.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';
import { readGameSessionArn } from '#functions/identifiers.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { owe } from '#lib/servers/owed.ts';
import { addressOfHost } from '#lib/servers/terminate-session.ts';
import { maximumProperties } from '#lib/sessions/description.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { maximumCapacity } from '#lib/sessions/open.ts';
import { update } from '#lib/sessions/update.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(arnString),
  MaximumPlayerSessionCount: wholeNumber,
  Name: nonEmptyString,
  PlayerSessionCreationPolicy: string({ values: ['ACCEPT_ALL', 'DENY_ALL'] }),
  ProtectionPolicy: protectionPolicy,
  GameProperties: gameProperties,
});

/** Only the members that are given change; properties are added or get new values, and none is removed. */
export const updateGameSession = operation(input, async (request, call): Promise<Answer> => {
  const { GameSessionId, MaximumPlayerSessionCount: capacity, PlayerSessionCreationPolicy: policy } = request;
  if (capacity !== undefined && capacity > maximumCapacity) return tooManySlots(capacity);
  const reference = readGameSessionArn(call.deployment, GameSessionId);
  if (reference === undefined) return noSuchGameSession(GameSessionId);

  const outcome = await update(call, sessionKeyOf(reference), {
    capacity,
    takesPlayers: policy === undefined ? undefined : policy === 'ACCEPT_ALL',
    name: request.Name,
    properties: request.GameProperties?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    protection: request.ProtectionPolicy,
  });
  switch (outcome.kind) {
    case 'updated':
      await tellServer(call, outcome.session);
      call.recentSearches.changed(outcome.session.fleetId, outcome.session.sessionKey);
      return answered({ GameSession: spellGameSession(call.deployment, outcome.session) });
    case 'not-found':
      return noSuchGameSession(GameSessionId);
    case 'not-active':
      return notActive(GameSessionId, outcome.status);
    case 'below-held':
      return refused(
        'InvalidRequestException',
        `MaximumPlayerSessionCount cannot be ${capacity}: players hold ${outcome.held} of the slots of ${GameSessionId}.`,
      );
    case 'too-many-properties':
      return refused(
        'InvalidRequestException',
        `GameProperties would make it ${outcome.properties} with those that ${GameSessionId} has, more than ${maximumProperties}.`,
      );
    case 'contended':
      return contended(GameSessionId);
  }
});

/**
 * Tells the server process of a session what it is like now. When the function dies before it is owed, the caller has no
 * answer, and the same update once more tells it.
 */
async function tellServer(call: Call, { fleetId, host }: GameSession): Promise<void> {
  if (host === undefined) return;
  const address = addressOfHost(fleetId, host);
  await owe(call.table, address, 'owesUpdate');
  await tellOwed(call, address);
}
