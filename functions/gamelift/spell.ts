import type { GameSession } from '#lib/sessions/game-session.ts';
import type { PlayerSession } from '#lib/sessions/player-session.ts';
import type { Alias } from '#lib/table/alias-items.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
import type { Output } from '#lib/wire/output.ts';
import {
  aliasArn,
  type Deployment,
  fleetArn,
  fleetIdIn,
  gameSessionArn,
  gameSessionId,
  locationArn,
  playerSessionId,
} from './identifiers.ts';

/** How GameLift spells what the core knows. Members that do not apply are left out. */

export function spellGameSession(deployment: Deployment, session: GameSession): Output {
  const { fleetId, location = '' } = session;
  return {
    GameSessionId: gameSessionId(deployment, session),
    Name: session.name,
    FleetId: fleetId,
    FleetArn: fleetArn(deployment, fleetId),
    CreationTime: new Date(session.createdAt),
    TerminationTime: time(session.endedAt),
    CurrentPlayerSessionCount: session.heldSlots,
    MaximumPlayerSessionCount: session.capacity,
    Status: session.status,
    StatusReason: session.endReason,
    GameProperties: session.properties?.map(({ key, value }) => ({ Key: key, Value: value })),
    PlayerSessionCreationPolicy: session.takesPlayers ? 'ACCEPT_ALL' : 'DENY_ALL',
    CreatorId: session.creatorId,
    GameSessionData: session.data,
    Location: location,
  };
}

export function spellPlayerSession(deployment: Deployment, player: PlayerSession): Output {
  const fleetId = fleetIdIn(player.sessionReference);
  return {
    PlayerSessionId: playerSessionId(player),
    PlayerId: player.playerId,
    GameSessionId: gameSessionArn(deployment, player.sessionReference),
    FleetId: fleetId,
    FleetArn: fleetArn(deployment, fleetId),
    CreationTime: new Date(player.createdAt),
    TerminationTime: time(player.endedAt),
    Status: player.status,
    PlayerData: player.playerData,
  };
}

export const spellFleet = (deployment: Deployment, fleet: Fleet): Output => ({
  FleetId: fleet.fleetId,
  FleetArn: fleetArn(deployment, fleet.fleetId),
  Name: fleet.name,
  Description: fleet.description,
  CreationTime: new Date(fleet.createdAt),
  Status: 'ACTIVE',
  NewGameSessionProtectionPolicy: fleet.protectionPolicy,
  ResourceCreationLimitPolicy: fleet.creationLimit && {
    NewGameSessionsPerCreator: fleet.creationLimit.sessions,
    PolicyPeriodInMinutes: fleet.creationLimit.minutes,
  },
  MetricGroups: fleet.metricGroups,
  ComputeType: 'ANYWHERE',
  AnywhereConfiguration: fleet.cost === undefined ? undefined : { Cost: fleet.cost },
});

/** A location of a fleet, which has no servers to start or to stop there: it comes and goes at once. */
export const spellLocationState = (name: string, status: 'ACTIVE' | 'TERMINATED'): Output => ({
  Location: name,
  Status: status,
});

export const spellLocation = (deployment: Deployment, name: string): Output => ({
  LocationName: name,
  LocationArn: locationArn(deployment, name),
});

export const spellAlias = (deployment: Deployment, alias: Alias): Output => ({
  AliasId: alias.aliasId,
  Name: alias.name,
  AliasArn: aliasArn(deployment, alias.aliasId),
  Description: alias.description,
  RoutingStrategy:
    alias.routing.type === 'SIMPLE'
      ? { Type: alias.routing.type, FleetId: alias.routing.fleetId }
      : { Type: alias.routing.type, Message: alias.routing.message },
  CreationTime: new Date(alias.createdAt),
  LastUpdatedTime: new Date(alias.updatedAt),
});

const time = (milliseconds: number | undefined): Date | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds);
