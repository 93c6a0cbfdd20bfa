import type { GameSession } from '#lib/sessions/game-session.ts';
import type { PlayerSession } from '#lib/sessions/player-session.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
import type { Output } from '#lib/wire/output.ts';
import {
  type Deployment,
  fleetArn,
  gameSessionArn,
  gameSessionReference,
  playerSessionId,
} from './identifiers.ts';

/** How GameLift spells what the core knows. Members that do not apply are left out. */

export function spellGameSession(deployment: Deployment, session: GameSession): Output {
  const { fleetId, location = '', id } = session;
  return {
    GameSessionId: gameSessionArn(deployment, gameSessionReference({ fleetId, location, id })),
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
  const [fleetId = ''] = player.sessionReference.split('/');
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
  MetricGroups: fleet.metricGroups,
  ComputeType: 'ANYWHERE',
  AnywhereConfiguration: fleet.cost === undefined ? undefined : { Cost: fleet.cost },
});

const time = (milliseconds: number | undefined): Date | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds);
