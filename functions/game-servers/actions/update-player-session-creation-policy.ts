import { hostedSessionKey } from '#functions/game-servers/hosted-session.ts';
import { contended, noSuchGameSession, refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { requestMark } from '#functions/game-servers/request-mark.ts';
import { gameSessionId } from '#functions/game-servers/shapes.ts';
import { rememberPolicyRequest } from '#lib/servers/policy-requests.ts';
import { update } from '#lib/sessions/update.ts';
import { required, string, structure } from '#lib/wire/shapes.ts';

const input = structure({
  GameSessionId: required(gameSessionId),
  PlayerSessionPolicy: required(string({ values: ['ACCEPT_ALL', 'DENY_ALL'] })),
});

/**
 * Whether the session takes new players. A request that comes again does nothing, since another one may have changed it
 * since. Where the function dies before it has noted the request, a retry carries it out once more.
 */
export const updatePlayerSessionCreationPolicy = action(
  input,
  async ({ GameSessionId, PlayerSessionPolicy }, call) => {
    const request = requestMark(call);
    const sessionKey = hostedSessionKey(call, GameSessionId);
    if (sessionKey === undefined) return noSuchGameSession(GameSessionId);
    if (request !== undefined && call.process.policyRequests?.includes(request)) return answered();

    const outcome = await update(call, sessionKey, { takesPlayers: PlayerSessionPolicy === 'ACCEPT_ALL' });
    switch (outcome.kind) {
      case 'updated':
        if (request !== undefined) await rememberPolicyRequest(call.table, call.address, request);
        return answered();
      case 'not-found':
        return noSuchGameSession(GameSessionId);
      case 'not-active':
        return refuse('notActive', `Game session ${GameSessionId} is ${outcome.status}, and not ACTIVE.`);
      case 'contended':
        return contended;
      case 'below-held':
      case 'too-many-properties':
        throw new Error(`A policy was refused as ${outcome.kind}, which no policy can be`);
    }
  },
);
