import { largestMessage } from '#functions/connections.ts';
import { type Deployment, gameSessionId } from '#functions/identifiers.ts';
import type { GameSession } from '#lib/sessions/game-session.ts';

/**
 * What server processes are told, as the server SDKs 5.x read it: one JSON object a message, without a RequestId. Names are
 * spelled exactly so, since the SDK for C++ compares them to the letter. Members that do not apply are left out.
 */

/** The process is to start the game for this session. */
export const createGameSessionEvent = (deployment: Deployment, session: GameSession): string =>
  JSON.stringify({
    Action: 'CreateGameSession',
    GameSessionName: session.name,
    ...whatItHosts(deployment, session),
  });

/** The session has been described anew. Nobody matches players here, so there is no reason of a matchmaker's. */
export const updateGameSessionEvent = (deployment: Deployment, session: GameSession): string =>
  JSON.stringify({
    Action: 'UpdateGameSession',
    GameSession: {
      Name: session.name,
      FleetId: session.fleetId,
      ...whatItHosts(deployment, session),
      Location: session.location,
      Status: session.status,
      StatusReason: session.endReason,
    },
  });

/** The process is to end itself until then, epoch milliseconds. */
export const terminateProcessEvent = (terminationTime: number): string =>
  JSON.stringify({ Action: 'TerminateProcess', TerminationTime: terminationTime });

/** The process is to connect anew, with this token. */
export const refreshConnectionEvent = (endpoint: string, token: string): string =>
  JSON.stringify({ Action: 'RefreshConnection', RefreshConnectionEndpoint: endpoint, AuthToken: token });

const whatItHosts = (deployment: Deployment, session: GameSession) => ({
  GameSessionId: gameSessionId(deployment, session),
  GameSessionData: session.data,
  IpAddress: session.host?.ipAddress,
  DnsName: session.host?.dnsName,
  Port: session.host?.port,
  MaximumPlayerSessionCount: session.capacity,
  // An object here, where the GameLift API has a list.
  GameProperties: Object.fromEntries((session.properties ?? []).map(({ key, value }) => [key, value])),
});

/**
 * Bytes of an event that are left for all but the game session data: a name and properties of the greatest length, each
 * character escaped, ids, an address, and the names of the members.
 */
const roomForTheRest = 22_000;

/** The most bytes that the game session data of a hosted session may take as a string of JSON, without its quotes. */
export const largestHostedData = largestMessage - roomForTheRest;

/** How many bytes game session data takes in an event. */
export const hostedDataBytes = (data: string): number => Buffer.byteLength(JSON.stringify(data)) - 2;
