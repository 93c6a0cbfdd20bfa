import { Readable } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, HttpResponse } from '@smithy/types';

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];

/** What goes wrong between the SDK and DynamoDB, before or after a request is carried out. */
export type Fault =
  | 'throttled'
  | 'timed out before'
  | 'timed out after'
  | 'reset before'
  | 'reset after'
  | 'server error';

export const faults: readonly Fault[] = [
  'throttled',
  'timed out before',
  'timed out after',
  'reset before',
  'reset after',
  'server error',
];

/** One request as it went to DynamoDB. */
export type Sent = { readonly operation: string; readonly body: string };

/**
 * The wire to DynamoDB Local, which counts what passes and breaks on demand: below the SDK, so that the SDK's own
 * retries run as they do in production.
 */
export class DynamoDbWire extends NodeHttpHandler {
  readonly sent: Sent[] = [];
  /** Decides for each request, its number counted from 0, what goes wrong with it. */
  breaks: (sent: Sent, number: number) => Fault | undefined = () => undefined;

  override async handle(
    request: HttpRequest,
    options?: HttpHandlerOptions,
  ): Promise<{ response: HttpResponse }> {
    const sent = {
      operation: String(request.headers['x-amz-target']).split('.')[1] ?? '',
      body: new TextDecoder().decode(request.body),
    };
    const fault = this.breaks(sent, this.sent.length);
    this.sent.push(sent);
    if (fault === 'throttled') return answer(400, 'ProvisionedThroughputExceededException');
    if (fault === 'server error') return answer(500, 'InternalServerError');
    if (fault === 'timed out before') throw timeout();
    if (fault === 'reset before') throw reset();
    const response = await super.handle(request, options);
    // An answer that nobody reads would keep its connection.
    if (fault === 'timed out after' || fault === 'reset after') response.response.body.resume();
    if (fault === 'timed out after') throw timeout();
    if (fault === 'reset after') throw reset();
    return response;
  }

  /** How many requests of each operation were sent since the last call. */
  count(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.sent.splice(0)) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }
}

function answer(statusCode: number, type: string): { response: HttpResponse } {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type });
  return {
    response: {
      statusCode,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: Readable.from([Buffer.from(body)]),
    },
  };
}

const timeout = () => Object.assign(new Error('The request timed out'), { name: 'TimeoutError' });
const reset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
