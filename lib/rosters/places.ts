import * as v from 'valibot';
import type { Place } from '#lib/sessions/list.ts';
import type { StoredItem } from '#lib/table/client.ts';
import { fleetShards, keyOf, sessionKeyIn } from '#lib/table/keys.ts';
import { openSessionPosition } from '#lib/table/rostered-records.ts';
import { indexes } from '#lib/table/schema.ts';
import { timeIn } from '#lib/table/session-item.ts';
import { rosterKeyLength } from './ids.ts';

/**
 * A session in a list, and when it was created or joined, epoch milliseconds. It does not say in which list: whatever a
 * caller makes of it, it stays a place in the list that the caller may ask for anyway.
 */
export const SessionPlace = v.strictObject({
  sessionKey: v.pipe(v.string(), v.regex(new RegExp(`^[0-9A-Za-z]{${rosterKeyLength}}$`))),
  at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type SessionPlace = Readonly<v.InferOutput<typeof SessionPlace>>;

/** Where a title's open sessions go on: in which shard, and behind which session of it, null for its beginning. */
export const OpenPlace = v.strictObject({
  shard: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(fleetShards - 1)),
  behind: v.nullable(SessionPlace),
});
export type OpenPlace = Readonly<v.InferOutput<typeof OpenPlace>>;

/** The place right behind a player's record. */
export const placeOfRecord = (record: StoredItem): SessionPlace => ({
  sessionKey: sessionKeyIn(keyOf(record)),
  at: Number(record[indexes.playerSessionsByPlayer.sortKey]),
});

/** The place in a title's open sessions, as its caller keeps it. */
export const toOpenPlace = ({ shard, position }: Place): OpenPlace => ({
  shard,
  behind: position && {
    sessionKey: sessionKeyIn(keyOf(position)),
    at: timeIn(position[indexes.sessionsByFleet.sortKey] ?? ''),
  },
});

/** The same as the list goes on from it: its partition is that of the title, whatever the caller makes of the rest. */
export const fromOpenPlace = (titleHash: string, { shard, behind }: OpenPlace): Place => ({
  shard,
  position: behind && openSessionPosition(titleHash, shard, behind),
});
