import type { RouteKey } from '#functions/game-sessions/paths.ts';
import type { Invoke } from './gateway.ts';
import { turnstile } from './turnstile.ts';
import type { InvokeWebSocket } from './web-socket-answer.ts';

/**
 * Calls that run at once. On Lambda each has an instance of its own; here they share one pool of connections to DynamoDB,
 * and whatever waits there for its turn soon counts as a connection that does not come about.
 */
const callsAtOnce = 16;

/**
 * The same for calls that may wait for something to happen. Meanwhile they hold no connection, and they would keep all
 * others out for as long.
 */
const waitingCallsAtOnce = 128;

/** Whose calls may wait: for a message. */
const waitingRoutes: ReadonlySet<string> = new Set<RouteKey>([
  'GET /sessions/{sessionId}/queues/{queueIndex}/messages',
]);

/** Has calls wait their turn where there are many at once. */
export function inTurn(invoke: Invoke): Invoke {
  const others = turnstile(callsAtOnce);
  const waiting = turnstile(waitingCallsAtOnce);
  return (functionId, event, requestId) => {
    const turn = waitingRoutes.has(event.routeKey) ? waiting : others;
    return turn(() => invoke(functionId, event, requestId));
  };
}

/** The same for calls of a WebSocket API, of which none waits. */
export function webSocketsInTurn(invoke: InvokeWebSocket): InvokeWebSocket {
  const turn = turnstile(callsAtOnce);
  return (functionId, event, requestId) => turn(() => invoke(functionId, event, requestId));
}
