import { sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import {
  addCreation,
  type Creations,
  type NewCreation,
  parseCreationsItem,
  replaceCreations,
} from '#lib/table/creations-item.ts';
import { creationsItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { batchGet, getItem } from '#lib/table/reads.ts';
import { creatorHash } from './ids.ts';

/** One creator may create so many sessions, at least 1, in one fleet within any span of so many milliseconds. */
export type CreationRate = { readonly sessions: number; readonly within: number };

/** Where the fleet does not say: GameLift's own 1 request a second for each creator. */
export const usualCreationRate: CreationRate = { sessions: 1, within: 1_000 };

/** The creator has created as many as may be. `freeAt` is when the next one may be created, epoch milliseconds. */
export type OverLimit = {
  readonly kind: 'over-limit';
  readonly rate: CreationRate;
  readonly freeAt: number;
};

export type CreationLimitRefusal =
  | OverLimit
  /** So many creations of the same creator at once that no try came through. Another one is worth it. */
  | { readonly kind: 'contended' };

/** What a creator's creations say of one more: it counts already, it may be counted, or it would be too many. */
export type CountDecision =
  | { readonly kind: 'counted' }
  | OverLimit
  /** All that is noted counts. */
  | { readonly kind: 'add' }
  /** Some of what is noted counts no more. */
  | { readonly kind: 'replace'; readonly stillCounting: Creations['times'] };

/** A creation counts for `within`, and no longer at the end of it. */
export function decideCount(
  creations: Creations | undefined,
  sessionKey: string,
  rate: CreationRate,
  now: number,
): CountDecision {
  const noted = Object.entries(creations?.times ?? {});
  const counting = noted.filter(([, at]) => at + rate.within > now);
  const stillCounting = Object.fromEntries(counting);
  if (Object.hasOwn(stillCounting, sessionKey)) return { kind: 'counted' };

  const tooMany = counting.length - rate.sessions;
  if (tooMany >= 0) {
    const times = counting.map(([, at]) => at).toSorted((one, other) => one - other);
    return { kind: 'over-limit', rate, freeAt: (times[tooMany] ?? now) + rate.within };
  }
  const allCount = creations !== undefined && counting.length === noted.length;
  return allCount ? { kind: 'add' } : { kind: 'replace', stillCounting };
}

/** One more session that a creator wants to create. */
export type Creation = {
  readonly fleetId: string;
  readonly creatorId: string;
  readonly sessionKey: string;
  readonly rate: CreationRate;
  readonly now: number;
};

/** Whether a creation would be refused as things are, without counting it: one read. */
export async function isOverLimit(table: Table, creation: Creation): Promise<OverLimit | undefined> {
  const { fleetId, creatorId, sessionKey, rate, now } = creation;
  const item = await getItem(table, creationsItemKey(creatorHash(fleetId, creatorId)));
  const decision = decideCount(item && parseCreationsItem(item), sessionKey, rate, now);
  return decision.kind === 'over-limit' ? decision : undefined;
}

/** The first of those who remove what counts no more makes room for the others to add: nobody needs many trips. */
const maximumTrips = 20;

/**
 * Counts a creation, before it happens, against what its creator may create; or refuses it. A session that exists and a
 * creation that was counted are not counted again, so that the retry of a creation is answered like its first try.
 *
 * Costs one read of two items and one conditional write (1 WCU up to 35 sessions within the limit), and reads alone where
 * it is refused or counted before. When the process dies before the session is created, a creation was counted that never
 * came: its retry is not counted again, and without one it lapses like any other.
 */
export async function countCreation(
  table: Table,
  creation: Creation,
): Promise<{ readonly kind: 'counted' } | CreationLimitRefusal> {
  const { sessionKey, rate, now } = creation;
  const creator = creatorHash(creation.fleetId, creation.creatorId);
  const [read, session] = await batchGet(table, [creationsItemKey(creator), sessionItemKey(sessionKey)]);
  if (session !== undefined) return { kind: 'counted' };

  let image = read;
  for (let trip = 0; trip < maximumTrips; trip++) {
    const creations = image && parseCreationsItem(image);
    const decision = decideCount(creations, sessionKey, rate, now);
    if (decision.kind === 'counted' || decision.kind === 'over-limit') return decision;

    const added: NewCreation = {
      sessionKey,
      createdAt: now,
      removeAfter: Math.ceil((now + rate.within) / 1_000),
    };
    const write =
      decision.kind === 'add'
        ? await sendUpdate(table, addCreation(creator, added, rate.sessions))
        : await sendPut(table, replaceCreations(creator, added, decision.stillCounting, creations));
    if (write.kind === 'written') return { kind: 'counted' };
    image = write.image;
  }
  return { kind: 'contended' };
}
