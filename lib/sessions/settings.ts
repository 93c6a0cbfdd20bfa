import type { Ledger } from '#lib/table/session-item.ts';
import { maximumReclaimed, type SettingsChange } from '#lib/table/settings-requests.ts';
import { heldSlots, lapsedSeats, seen } from './ledger.ts';

/** How many players a session takes, and whether it takes new ones. What is undefined stays as it is. */
export type Settings = {
  readonly capacity?: number | undefined;
  readonly takesPlayers?: boolean | undefined;
};

/** Why a session's settings stay as they are. */
export type SettingsRefusal =
  | { readonly kind: 'not-active'; readonly status: Ledger['status'] }
  /** More slots are held than would be left. */
  | { readonly kind: 'below-held'; readonly held: number };

/**
 * Reads an image of the ledger: whether its settings are as wanted, may become so, and by which write.
 *
 * Nobody loses a slot to a smaller capacity: only open slots go, and those of lapsed seats, which are free. Seats leave the
 * ledger only where open slots do not suffice, in the very write that lowers the capacity; where they are more than one
 * write can remove, writes that remove seats and open their slots come first. To everyone who reads by the clock those
 * change nothing.
 */
export function decideSettings(
  image: Ledger,
  wanted: Settings,
  now: number,
):
  | SettingsRefusal
  | { readonly kind: 'as-wanted' }
  | { readonly kind: 'write'; readonly change: SettingsChange } {
  if (image.status !== 'ACTIVE') return { kind: 'not-active', status: image.status };
  const { capacity = image.capacity, takesPlayers = !image.deniesPlayers } = wanted;
  const held = heldSlots(image, now);
  if (capacity < held) return { kind: 'below-held', held };

  const policyStays = takesPlayers === !image.deniesPlayers;
  if (capacity === image.capacity && policyStays) return { kind: 'as-wanted' };

  const tooMany = Math.max(0, image.capacity - capacity - image.open);
  const reclaim = lapsedSeats(image, now)
    .slice(0, Math.min(tooMany, maximumReclaimed))
    .flatMap((token) => seen(image, token));
  if (reclaim.length < tooMany) {
    return { kind: 'write', change: { capacity: undefined, takesPlayers: undefined, reclaim } };
  }
  return {
    kind: 'write',
    change: {
      capacity: capacity === image.capacity ? undefined : { from: image.capacity, to: capacity },
      takesPlayers: policyStays ? undefined : takesPlayers,
      reclaim,
    },
  };
}
