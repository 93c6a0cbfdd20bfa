import { hostedSessionKey } from '#functions/game-servers/hosted-session.ts';
import { noSuchGameSession, refuse } from '#functions/game-servers/refusals.ts';
import { action, answered } from '#functions/game-servers/request.ts';
import { gameSessionId } from '#functions/game-servers/shapes.ts';
import { activate } from '#lib/sessions/activate.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ GameSessionId: required(gameSessionId) });

/** The session that the process was told to start takes players from now on. */
export const activateGameSession = action(input, async ({ GameSessionId }, call) => {
  const sessionKey = hostedSessionKey(call, GameSessionId);
  if (sessionKey === undefined) return noSuchGameSession(GameSessionId);
  const { sk: processHash, computeName } = call.process;
  const outcome = await activate(call, sessionKey, { processHash, computeName });
  switch (outcome.kind) {
    case 'active':
      return answered();
    case 'too-late':
      return refuse(
        'notActive',
        `Game session ${GameSessionId} cannot be activated any more: it has ended, is ending, or its time for that is over.`,
      );
    case 'not-found':
      return noSuchGameSession(GameSessionId);
  }
});
