import type { ServerResponse } from './game-server-messages.ts';
import type { Members } from './game-server-requests.ts';
import { sdkVersions } from './game-server-socket.ts';
import { GameServerWire } from './game-server-wire.ts';

/**
 * The process of a game server as an official server SDK makes it speak: written from what the SDKs are known to say and to
 * expect, and not from this service. It does nothing by the clock; heartbeats are sent when the test says so. The calls that
 * are about a game session mean the one that the process was told to host, unless they say another.
 */
export class GameServer extends GameServerWire {
  /** ProcessReady. The process takes events once this has resolved. */
  processReady(told: { readonly port: number; readonly logPaths?: readonly string[] }) {
    const { sdk } = this.options;
    return this.request('ActivateServerProcess', {
      SdkVersion: sdkVersions[sdk],
      SdkLanguage: sdk,
      SdkToolName: undefined,
      SdkToolVersion: undefined,
      Port: told.port,
      LogPaths: told.logPaths ?? (sdk === 'Go' ? null : undefined),
    });
  }

  heartbeat(HealthStatus = true): Promise<ServerResponse> {
    return this.request('HeartbeatServerProcess', { HealthStatus });
  }

  activateGameSession(GameSessionId = this.gameSessionId): Promise<ServerResponse> {
    return this.request('ActivateGameSession', { GameSessionId });
  }

  updatePlayerSessionCreationPolicy(
    PlayerSessionPolicy: string,
    GameSessionId = this.gameSessionId,
  ): Promise<ServerResponse> {
    return this.request('UpdatePlayerSessionCreationPolicy', { GameSessionId, PlayerSessionPolicy });
  }

  acceptPlayerSession(PlayerSessionId: string, GameSessionId = this.gameSessionId): Promise<ServerResponse> {
    return this.request('AcceptPlayerSession', { GameSessionId, PlayerSessionId });
  }

  removePlayerSession(PlayerSessionId: string, GameSessionId = this.gameSessionId): Promise<ServerResponse> {
    return this.request('RemovePlayerSession', { GameSessionId, PlayerSessionId });
  }

  /** @param asked one of GameSessionId, PlayerSessionId and PlayerId, and what else there is to say */
  describePlayerSessions(asked: Members): Promise<ServerResponse> {
    return this.request('DescribePlayerSessions', {
      GameSessionId: undefined,
      PlayerSessionId: undefined,
      PlayerId: undefined,
      PlayerSessionStatusFilter: undefined,
      NextToken: undefined,
      Limit: this.options.sdk === 'CSharp' ? 50 : undefined,
      ...asked,
    });
  }

  startMatchBackfill(asked: Members): Promise<ServerResponse> {
    return this.request('StartMatchBackfill', {
      GameSessionArn: this.gameSessionId,
      TicketId: this.options.sdk === 'Go' ? '' : undefined,
      ...asked,
    });
  }

  stopMatchBackfill(asked: Members): Promise<ServerResponse> {
    return this.request('StopMatchBackfill', { GameSessionArn: this.gameSessionId, ...asked });
  }

  getComputeCertificate(): Promise<ServerResponse> {
    return this.request('GetComputeCertificate');
  }

  getFleetRoleCredentials(RoleArn: string, RoleSessionName?: string): Promise<ServerResponse> {
    const { fleetId, computeName } = this.options;
    const name = RoleSessionName ?? `${fleetId}-${computeName}`.slice(0, 64);
    return this.request('GetFleetRoleCredentials', { RoleArn, RoleSessionName: name });
  }

  /** ProcessEnding. Once it is answered with 200, a connection that is lost is not made again. */
  processEnding(): Promise<ServerResponse> {
    return this.request('TerminateServerProcess');
  }
}
