import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RouteKey } from '#functions/game-sessions/paths.ts';
import { gatewayEvent } from '#infra/local/gateway-event.ts';

/** A call of the GameSession API. */
export type RosterCall = {
  readonly routeKey: RouteKey;
  /** The variables of the path. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly token: string;
  readonly body?: unknown;
};

/** The call as the gateway hands it to the function. */
export function rosterEvent(call: RosterCall): APIGatewayProxyEventV2 {
  const { routeKey, path: pathParameters = {}, query = '', token, body } = call;
  const [method = '', template = ''] = routeKey.split(' ');
  return gatewayEvent(
    {
      method,
      path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathParameters[name] ?? ''),
      query,
      rawHeaders: ['authorization', `Bearer ${token}`, 'content-type', 'application/json'],
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
      sourceIp: '127.0.0.1',
      port: 4800,
      receivedAt: Date.now(),
    },
    { route: { method, path: template, functionId: 'GameSessions' }, routeKey, pathParameters },
  );
}
