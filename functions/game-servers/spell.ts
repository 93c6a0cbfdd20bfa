import { type Deployment, fleetIdIn, gameSessionArn, playerSessionId } from '#functions/identifiers.ts';
import type { PlayerSession } from '#lib/sessions/player-session.ts';
import type { Members } from './request.ts';

/** A player session as the server SDKs read it: times in epoch milliseconds, where the API has seconds. */
export const spellPlayerSession = (deployment: Deployment, player: PlayerSession): Members => ({
  PlayerId: player.playerId,
  PlayerSessionId: playerSessionId(player),
  GameSessionId: gameSessionArn(deployment, player.sessionReference),
  FleetId: fleetIdIn(player.sessionReference),
  PlayerData: player.playerData,
  IpAddress: player.host?.ipAddress,
  DnsName: player.host?.dnsName,
  Port: player.host?.port,
  CreationTime: player.createdAt,
  TerminationTime: player.endedAt,
  Status: player.status,
});
