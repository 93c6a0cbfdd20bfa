import { readGameSessionArn } from '#functions/identifiers.ts';
import { findGameSession } from '#lib/sessions/find.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import type { Call } from './operation.ts';

/** The game session that a caller names by its ARN: one query. Undefined where this deployment has no such session. */
export async function findNamedGameSession(
  call: Call,
  gameSessionId: string,
): Promise<GameSession | undefined> {
  const reference = readGameSessionArn(call.deployment, gameSessionId);
  return reference === undefined ? undefined : findGameSession(call.table, sessionKeyOf(reference), call.now);
}
