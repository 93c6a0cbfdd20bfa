import {
  aliasArn,
  computeArn,
  type Deployment,
  fleetArn,
  fleetIdIn,
  gameSessionArn,
  gameSessionId,
  locationArn,
  playerSessionId,
} from '#functions/identifiers.ts';
import { activationSecondsOf } from '#lib/fleets/activation-time.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';
import type { PlayerSession } from '#lib/sessions/player-session.ts';
import type { Alias } from '#lib/table/alias-items.ts';
import type { Compute } from '#lib/table/compute-items.ts';
import type { Fleet } from '#lib/table/fleet-items.ts';
import type { Host } from '#lib/table/session-item.ts';
import type { Output } from '#lib/wire/output.ts';
import type { Call } from './operation.ts';

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
    ComputeName: session.host?.computeName,
    ...spellHost(session.host),
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
    ...spellHost(player.host),
  };
}

/** Where players reach a session; nothing for one that no server process hosts. */
const spellHost = (host: Host | undefined): Output => ({
  IpAddress: host?.ipAddress,
  DnsName: host?.dnsName,
  Port: host?.port,
});

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

/** How the server processes of a fleet are run, as far as Openslot has a say in it. */
export const spellRuntimeConfiguration = (fleet: Fleet): Output => ({
  GameSessionActivationTimeoutSeconds: activationSecondsOf(fleet),
});

/** A compute that is registered is ACTIVE. Its tokens are told by GetComputeAuthToken alone. */
export const spellCompute = (
  { deployment, gameServerEndpoint }: Pick<Call, 'deployment' | 'gameServerEndpoint'>,
  compute: Compute,
): Output => ({
  FleetId: compute.fleetId,
  FleetArn: fleetArn(deployment, compute.fleetId),
  ComputeName: compute.name,
  ComputeArn: computeArn(deployment, compute.name),
  IpAddress: compute.ipAddress,
  DnsName: compute.dnsName,
  ComputeStatus: 'ACTIVE',
  Location: compute.location,
  CreationTime: new Date(compute.createdAt),
  GameLiftServiceSdkEndpoint: gameServerEndpoint,
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
