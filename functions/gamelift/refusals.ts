import { mostPlayers, mostSessions } from '#lib/sessions/fleet-reading.ts';
import { maximumCapacity } from '#lib/sessions/open.ts';
import type { ReserveOutcome } from '#lib/sessions/reserve.ts';
import { type Refused, refused } from './operation.ts';

/** What this door says when the core refuses. */

export const noSuchGameSession = (gameSessionId: string): Refused =>
  refused(
    'NotFoundException',
    `Game session ${gameSessionId} was not found. A GameSessionId is the ARN that CreateGameSession returned.`,
  );

export const notActive = (gameSessionId: string, status: string): Refused =>
  refused(
    'InvalidGameSessionStatusException',
    `Game session ${gameSessionId} is ${status}. Only an ACTIVE game session takes players and updates.`,
  );

export const tooManySlots = (slots: number): Refused =>
  refused(
    'InvalidRequestException',
    `MaximumPlayerSessionCount must be at most ${maximumCapacity}, not ${slots}.`,
  );

export const noSuchFleet = (fleetId: string): Refused =>
  refused('NotFoundException', `Fleet ${fleetId} was not found.`);

export const noSuchAlias = (aliasId: string): Refused =>
  refused('NotFoundException', `Alias ${aliasId} was not found.`);

export const noSuchLocation = (name: string): Refused =>
  refused('NotFoundException', `Location ${name} was not found.`);

/** A location that exists, and is not one of the fleet's. */
export const notInFleet = (fleetId: string, locations: readonly string[]): Refused =>
  refused('NotFoundException', `Fleet ${fleetId} does not have ${locations.join(', ')}.`);

/** A location, or none, where one of the fleet's is needed. */
export const needsLocationOfFleet = (
  fleetId: string,
  locations: readonly string[],
  asked: string | undefined,
): Refused =>
  refused(
    'InvalidRequestException',
    locations.length === 0
      ? `Fleet ${fleetId} has no location for game sessions: CreateFleetLocations gives it one.`
      : `Location must be one of the fleet's, ${locations.join(', ')}, not ${asked ?? 'none'}.`,
  );

export const locationsNotCreated = (locations: readonly string[]): Refused =>
  refused(
    'InvalidRequestException',
    `Locations names ${locations.join(', ')}, which CreateLocation has not created.`,
  );

/** @param what what they are too many for */
export const tooManySessions = (fleetId: string, what: string): Refused =>
  refused(
    'InvalidRequestException',
    `Fleet ${fleetId} has more than ${mostSessions} live game sessions, or ${mostPlayers} players in them: too many to ${what}.`,
  );

/** So many callers change the same thing that this one did not get its turn. */
export const contended = (name: string): Refused =>
  refused('ThrottlingException', `Too many callers change ${name} at once. Try again.`);

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
      return notActive(gameSessionId, outcome.status);
    case 'denied':
      return refused(
        'InvalidGameSessionStatusException',
        `Game session ${gameSessionId} takes no new players: its PlayerSessionCreationPolicy is DENY_ALL.`,
      );
    case 'full':
      return refused(
        'GameSessionFullException',
        `Game session ${gameSessionId} has ${counted(outcome.free, 'open slot')} for ${counted(players, 'player')}.`,
      );
    case 'contended':
      return refused(
        'ThrottlingException',
        `Too many callers want the slots of ${gameSessionId}. Try again.`,
      );
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
