import { GameLiftClient } from '@aws-sdk/client-gamelift';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { localAccessKey, region } from '#infra/local/account.ts';
import { gatewayEvent } from '#infra/local/gateway-event.ts';
import { stubHandler } from './aws-stub.ts';

/** What a caller sends. */
export type SignedCall = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Where calls go that nobody sends. */
export const localUrl = 'http://127.0.0.1:4800';

const credentials = { accessKeyId: localAccessKey.id, secretAccessKey: localAccessKey.secret };

/** The SDK's own calls, made and not sent. They are good for five minutes. */
export async function sign(
  endpoint: string,
  make: (client: GameLiftClient) => Promise<unknown>,
): Promise<readonly SignedCall[]> {
  const signed: SignedCall[] = [];
  const requestHandler = stubHandler(({ headers, body }) => {
    signed.push({ headers, body: new TextDecoder().decode(body) });
  });
  await make(new GameLiftClient({ endpoint, region, credentials, requestHandler }));
  return signed;
}

/** Calls as the gateway hands them to the function. */
export const asEvents = (calls: readonly SignedCall[]): readonly APIGatewayProxyEventV2[] =>
  calls.map(({ headers, body }) =>
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
