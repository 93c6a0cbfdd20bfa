import { findNamedGameSession } from '#functions/gamelift/find-game-session.ts';
import { operation, refused } from '#functions/gamelift/operation.ts';
import { noSuchGameSession } from '#functions/gamelift/refusals.ts';
import { arnString } from '#functions/gamelift/shapes.ts';
import { required, structure } from '#lib/wire/shapes.ts';

const input = structure({ GameSessionId: required(arnString) });

/** GameLift keeps the logs of the servers that it runs. Those of an Anywhere fleet write theirs where they run. */
export const getGameSessionLogUrl = operation(input, async ({ GameSessionId }, call) => {
  const session = await findNamedGameSession(call, GameSessionId);
  if (session === undefined) return noSuchGameSession(GameSessionId);
  return refused(
    'InvalidRequestException',
    `Game session ${GameSessionId} is on an Anywhere fleet, whose game servers keep their own logs.`,
  );
});
