import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { FunctionFailedError, FunctionTimedOutError } from './function-errors.ts';
import { type GatewayAnswer, gatewayAnswer, gatewayRefusals } from './gateway-answer.ts';
import { type GatewayRequest, gatewayEvent } from './gateway-event.ts';
import type { Router } from './routes.ts';
import type { LocalRoute } from './stack.ts';

/**
 * Invokes a function, named by its logical id, under Lambda's id for the request, and gives what its handler returned: by
 * the types, APIGatewayProxyResultV2.
 */
export type Invoke = (
  functionId: string,
  event: APIGatewayProxyEventV2,
  requestId: string,
) => Promise<unknown>;

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
    const result = await invokeInTime(match.route, event, invoke);
    return gatewayAnswer(result) ?? gatewayRefusals.functionFailed;
  } catch (error) {
    if (error instanceof FunctionTimedOutError) return gatewayRefusals.timedOut;
    if (!(error instanceof FunctionFailedError)) process.stderr.write(`${describe(error)}\n`);
    return gatewayRefusals.functionFailed;
  }
}

async function invokeInTime(
  { functionId, timeoutMs = defaultTimeoutMs }: LocalRoute,
  event: APIGatewayProxyEventV2,
  invoke: Invoke,
): Promise<unknown> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new FunctionTimedOutError()), timeoutMs);
  try {
    return await Promise.race([invoke(functionId, event, randomUUID()), late]);
  } finally {
    clearTimeout(timer);
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

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
