import * as v from 'valibot';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber } from './parse.ts';

const PlayerItem = v.pipe(
  v.object({
    sk: v.string(),
    id: v.string(),
    data: v.optional(v.string()),
    ref: v.string(),
    created: wholeNumber,
    deadline: wholeNumber,
    accepted: v.optional(wholeNumber),
    left: v.optional(wholeNumber),
    acceptedBy: v.optional(v.string()),
    leftBy: v.optional(v.string()),
  }),
  v.transform((item) => ({
    token: item.sk,
    playerId: item.id,
    playerData: item.data,
    /** What the front door calls the session, so that a player's sessions can be named without reading each. */
    sessionReference: item.ref,
    /** All times in epoch milliseconds. */
    createdAt: item.created,
    deadline: item.deadline,
    acceptedAt: item.accepted,
    leftAt: item.left,
    /** The requests that have noted these, so that one that comes again is known. */
    acceptedBy: item.acceptedBy,
    leftBy: item.leftBy,
  })),
);

/** What is kept of one player's stay in one session. Whether it still holds a seat, the ledger alone knows. */
export type PlayerRecord = Readonly<
  Omit<Stored, 'acceptedBy' | 'leftBy'> & Partial<Pick<Stored, 'acceptedBy' | 'leftBy'>>
>;
type Stored = v.InferOutput<typeof PlayerItem>;

/** Parses a player item. Throws when the table holds something else under its key. */
export const parsePlayerItem = (item: StoredItem): PlayerRecord => parseItem(PlayerItem, item);
