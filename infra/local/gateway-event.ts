import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { accountId } from './account.ts';
import type { RouteMatch } from './routes.ts';

/** An HTTP request as it came in. */
export type GatewayRequest = {
  readonly method: string;
  /** The path as it was sent, percent-encoded. */
  readonly path: string;
  /** What followed the question mark, as it was sent. */
  readonly query: string;
  /** Names and values by turns, in the order and the spelling of the request. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly port: number;
  /** Whether it came over TLS. */
  readonly isSecure?: boolean;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

/** What the API is called locally, where no domain leads to it. */
export const apiId = 'local';
export const domainName = 'localhost';

/** These are between the caller and the gateway, which does not pass them on. */
export const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The event that an HTTP API hands to a function, payload format version 2.0. */
export function gatewayEvent(request: GatewayRequest, match: RouteMatch): APIGatewayProxyEventV2 {
  const { headers, cookies } = readHeaders(request);
  const path = decodeURIComponent(request.path);
  const isText = /^(text\/|application\/json\b)/i.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: match.routeKey,
    rawPath: path,
    rawQueryString: request.query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(request.query !== '' && { queryStringParameters: readQuery(request.query) }),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: domainName,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: newGatewayId(),
      routeKey: match.routeKey,
      stage: '$default',
      time: commonLogTime(request.receivedAt),
      timeEpoch: request.receivedAt,
    },
    ...(Object.keys(match.pathParameters).length > 0 && { pathParameters: { ...match.pathParameters } }),
    ...(request.body.length > 0 && { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

function readHeaders(request: GatewayRequest) {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(';').map((cookie) => cookie.trim()));
    else if (!hopByHop.has(name)) headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  headers['x-amzn-trace-id'] ??= newTraceId(request.receivedAt);
  headers['x-forwarded-for'] = appended(headers['x-forwarded-for'], request.sourceIp);
  headers['x-forwarded-port'] = String(request.port);
  headers['x-forwarded-proto'] = request.isSecure ? 'https' : 'http';
  return { headers, cookies };
}

export function appended(list: string | undefined, entry: string): string {
  return list === undefined ? entry : `${list}, ${entry}`;
}

function readQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

/**
 * An id of a request, a message or a connection. Eleven bytes make fifteen characters, and the gateway's end in an equals
 * sign.
 */
export function newGatewayId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}

export function newTraceId(receivedAt: number): string {
  const seconds = Math.floor(receivedAt / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

/** `12/Mar/2020:19:03:58 +0000` */
export function commonLogTime(epochMs: number): string {
  // From `Thu, 12 Mar 2020 19:03:58 GMT`.
  const [, day, month, year, time] = new Date(epochMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
