import type { Caller } from '#lib/auth/bearer-tokens.ts';
import type { StoredItem } from '#lib/table/client.ts';
import type { StoredRoster } from '#lib/table/rostered-item.ts';
import { describePlace } from '#lib/table/rostered-requests.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { findRoster, ofTitle, type RosterContext } from './find.ts';
import { rosterKeyOf, type SessionAddress, tokenOf } from './ids.ts';
import { notAllowed, notFound, type Refused } from './refusals.ts';
import { findPlayer, isSameData, type RosterPlayer, readRosteredSession } from './rostered-session.ts';

export type DescribeOutcome =
  | { readonly kind: 'described'; readonly player: RosterPlayer }
  | Refused<'not-found' | 'no-player' | 'not-allowed' | 'ended'>
  | Contended;

/** Only somebody who leaves and comes back meanwhile is in the way. */
const maximumTries = 20;

/**
 * Changes the custom data of a player who is in: the player's own, or any where the title does it. Of two who set it at
 * once the last one counts.
 *
 * Costs one read and one conditional write of the session, and the read alone where it is refused.
 *
 * @param customData undefined for none
 */
export async function describePlayer(
  { table, now }: RosterContext,
  address: SessionAddress,
  caller: Caller,
  { xuid, customData }: { readonly xuid: string; readonly customData: Uint8Array | undefined },
): Promise<DescribeOutcome> {
  const step = (
    stored: StoredRoster | undefined,
    mayBeDone: boolean,
  ): Step<Exclude<DescribeOutcome, Contended>> => {
    if (stored === undefined) return settled(notFound);
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
      request: describePlace(rosterKeyOf(session.sessionId), tokenOf(xuid), customData),
      written: () => settled({ kind: 'described', player: { ...player, customData } }),
    };
  };
  const next = (item: StoredItem | undefined, mayBeDone: boolean) =>
    step(ofTitle(address.titleId, item), mayBeDone);
  return writeInTurns(table, step(await findRoster(table, address), false), next, maximumTries);
}
