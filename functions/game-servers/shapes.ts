import { string } from '#lib/wire/shapes.ts';

/**
 * The shapes that several requests share. Lengths and patterns are those that the server SDKs 5.x check themselves; what is
 * not checked there is bounded so that it fits into the table.
 */

export const text = string({ max: 1_024 });
export const gameSessionId = string({ min: 1, max: 512, pattern: '^[a-zA-Z0-9:/-]+$' });
export const playerSessionId = string({ min: 1, max: 256, pattern: '^[a-zA-Z0-9.-]+$' });
export const playerId = string({ min: 1, max: 1_024, sensitive: true });
