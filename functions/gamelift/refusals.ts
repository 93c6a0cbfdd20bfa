import type { ReserveOutcome } from '#lib/sessions/reserve.ts';
import { type Refused, refused } from './operation.ts';

/** What this door says when the core refuses. */

export const noSuchGameSession = (gameSessionId: string): Refused =>
  refused(
    'NotFoundException',
    `Game session ${gameSessionId} was not found. A GameSessionId is the ARN that CreateGameSession returned.`,
  );

export const noSuchFleet = (fleetId: string): Refused =>
  refused('NotFoundException', `Fleet ${fleetId} was not found.`);

/** Every alias is unknown: there are none. */
export const noSuchAlias = (aliasId: string): Refused =>
  refused('NotFoundException', `Alias ${aliasId} was not found.`);

export const noSuchPlayerSession = (playerSessionId: string): Refused =>
  refused('NotFoundException', `Player session ${playerSessionId} was not found.`);

export const badPageToken: Refused = refused(
  'InvalidRequestException',
  'NextToken is not one that this list has returned to you. Leave it out to start from the beginning.',
);

/** Why players cannot come in. Full, not found, the wrong status and too busy are told apart. */
export function cannotReserve(
  outcome: Exclude<ReserveOutcome, { readonly kind: 'reserved' }>,
  gameSessionId: string,
  players: number,
): Refused {
  switch (outcome.kind) {
    case 'not-found':
      return noSuchGameSession(gameSessionId);
    case 'not-active':
      return refused(
        'InvalidGameSessionStatusException',
        `Game session ${gameSessionId} is ${outcome.status}. Only an ACTIVE game session takes players.`,
      );
    case 'denied':
      return refused(
        'InvalidGameSessionStatusException',
        `Game session ${gameSessionId} takes no new players: its PlayerSessionCreationPolicy is DENY_ALL.`,
      );
    case 'full':
      return refused(
        'GameSessionFullException',
        `Game session ${gameSessionId} has ${outcome.free} open slots for ${players} players.`,
      );
    case 'contended':
      return refused(
        'ThrottlingException',
        `Too many callers want the slots of ${gameSessionId}. Try again.`,
      );
  }
}
