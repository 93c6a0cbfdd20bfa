/**
 * The routes of the GameSession (JSON) API, spelled as API Gateway spells its route keys: the stack declares them, the
 * door finds an event's route by its key, and the OpenAPI description has one operation for each.
 */
export const routeKeys = [
  'POST /sessions',
  'GET /sessions',
  'GET /sessions/{sessionId}',
  'PATCH /sessions/{sessionId}',
  'POST /sessions/{sessionId}/players',
  'PATCH /sessions/{sessionId}/players/{xuid}',
  'DELETE /sessions/{sessionId}/players/{xuid}',
  'POST /sessions/{sessionId}/reservations',
  'POST /sessions/{sessionId}/queues/{queueIndex}/messages',
  'GET /sessions/{sessionId}/queues/{queueIndex}/messages',
  'DELETE /sessions/{sessionId}/queues/{queueIndex}/messages',
  'GET /openapi.json',
] as const;

export type RouteKey = (typeof routeKeys)[number];

/** What catches every other method and path below /sessions, so that a mistaken one is answered by a problem detail too. */
export const catchAllRouteKeys = ['ANY /sessions', 'ANY /sessions/{proxy+}'] as const;
