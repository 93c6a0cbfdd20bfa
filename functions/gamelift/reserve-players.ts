import { type Reservation, reserve } from '#lib/sessions/reserve.ts';
import type { Output } from '#lib/wire/output.ts';
import { addressOf, gameSessionReference, readGameSessionArn } from './identifiers.ts';
import type { Call, Refused } from './operation.ts';
import { cannotReserve, noSuchGameSession } from './refusals.ts';
import { spellPlayerSession } from './spell.ts';

type Reserved = { readonly kind: 'reserved'; readonly playerSessions: readonly Output[] };

/** Reserves slots for one player or for a group, all or none, in the order asked for. */
export async function reservePlayers(
  call: Call,
  gameSessionId: string,
  players: Reservation['players'],
): Promise<Reserved | Refused> {
  const name = readGameSessionArn(call.deployment, gameSessionId);
  if (name === undefined) return noSuchGameSession(gameSessionId);

  const outcome = await reserve(call, {
    ...addressOf(name),
    sessionReference: gameSessionReference(name),
    players,
    requestToken: call.requestToken,
    mayBeRetry: call.mayBeRetry,
  });
  if (outcome.kind !== 'reserved') return cannotReserve(outcome, gameSessionId, players.length);
  return {
    kind: 'reserved',
    playerSessions: outcome.players.map((player) => spellPlayerSession(call.deployment, player)),
  };
}
