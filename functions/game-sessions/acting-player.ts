import { invalid, type Refused } from './answer.ts';
import type { Call } from './route.ts';

export type ActingPlayer = { readonly kind: 'player'; readonly xuid: string } | Refused;

/**
 * The player for whom a request acts: the one that a title names, and otherwise the one of the token. A title's token
 * need not have one.
 */
export function actingPlayer(named: string | undefined, { caller }: Call): ActingPlayer {
  const xuid = named ?? caller.xuid;
  return xuid === undefined
    ? invalid([{ pointer: '/xuid', detail: 'is required: the token names no player' }])
    : { kind: 'player', xuid };
}
