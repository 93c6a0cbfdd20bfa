import * as v from 'valibot';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber } from './parse.ts';
import { indexes } from './schema.ts';

/**
 * A seat's value for a player who has been accepted: a deadline that no clock reaches (the year 33658), written in the
 * two bytes that DynamoDB takes for it.
 */
export const acceptedSeat = 1e15;

/** As GameLift names them; GameSession (JSON) uses ACTIVE and TERMINATED alone. */
const sessionStatuses = ['ACTIVATING', 'ACTIVE', 'TERMINATING', 'TERMINATED', 'ERROR'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** The creation time in `ACTIVE#1700000000000`. */
const timeIn = (statusAndTime: string): number => Number(statusAndTime.slice(statusAndTime.indexOf('#') + 1));

/**
 * The session item: what a join must read or change, and nothing else, since each join pays for every byte of it.
 * With the index keys it is about 100 bytes and 20 for each seat taken: 1 WCU a join up to 46 seats.
 */
const SessionItem = v.pipe(
  v.object({
    /** Status. */
    st: v.picklist(sessionStatuses),
    /** Slots in all. */
    cap: wholeNumber,
    /** Slots that nobody holds. Slots held by lapsed seats are free too, but not counted here. */
    open: wholeNumber,
    /** Seats by token: the deadline of a reservation in epoch milliseconds, or `acceptedSeat`. */
    s: v.record(v.string(), v.number()),
    /** Status and creation time, by which the fleet's index sorts. */
    [indexes.sessionsByFleet.sortKey]: v.string(),
    /** Changes so far, by which readers of the stream tell what they have missed. */
    v: wholeNumber,
    /** Present when the session takes no new players (DENY_ALL). */
    deny: v.optional(v.literal(true)),
    /** When it ended, epoch milliseconds, and by which means. */
    end: v.optional(wholeNumber),
    why: v.optional(v.string()),
    /** The request that ended it. */
    by: v.optional(v.string()),
  }),
  v.transform((item) => ({
    status: item.st,
    capacity: item.cap,
    open: item.open,
    seats: item.s,
    version: item.v,
    createdAt: timeIn(item[indexes.sessionsByFleet.sortKey]),
    deniesPlayers: item.deny === true,
    endedAt: item.end,
    endReason: item.why,
    endedBy: item.by,
  })),
);

/** The seat ledger of one session as stored. `lib/sessions/ledger.ts` reads it by the clock. */
export type Ledger = Readonly<v.InferOutput<typeof SessionItem>>;

/** Parses a session item. Throws when the table holds something else under its key. */
export const parseSessionItem = (item: StoredItem): Ledger => parseItem(SessionItem, item);

const PayloadItem = v.object({
  fleetId: v.string(),
  location: v.optional(v.string()),
  id: v.string(),
  createdAt: wholeNumber,
  capacity: wholeNumber,
  name: v.optional(v.string()),
  creatorId: v.optional(v.string()),
  properties: v.optional(v.array(v.object({ key: v.string(), value: v.string() }))),
  data: v.optional(v.string()),
});

/** The cold half of a session: written at its creation, read to describe it. */
export type SessionPayload = Readonly<v.InferOutput<typeof PayloadItem>>;

/** Parses a payload item. Throws when the table holds something else under its key. */
export const parsePayloadItem = (item: StoredItem): SessionPayload => parseItem(PayloadItem, item);
