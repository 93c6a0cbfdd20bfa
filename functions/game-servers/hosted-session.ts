import { readGameSessionArn } from '#functions/identifiers.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import type { ServerCall } from './request.ts';

/** The key of the session that a request is about, where that is the one that its process hosts. */
export function hostedSessionKey(
  { deployment, process }: ServerCall,
  gameSessionId: string,
): string | undefined {
  const reference = readGameSessionArn(deployment, gameSessionId);
  const sessionKey = reference === undefined ? undefined : sessionKeyOf(reference);
  return sessionKey === process.sessionKey ? sessionKey : undefined;
}
