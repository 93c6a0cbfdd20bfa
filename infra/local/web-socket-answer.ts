import * as v from 'valibot';
import { FunctionTimedOutError } from './function-errors.ts';
import { type Integration, type InvokeWith, invokeInTime, tellUnexpected } from './invoke-in-time.ts';
import type { WebSocketEvent } from './web-socket-event.ts';

/** What its handler returned is by the types an APIGatewayProxyResultV2. */
export type InvokeWebSocket = InvokeWith<WebSocketEvent>;

/** What comes of asking a function. */
export type Asked =
  | {
      readonly kind: 'answered';
      readonly statusCode: number;
      /** Undefined for none, or an empty one. */
      readonly body: Buffer | undefined;
    }
  /** It threw, or returned what is no answer. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'late' };

const resultSchema = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.string()]),
    v.transform(Number),
    v.integer(),
    v.minValue(100),
    v.maxValue(599),
  ),
  body: v.nullish(v.string()),
  isBase64Encoded: v.nullish(v.boolean()),
});

/** Asks the function, and waits no longer than the gateway does. */
export async function askFunction(
  integration: Integration,
  event: WebSocketEvent,
  invoke: InvokeWebSocket,
): Promise<Asked> {
  try {
    const parsed = v.safeParse(resultSchema, await invokeInTime(integration, event, invoke));
    if (!parsed.success) return { kind: 'failed' };
    const { statusCode, body, isBase64Encoded } = parsed.output;
    const bytes = body ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : undefined;
    return { kind: 'answered', statusCode, body: bytes };
  } catch (error) {
    tellUnexpected(error);
    return { kind: error instanceof FunctionTimedOutError ? 'late' : 'failed' };
  }
}
