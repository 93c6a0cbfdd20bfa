import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { SignedRequest } from '#lib/auth/sigv4.ts';
import type { Encoded } from '#lib/wire/spelling.ts';

/** A request as the gateway hands it over, before anything in it is believed, its signature included. */
export type HttpRequest = SignedRequest;

export function readHttp(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: Object.fromEntries(
      Object.entries(event.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** The answer as the gateway takes it, which has bytes travel as Base64. */
export function answerHttp(
  { status, body }: Encoded,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyStructuredResultV2 {
  const answer = { statusCode: status, headers: { ...headers } };
  return typeof body === 'string'
    ? { ...answer, body }
    : { ...answer, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
}
