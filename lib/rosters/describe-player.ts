import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { parseRosteredItem } from '#lib/table/rostered-item.ts';
import { describePlace } from '#lib/table/rostered-requests.ts';
import { type Contended, settled } from '#lib/table/write-in-turns.ts';
import { changeInTurns } from './change-in-turns.ts';
import type { RosterContext } from './find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from './ids.ts';
import { notAllowed, type Refused } from './refusals.ts';
import { findPlayer, isSameData, type RosterPlayer, readRosteredSession } from './rostered-session.ts';

export type DescribeOutcome =
  | { readonly kind: 'described'; readonly player: RosterPlayer }
  | Refused<'not-found' | 'no-player' | 'not-allowed' | 'ended'>
  | Contended;

/**
 * Changes the custom data of a player who is in: the player's own, or any where the title does it. Of two who set it at
 * once the last one counts.
 *
 * Costs one read and one conditional write of the session, and the read alone where it is refused.
 *
 * @param customData undefined for none
 */
export function describePlayer(
  { table, now }: RosterContext,
  address: SessionAddress,
  caller: Caller,
  { xuid, customData }: { readonly xuid: string; readonly customData: Uint8Array | undefined },
): Promise<DescribeOutcome> {
  return changeInTurns<Outcome>(table, address, (stored, mayBeDone) => {
    if (caller.kind === 'player' && caller.xuid !== xuid) {
      return settled(notAllowed('Players change their own custom data alone.'));
    }
    const session = readRosteredSession(stored, now);
    const player = findPlayer(session, xuid);
    if (player === undefined) return settled({ kind: 'no-player' });
    // By a try of this very request, whose answer was lost: the player may have left since, or the session have ended.
    if (mayBeDone && isSameData(player.customData, customData)) return settled({ kind: 'described', player });
    if (!player.isCurrentlyInSession) return settled(notAllowed('The player is not in the session now.'));
    if (session.hasEnded) return settled({ kind: 'ended', session });
    return {
      kind: 'write',
      request: describePlace(rosterKeyOf(session.sessionId), tokenOf(xuid), customData, now),
      // Under another gamertag, perhaps: whoever is in now may have left and come back since the session was read.
      written: (item) => {
        const after = readRosteredSession(parseRosteredItem(item), now);
        return settled({ kind: 'described', player: findPlayer(after, xuid) ?? player });
      },
    };
  });
}

type Outcome = Exclude<DescribeOutcome, Contended>;
