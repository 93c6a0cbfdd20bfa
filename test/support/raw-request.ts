import { sign } from 'aws4';
import { awsJsonContentType } from '#lib/wire/aws-json.ts';
import { credentials, deployment, type Service } from './service.ts';

/** One HTTP request to the GameLift door, as it goes over the wire. */
export type RawRequest<Body extends string | Buffer = string | Buffer> = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
};

export type RawAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A call as a client without a signature makes it. The body is sent as it is. */
export const unsigned = <Body extends string | Buffer>(operation: string, body: Body): RawRequest<Body> => ({
  headers: { 'content-type': awsJsonContentType, 'x-amz-target': `GameLift.${operation}` },
  body,
});

/** The call with a signature of its own making: no AWS SDK is involved, so that nothing is put right on the way. */
export function signed(
  { url, clock }: Pick<Service, 'url' | 'clock'>,
  request: RawRequest<string>,
  {
    accessKeyId = credentials.accessKeyId,
    secretAccessKey = credentials.secretAccessKey,
    at = clock.now(),
    service = 'gamelift',
  } = {},
): RawRequest<string> {
  const { headers } = sign(
    {
      host: new URL(url).host,
      method: 'POST',
      path: '/',
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
  return { headers: others, body: request.body };
}

/** Sends a request as it is. */
export async function sendRaw(
  url: string,
  { headers, body }: RawRequest,
  method = 'POST',
): Promise<RawAnswer> {
  const answer = await fetch(url, { method, headers, body: method === 'GET' ? null : Buffer.from(body) });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: await answer.text(),
  };
}
