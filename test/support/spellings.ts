import type { GameLiftClient, GameLiftClientConfig } from '@aws-sdk/client-gamelift';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { sendRaw, signed, unsignedPlainJson } from './raw-request.ts';
import { credentials, type Service } from './service.ts';

/** A client of the service that speaks CBOR, as the SDKs for Go, Java, .NET and C++ do. All else is as in `service.client`. */
export const cborClient = (service: Service, config: GameLiftClientConfig = {}): GameLiftClient =>
  service.client({ ...config, protocol: SmithyRpcV2CborProtocol });

/** What a caller of plain JSON gets: the HTTP status, and the body as it was parsed. */
export type PlainAnswer = { readonly status: number; readonly body: unknown };

/**
 * Calls an operation in plain JSON, signed at the time of the service's clock and named in the query.
 *
 * @param by the access key to sign with, and headers to send beside: an `amz-sdk-invocation-id` makes it one try of a call
 */
export async function callPlainJson(
  service: Service,
  operation: string,
  input: object,
  by: {
    readonly accessKeyId?: string;
    readonly secretAccessKey?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<PlainAnswer> {
  const { headers, ...key } = by;
  const request = unsignedPlainJson(operation, JSON.stringify(input));
  const toSign = { ...request, headers: { ...request.headers, ...headers } };
  const { status, body } = await sendRaw(service.url, signed(service, toSign, { ...credentials, ...key }));
  return { status, body: JSON.parse(body) };
}
