import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, HttpResponse } from '@smithy/types';

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];

/**
 * An HTTP client for an AWS SDK that loses the answers to the first tries: the service has carried the request out, and
 * the caller does not know. The SDK's own retry follows.
 */
export class LossyHttp extends NodeHttpHandler {
  /** Answers yet to be lost. */
  losses = 0;
  /** How many requests were sent. */
  sent = 0;
  /** What happens between a lost answer and the next try. */
  meanwhile: () => void | Promise<void> = () => undefined;

  override async handle(
    request: HttpRequest,
    options?: HttpHandlerOptions,
  ): Promise<{ response: HttpResponse }> {
    this.sent += 1;
    const answer = await super.handle(request, options);
    if (this.losses === 0) return answer;
    this.losses -= 1;
    answer.response.body.resume();
    await this.meanwhile();
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
}
