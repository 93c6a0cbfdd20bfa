import type { RouteKey } from './paths.ts';
import type { Route } from './route.ts';
import { changePlayer } from './routes/change-player.ts';
import { changeSession } from './routes/change-session.ts';
import { createSession } from './routes/create-session.ts';
import { dropMessages } from './routes/drop-messages.ts';
import { joinSession } from './routes/join-session.ts';
import { listSessions } from './routes/list-sessions.ts';
import { postMessage } from './routes/post-message.ts';
import { readMessages } from './routes/read-messages.ts';
import { readSession } from './routes/read-session.ts';
import { removePlayer } from './routes/remove-player.ts';
import { reserveSeats } from './routes/reserve-seats.ts';

/** The route without a caller: everybody may read how this API is called. */
export const openApiRouteKey = 'GET /openapi.json';

/** The routes that callers take, each with its checks and its action. */
export const routes: Readonly<Record<Exclude<RouteKey, typeof openApiRouteKey>, Route>> = {
  'POST /sessions': createSession,
  'GET /sessions': listSessions,
  'GET /sessions/{sessionId}': readSession,
  'PATCH /sessions/{sessionId}': changeSession,
  'POST /sessions/{sessionId}/players': joinSession,
  'PATCH /sessions/{sessionId}/players/{xuid}': changePlayer,
  'DELETE /sessions/{sessionId}/players/{xuid}': removePlayer,
  'POST /sessions/{sessionId}/reservations': reserveSeats,
  'POST /sessions/{sessionId}/queues/{queueIndex}/messages': postMessage,
  'GET /sessions/{sessionId}/queues/{queueIndex}/messages': readMessages,
  'DELETE /sessions/{sessionId}/queues/{queueIndex}/messages': dropMessages,
};
