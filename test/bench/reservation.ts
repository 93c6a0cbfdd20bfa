import { randomBytes, randomUUID } from 'node:crypto';
import { CreatePlayerSessionCommand, GameLiftClient } from '@aws-sdk/client-gamelift';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { gameSessionArn, gameSessionReference } from '#functions/gamelift/identifiers.ts';
import { accountId, localAccessKey, region } from '#infra/local/account.ts';
import { gatewayEvent } from '#infra/local/gateway-event.ts';
import { sessionKeyOf } from '#lib/sessions/ids.ts';
import { openSession } from '#lib/sessions/open.ts';
import type { Table } from '#lib/table/client.ts';
import { stubHandler } from './aws-stub.ts';
import type { BareReservation } from './bare-writes.ts';

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

/** What a caller sends to reserve a slot. */
export type SignedCall = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** The SDK's own CreatePlayerSession calls, one for each session, made and not sent. They are good for five minutes. */
export async function signCalls(
  endpoint: string,
  sessions: readonly Session[],
): Promise<readonly SignedCall[]> {
  const signed: SignedCall[] = [];
  const requestHandler = stubHandler(({ headers, body }) => {
    signed.push({ headers, body: new TextDecoder().decode(body) });
  });
  const client = new GameLiftClient({ endpoint, region, credentials, requestHandler });
  for (const { gameSessionId } of sessions) {
    const input = { GameSessionId: gameSessionId, PlayerId: randomUUID() };
    await client.send(new CreatePlayerSessionCommand(input));
  }
  return signed;
}

const credentials = { accessKeyId: localAccessKey.id, secretAccessKey: localAccessKey.secret };

/** The same calls as the gateway hands them to the function. */
export async function signedEvents(sessions: readonly Session[]): Promise<readonly APIGatewayProxyEventV2[]> {
  const calls = await signCalls('http://127.0.0.1:4800', sessions);
  return calls.map(({ headers, body }) =>
    gatewayEvent(
      {
        method: 'POST',
        path: '/',
        query: '',
        rawHeaders: Object.entries(headers).flat(),
        body: Buffer.from(body),
        sourceIp: '127.0.0.1',
        port: 4800,
        receivedAt: Date.now(),
      },
      {
        route: { method: 'POST', path: '/', functionId: 'GameLift' },
        routeKey: 'POST /',
        pathParameters: {},
      },
    ),
  );
}

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
