import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import {
  apiId,
  appended,
  commonLogTime,
  domainName,
  hopByHop,
  newGatewayId,
  newTraceId,
} from './gateway-event.ts';

/** A request for a WebSocket as it came in. */
export type UpgradeRequest = {
  /** What followed the question mark, as it was sent. */
  readonly query: string;
  /** Names and values by turns, in the order and the spelling of the request. */
  readonly rawHeaders: readonly string[];
  readonly port: number;
  readonly isSecure: boolean;
};

/** What is known of a connection from its beginning on. */
export type ConnectionFacts = {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  readonly stage: string;
  readonly identity: { readonly sourceIp: string; readonly userAgent?: string };
};

/**
 * What a WebSocket API hands to a function. Beyond the published types it has who is connected and, where a connection comes or
 * goes, headers; such an event has no id of a message.
 */
export type WebSocketEvent = APIGatewayProxyWebsocketEventV2WithRequestContext<
  Omit<APIGatewayEventWebsocketRequestContextV2, 'messageId'> & {
    readonly messageId?: string;
    readonly identity: ConnectionFacts['identity'];
    readonly disconnectStatusCode?: number;
    readonly disconnectReason?: string;
  }
> & {
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>;
};

/** How a connection ended: 1006 is a close that nobody announced. */
export type ConnectionEnd = { readonly code: number; readonly reason: string };

/** Somebody asks to be connected. */
export function connectEvent(connection: ConnectionFacts, request: UpgradeRequest): WebSocketEvent {
  const { connectedAt } = connection;
  const multiValueHeaders = readHeaders(connection, request);
  const parameters = listed(new URLSearchParams(request.query));
  return {
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    ...(Object.keys(parameters).length > 0 && {
      queryStringParameters: lastOfEach(parameters),
      multiValueQueryStringParameters: parameters,
    }),
    requestContext: context(connection, '$connect', 'CONNECT', connectedAt),
    isBase64Encoded: false,
  };
}

/** A message has come on the connection at `now`, epoch milliseconds. */
export function messageEvent(
  connection: ConnectionFacts,
  { routeKey, body, now }: { readonly routeKey: string; readonly body: string; readonly now: number },
) {
  return {
    requestContext: {
      ...context(connection, routeKey, 'MESSAGE', now),
      messageId: newGatewayId(),
    },
    body,
    isBase64Encoded: false,
  } satisfies WebSocketEvent;
}

/** The connection has ended at `now`, epoch milliseconds. */
export function disconnectEvent(
  connection: ConnectionFacts,
  { code, reason }: ConnectionEnd,
  now: number,
): WebSocketEvent {
  const headers = {
    Host: domainName,
    'x-api-key': '',
    'X-Forwarded-For': connection.identity.sourceIp,
    'x-restapi': '',
  };
  return {
    headers,
    multiValueHeaders: listed(Object.entries(headers)),
    requestContext: {
      ...context(connection, '$disconnect', 'DISCONNECT', now),
      disconnectStatusCode: code,
      disconnectReason: reason,
    },
    isBase64Encoded: false,
  };
}

function context(
  { id, connectedAt, stage, identity }: ConnectionFacts,
  routeKey: string,
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT',
  now: number,
) {
  const requestId = newGatewayId();
  return {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt,
    requestTimeEpoch: now,
    identity,
    requestId,
    domainName,
    connectionId: id,
    apiId,
  } as const;
}

/** Unlike an HTTP API's, these keep the spelling of their names. */
function readHeaders({ identity, connectedAt }: ConnectionFacts, request: UpgradeRequest) {
  const { rawHeaders, port, isSecure } = request;
  const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 && !hopByHop.has(name.toLowerCase()) ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
  const sent = (name: string) => pairs.find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  const own: Readonly<Record<string, string>> = {
    'X-Amzn-Trace-Id': sent('X-Amzn-Trace-Id') ?? newTraceId(connectedAt),
    'X-Forwarded-For': appended(sent('X-Forwarded-For'), identity.sourceIp),
    'X-Forwarded-Port': String(port),
    'X-Forwarded-Proto': isSecure ? 'https' : 'http',
  };
  const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  return listed([...pairs.filter(([name]) => !names.has(name.toLowerCase())), ...Object.entries(own)]);
}

/** All values of each name, in their order. */
function listed(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const lists = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...lists].map(([name, list]) => [name, list.map(([, value]) => value)]));
}

function lastOfEach(lists: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? '']));
}
