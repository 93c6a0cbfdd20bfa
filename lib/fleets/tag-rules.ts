import type { Tag } from '#lib/table/tagged-item.ts';
import { idleTag, readIdleHours } from './idle-time.ts';
import { readRejoinSeconds, rejoinTag } from './rejoin-time.ts';
import { readReservationSeconds, reservationTag } from './reservation-time.ts';
import type { Resource } from './tags.ts';

/** What is wrong with tags that somebody wants to give. */
export type TagFault =
  | { readonly kind: 'repeated-key'; readonly key: string }
  /** AWS keeps these keys for itself, in any case of its letters. */
  | { readonly kind: 'reserved-key'; readonly key: string }
  /** A setting that resources of this kind do not have. */
  | { readonly kind: 'unknown-setting'; readonly key: string; readonly settings: readonly string[] }
  | { readonly kind: 'bad-reservation-time'; readonly value: string }
  | { readonly kind: 'bad-idle-time'; readonly value: string }
  | { readonly kind: 'bad-rejoin-time'; readonly value: string };

/** Tags that begin so, in any case of its letters, are settings: one that nobody reads is a mistake, and not a label. */
const setting = /^openslot:/i;

const settingsOf: Readonly<Record<Resource['kind'], readonly string[]>> = {
  fleet: [reservationTag, idleTag, rejoinTag],
  location: [],
  alias: [],
};

/** The first fault of the tags, or undefined where they may be given to a resource of that kind. */
export function faultOf(kind: Resource['kind'], tags: readonly Tag[]): TagFault | undefined {
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (keys.has(key)) return { kind: 'repeated-key', key };
    keys.add(key);
    if (/^aws:/i.test(key)) return { kind: 'reserved-key', key };
    const settings = settingsOf[kind];
    if (setting.test(key) && !settings.includes(key)) {
      return { kind: 'unknown-setting', key, settings };
    }
    if (key === reservationTag && readReservationSeconds(value) === undefined) {
      return { kind: 'bad-reservation-time', value };
    }
    if (key === idleTag && readIdleHours(value) === undefined) return { kind: 'bad-idle-time', value };
    if (key === rejoinTag && readRejoinSeconds(value) === undefined) {
      return { kind: 'bad-rejoin-time', value };
    }
  }
  return undefined;
}
