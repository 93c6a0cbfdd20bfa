import { answered, operation, refused } from '#functions/gamelift/operation.ts';
import { noSuchGameSession } from '#functions/gamelift/refusals.ts';
import { arnString } from '#functions/gamelift/shapes.ts';
import { spellGameSession } from '#functions/gamelift/spell.ts';
import { readGameSessionArn } from '#functions/identifiers.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { terminateSession } from '#lib/servers/terminate-session.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

/** The reason that a session shows for each way of ending it. */
const reasons = {
  TRIGGER_ON_PROCESS_TERMINATE: 'TRIGGERED_ON_PROCESS_TERMINATE',
  FORCE_TERMINATE: 'FORCE_TERMINATED',
} as const;

const input = structure({
  GameSessionId: required(arnString),
  TerminationMode: required(string({ values: ['TRIGGER_ON_PROCESS_TERMINATE', 'FORCE_TERMINATE'] })),
});

/**
 * A session that no server process hosts has nobody to wait for: both ways end it at once. Any other ends with its process,
 * which is asked to, unless its end is forced.
 */
export const terminateGameSession = operation(input, async ({ GameSessionId, TerminationMode }, call) => {
  const reference = readGameSessionArn(call.deployment, GameSessionId);
  if (reference === undefined) return noSuchGameSession(GameSessionId);

  const { requestToken } = call;
  const outcome = await terminateSession(call, sessionKeyOf(reference), {
    isForced: TerminationMode === 'FORCE_TERMINATE',
    reason: reasons[TerminationMode],
    requestToken,
  });
  switch (outcome.kind) {
    case 'ending':
    case 'ended':
      if (outcome.toTell !== undefined) await tellOwed(call, outcome.toTell);
      call.recentSearches.changed(outcome.session.fleetId, outcome.session.sessionKey);
      return answered({ GameSession: spellGameSession(call.deployment, outcome.session) });
    case 'ended-before':
      return refused('InvalidGameSessionStatusException', `Game session ${GameSessionId} has ended already.`);
    case 'not-found':
      return noSuchGameSession(GameSessionId);
  }
});
