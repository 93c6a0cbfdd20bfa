import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { FunctionTimedOutError } from './function-errors.ts';
import { type GatewayAnswer, gatewayAnswer, gatewayRefusals } from './gateway-answer.ts';
import { type GatewayRequest, gatewayEvent } from './gateway-event.ts';
import { type InvokeWith, invokeInTime, tellUnexpected } from './invoke-in-time.ts';
import type { Router } from './routes.ts';

/** What its handler returned is by the types an APIGatewayProxyResultV2. */
export type Invoke = InvokeWith<APIGatewayProxyEventV2>;

/** Lambda takes 6 MB: of a body that travels as Base64 about 4.5. */
const maxEventBytes = 6 * 1024 * 1024;

/** Below this no event comes near the limit: headers and path are a few kilobytes. */
const surelySmallBodyBytes = 1024 * 1024;

const defaultTimeoutMs = 30_000;

/** Answers one request as the gateway does: by the function behind its route, or by a refusal of its own. */
export async function answerRequest(
  request: GatewayRequest,
  router: Router,
  invoke: Invoke,
): Promise<GatewayAnswer> {
  if (!isDecodable(request.path)) return gatewayRefusals.badRequest;
  const match = router(request.method, request.path);
  if (match === undefined) return gatewayRefusals.notFound;

  const event = gatewayEvent(request, match);
  if (request.body.length > surelySmallBodyBytes && jsonBytes(event) > maxEventBytes) {
    return gatewayRefusals.tooLarge;
  }
  try {
    const { functionId, timeoutMs = defaultTimeoutMs } = match.route;
    const result = await invokeInTime({ functionId, timeoutMs }, event, invoke);
    return gatewayAnswer(result) ?? gatewayRefusals.functionFailed;
  } catch (error) {
    if (error instanceof FunctionTimedOutError) return gatewayRefusals.timedOut;
    tellUnexpected(error);
    return gatewayRefusals.functionFailed;
  }
}

function isDecodable(path: string): boolean {
  if (!path.startsWith('/')) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
