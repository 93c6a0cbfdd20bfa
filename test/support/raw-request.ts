import { sign } from 'aws4';
import { awsJson } from '#lib/wire/aws-json.ts';
import { cborProtocol, rpcV2Cbor } from '#lib/wire/cbor.ts';
import { plainJson } from '#lib/wire/plain-json.ts';
import { credentials, deployment, type Service } from './service.ts';

/** One HTTP request to the GameLift door, as it goes over the wire. */
export type RawRequest<Body extends string | Buffer = string | Buffer> = {
  /** Path and query: `/` unless it says otherwise. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
};

export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, for a spelling that is no text. */
  readonly bytes: Buffer;
};

/** A call in AWS JSON as a client without a signature makes it. The body is sent as it is. */
export const unsigned = <Body extends string | Buffer>(operation: string, body: Body): RawRequest<Body> => ({
  headers: { 'content-type': awsJson.contentType, 'x-amz-target': `GameLift.${operation}` },
  body,
});

/** The same in CBOR. */
export const unsignedCbor = (operation: string, body: Buffer): RawRequest<Buffer> => ({
  path: `/service/GameLift/operation/${operation}`,
  headers: { 'content-type': rpcV2Cbor.contentType, [cborProtocol.header]: cborProtocol.name },
  body,
});

/** The same in plain JSON, with the operation in the query. */
export const unsignedPlainJson = <Body extends string | Buffer>(
  operation: string,
  body: Body,
): RawRequest<Body> => ({
  path: `/?X-Amz-Target=GameLift.${operation}`,
  headers: { 'content-type': plainJson.contentType },
  body,
});

/** The call with a signature of its own making: no AWS SDK is involved, so that nothing is put right on the way. */
export function signed<Body extends string | Buffer>(
  { url, clock }: Pick<Service, 'url' | 'clock'>,
  request: RawRequest<Body>,
  {
    accessKeyId = credentials.accessKeyId,
    secretAccessKey = credentials.secretAccessKey,
    at = clock.now(),
    service = 'gamelift',
  } = {},
): RawRequest<Body> {
  const { headers } = sign(
    {
      host: new URL(url).host,
      method: 'POST',
      path: request.path ?? '/',
      headers: { ...request.headers, 'X-Amz-Date': new Date(at).toISOString().replace(/[-:]|\.\d+/g, '') },
      body: request.body,
      service,
      region: deployment.region,
      doNotModifyHeaders: false,
    },
    { accessKeyId, secretAccessKey },
  );
  // The HTTP client writes these two itself, as they were signed.
  const { Host: _, 'Content-Length': __, ...others } = headers;
  return { ...request, headers: others };
}

/** Sends a request as it is. */
export async function sendRaw(
  url: string,
  { path = '', headers, body }: RawRequest,
  method = 'POST',
): Promise<RawAnswer> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers,
    body: method === 'GET' ? null : Buffer.from(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: bytes.toString(),
    bytes,
  };
}

/** Hands a request to the gateway without HTTP in between, which takes a fraction of the time. */
export async function handOver(
  { url, clock, answer }: Pick<Service, 'url' | 'clock' | 'answer'>,
  { path = '/', headers, body }: RawRequest,
): Promise<RawAnswer> {
  const answered = await answer({
    method: 'POST',
    path: path.replace(/\?.*/, ''),
    query: path.split('?')[1] ?? '',
    rawHeaders: [
      ...Object.entries(headers).flat(),
      'host',
      new URL(url).host,
      'content-length',
      String(body.length),
    ],
    body: Buffer.from(body),
    sourceIp: '127.0.0.1',
    port: 80,
    receivedAt: clock.now(),
  });
  const bytes = Buffer.from(answered.body);
  return {
    status: answered.statusCode,
    headers: Object.fromEntries(
      Object.entries(answered.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: bytes.toString(),
    bytes,
  };
}
