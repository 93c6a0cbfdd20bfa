import { randomBytes, randomUUID } from 'node:crypto';
import { CreatePlayerSessionCommand } from '@aws-sdk/client-gamelift';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { gameSessionArn, gameSessionReference } from '#functions/identifiers.ts';
import { accountId, region } from '#infra/local/account.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession } from '#lib/sessions/open.ts';
import type { Table } from '#lib/table/client.ts';
import type { BareReservation } from './bare-writes.ts';
import { asEvents, localUrl, type SignedCall, sign } from './signed-calls.ts';

/** The reservation that all measurements make: one player with a UUID, no player data, names as long as GameLift's. */

export const deployment = { region, accountId };
const fleetId = 'fleet-2222bbbb-33cc-44dd-55ee-6666ffff77aa';
const location = 'custom-local';

/** A game session as both sides name it. */
export type Session = {
  readonly gameSessionId: string;
  readonly sessionKey: string;
  readonly sessionReference: string;
};

/** A session that nobody has opened. */
export function nameSession(id: string = `gsess-${randomUUID()}`): Session {
  const sessionReference = gameSessionReference({ fleetId, location, id });
  return {
    gameSessionId: gameSessionArn(deployment, sessionReference),
    sessionKey: sessionKeyOf(sessionReference),
    sessionReference,
  };
}

/** Opens sessions of `capacity` slots. */
export async function openSessions(
  table: Table,
  count: number,
  capacity: number,
): Promise<readonly Session[]> {
  const sessions: Session[] = [];
  for (let opened = 0; opened < count; opened++) {
    const id = `gsess-${randomUUID()}`;
    const session = nameSession(id);
    await openSession({ table, now: Date.now() }, session.sessionKey, { fleetId, location, id, capacity });
    sessions.push(session);
  }
  return sessions;
}

/** The SDK's own CreatePlayerSession calls, one for each session. */
export const signCalls = (endpoint: string, sessions: readonly Session[]): Promise<readonly SignedCall[]> =>
  sign(endpoint, async (client) => {
    for (const { gameSessionId } of sessions) {
      const input = { GameSessionId: gameSessionId, PlayerId: randomUUID() };
      await client.send(new CreatePlayerSessionCommand(input));
    }
  });

/** The same calls as the gateway hands them to the function. */
export const signedEvents = async (
  sessions: readonly Session[],
): Promise<readonly APIGatewayProxyEventV2[]> => asEvents(await signCalls(localUrl, sessions));

/** The same reservation for the bare SDK. */
export const bareReservation = ({
  sessionKey,
  sessionReference,
}: Pick<Session, 'sessionKey' | 'sessionReference'>): BareReservation => ({
  sessionKey,
  sessionReference,
  token: randomBytes(6).toString('hex').slice(0, 11),
  playerId: randomUUID(),
  playerHash: randomBytes(8).toString('hex'),
  now: Date.now(),
});
