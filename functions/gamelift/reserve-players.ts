import { fleetIdIn, readGameSessionArn } from '#functions/identifiers.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { type Reservation, reserve } from '#lib/sessions/reserve.ts';
import type { Output } from '#lib/wire/output.ts';
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
  const reference = readGameSessionArn(call.deployment, gameSessionId);
  if (reference === undefined) return noSuchGameSession(gameSessionId);

  const sessionKey = sessionKeyOf(reference);
  const outcome = await reserve(call, {
    sessionKey,
    sessionReference: reference,
    players,
    requestToken: call.requestToken,
    mayBeRetry: call.mayBeRetry,
  });
  if (outcome.kind !== 'reserved') {
    await call.meter({ ReservationsRefused: 1 }, { reason: outcome.kind });
    return cannotReserve(outcome, gameSessionId, players.length);
  }
  call.recentSearches.joined(fleetIdIn(reference), sessionKey);
  return {
    kind: 'reserved',
    playerSessions: outcome.players.map((player) => spellPlayerSession(call.deployment, player)),
  };
}
