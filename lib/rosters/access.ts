import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { findPlayer, isIn, type RosteredSession } from './rostered-session.ts';

/** Whether the session, its roster and its messages are shown to a caller of its title. */
export function maySee(session: RosteredSession, caller: Caller): boolean {
  if (caller.kind === 'title' || session.creator === caller.xuid) return true;
  switch (session.visibility) {
    case 'Everyone':
      return true;
    case 'PlayersEverInSession':
      return findPlayer(session, caller.xuid) !== undefined;
    case 'PlayersCurrentlyInSession':
      return isIn(session, caller.xuid);
  }
}

/** Whether a caller of its title may change the session. */
export const mayChange = (session: RosteredSession, caller: Caller): boolean =>
  caller.kind === 'title' || session.creator === caller.xuid || isIn(session, caller.xuid);

/** By what right a caller may take a player out; `as-player` is lost by leaving. */
export type RemovalRight = 'always' | 'as-player' | 'never';

export function rightToRemove(session: RosteredSession, caller: Caller, xuid: string): RemovalRight {
  if (caller.kind === 'title') return 'always';
  const isHimself = caller.xuid === xuid;
  switch (session.playersCanBeRemovedBy) {
    case 'NoOne':
      return 'never';
    case 'Self':
      return isHimself ? 'always' : 'never';
    case 'AnyPlayer':
      if (isHimself) return 'always';
      return isIn(session, caller.xuid) ? 'as-player' : 'never';
  }
}
