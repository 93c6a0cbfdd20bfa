import { acceptPlayerSession } from './actions/accept-player-session.ts';
import { activateGameSession } from './actions/activate-game-session.ts';
import { activateServerProcess } from './actions/activate-server-process.ts';
import { describePlayerSessions } from './actions/describe-player-sessions.ts';
import { getComputeCertificate } from './actions/get-compute-certificate.ts';
import { getFleetRoleCredentials } from './actions/get-fleet-role-credentials.ts';
import { heartbeatServerProcess } from './actions/heartbeat-server-process.ts';
import { startMatchBackfill, stopMatchBackfill } from './actions/match-backfill.ts';
import { removePlayerSession } from './actions/remove-player-session.ts';
import { terminateServerProcess } from './actions/terminate-server-process.ts';
import { updatePlayerSessionCreationPolicy } from './actions/update-player-session-creation-policy.ts';
import type { ServerAction } from './request.ts';

/** All that a server process can ask for, by the name that it has in a message. */
export const serverActions = {
  ActivateServerProcess: activateServerProcess,
  HeartbeatServerProcess: heartbeatServerProcess,
  ActivateGameSession: activateGameSession,
  UpdatePlayerSessionCreationPolicy: updatePlayerSessionCreationPolicy,
  AcceptPlayerSession: acceptPlayerSession,
  RemovePlayerSession: removePlayerSession,
  DescribePlayerSessions: describePlayerSessions,
  StartMatchBackfill: startMatchBackfill,
  StopMatchBackfill: stopMatchBackfill,
  GetComputeCertificate: getComputeCertificate,
  GetFleetRoleCredentials: getFleetRoleCredentials,
  TerminateServerProcess: terminateServerProcess,
} as const satisfies Readonly<Record<string, ServerAction>>;

export type ServerActionName = keyof typeof serverActions;

export const isServerAction = (name: string): name is ServerActionName => Object.hasOwn(serverActions, name);
