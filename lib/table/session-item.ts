import * as v from 'valibot';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber, wholeNumberInText } from './parse.ts';
import { indexes } from './schema.ts';

/**
 * A seat's value for a player who has been accepted: a deadline that no clock reaches (the year 33658), written in the
 * two bytes that DynamoDB takes for it. Greater values mean the same: see `stayFrom`.
 */
export const acceptedSeat = 1e15;

/**
 * The same for a stay that began at a time, epoch milliseconds: each stay of a player has a value of its own, so that
 * whoever ends one by the value that was seen cannot end the next one.
 */
export const stayFrom = (now: number): number => acceptedSeat + now;

/** How the token of a kept seat begins: no other token has this character. */
const keptMark = '_';

/** The token of the seat that is kept for a player, by what stands for that player: ten letters and digits. */
export const keptSeatOf = (player: string): string => `${keptMark}${player}`;

/**
 * Whether a seat is kept for a player who has left, so that nobody else gets it until its deadline. It is no player session:
 * that one is over. Nothing is told of it either, and so the ledger counts no events for it.
 */
export const isKeptSeat = (token: string): boolean => token.startsWith(keptMark);

/** As GameLift names them; GameSession (JSON) uses ACTIVE and TERMINATED alone. */
export const sessionStatuses = ['ACTIVATING', 'ACTIVE', 'TERMINATING', 'TERMINATED', 'ERROR'] as const;
export type SessionStatus = (typeof sessionStatuses)[number];

/** The creation time in `ACTIVE#1700000000000`. */
export const timeIn = (statusAndTime: string): number =>
  Number(statusAndTime.slice(statusAndTime.indexOf('#') + 1));

/** The server process that hosts a session, and where players reach it. */
export type Host = {
  readonly processHash: string;
  readonly computeName: string;
  readonly port: number | undefined;
  readonly ipAddress: string | undefined;
  readonly dnsName: string | undefined;
};

/** A host as one short text, since each join pays for it. None of its parts can have a blank. */
export const spellHost = (host: Host): string =>
  hostPrefix(host) + [host.port ?? '', host.ipAddress ?? '', host.dnsName ?? ''].join(' ').trimEnd();

/** How the text of a host begins that is this process, and no other. */
export const hostPrefix = ({ processHash, computeName }: Pick<Host, 'processHash' | 'computeName'>): string =>
  `${processHash} ${computeName} `;

function readHost(text: string): Host | undefined {
  const [processHash = '', computeName = '', port = '', ipAddress = '', dnsName = ''] = text.split(' ');
  if (processHash === '') return undefined;
  return {
    processHash,
    computeName,
    port: port === '' ? undefined : Number(port),
    ipAddress: ipAddress || undefined,
    dnsName: dnsName || undefined,
  };
}

/** Empty, or absent in what was stored before there were hosts, where no server process hosts the session. */
const host = v.pipe(v.optional(v.string(), ''), v.transform(readHost));

/**
 * The session item: what a join must read or change, and nothing else, since each join pays for every byte of it.
 * With the index keys it is about 125 bytes and 20 for each seat taken: 1 WCU a join up to 44 seats.
 */
const SessionItem = v.pipe(
  v.object({
    /** Status. */
    st: v.picklist(sessionStatuses),
    /** Slots in all. */
    cap: wholeNumber,
    /** Slots that nobody holds. Slots held by lapsed seats are free too, but not counted here. */
    open: wholeNumber,
    /** Seats by token: the deadline of a reservation in epoch milliseconds, or `acceptedSeat` and more. */
    s: v.record(v.string(), v.number()),
    /** Status and creation time, by which the fleet's index sorts. */
    [indexes.sessionsByFleet.sortKey]: v.string(),
    /** Events so far, by which whoever listens to them tells what was missed. Each write says how many it causes. */
    v: wholeNumber,
    /** When somebody wrote it last, epoch milliseconds. */
    t: v.optional(wholeNumber),
    /** Present when the session takes no new players (DENY_ALL). */
    deny: v.optional(v.literal(true)),
    /** When it ended, epoch milliseconds, and by which means. */
    end: v.optional(wholeNumber),
    why: v.optional(v.string()),
    /** The request that ended it. */
    by: v.optional(v.string()),
    /** How long a reservation holds in it, milliseconds, where its fleet says so. */
    rt: v.optional(wholeNumber),
    /** The server process that hosts it. */
    h: host,
    /** When the sweep has to look at it, epoch milliseconds. */
    [indexes.sessionsDue.sortKey]: v.optional(wholeNumberInText),
  }),
  v.transform((item) => ({
    status: item.st,
    capacity: item.cap,
    open: item.open,
    seats: item.s,
    version: item.v,
    createdAt: timeIn(item[indexes.sessionsByFleet.sortKey]),
    touchedAt: item.t ?? timeIn(item[indexes.sessionsByFleet.sortKey]),
    lookAt: item[indexes.sessionsDue.sortKey],
    deniesPlayers: item.deny === true,
    endedAt: item.end,
    endReason: item.why,
    endedBy: item.by,
    reservationTime: item.rt,
    host: item.h,
  })),
);

/** The seat ledger of one session as stored. `lib/sessions/ledger.ts` reads it by the clock. */
export type Ledger = Readonly<v.InferOutput<typeof SessionItem>>;

/** Parses a session item. Throws when the table holds something else under its key. */
export const parseSessionItem = (item: StoredItem): Ledger => parseItem(SessionItem, item);

/** Whether the item under a session's key is that of a session with a roster. */
export const isRostered = (item: StoredItem): boolean => 'title' in item;

/** What a write to a session item gives back that takes seats. */
const SeatsWritten = v.pipe(
  v.object({
    s: v.record(v.string(), v.number()),
    [indexes.sessionsDue.sortKey]: wholeNumberInText,
    h: host,
  }),
  v.transform((item) => ({
    /** The seats that it changed, by token. */
    seats: item.s,
    /** When the sweep looks at the session, epoch milliseconds. */
    lookAt: item[indexes.sessionsDue.sortKey],
    /** The server process that hosts the session. */
    host: item.h,
  })),
);

/** Parses what a write to a session item says that takes seats. */
export const parseSeatsWritten = (attributes: StoredItem): Readonly<v.InferOutput<typeof SeatsWritten>> =>
  parseItem(SeatsWritten, attributes);

/** Whether a session is to be spared when servers are taken down. Shown, and kept for whoever takes them down. */
const protectionPolicies = ['NoProtection', 'FullProtection'] as const;
export type ProtectionPolicy = (typeof protectionPolicies)[number];

/** Properties as one text of pairs: a search reads thousands, and each attribute of an item costs it time. */
const Properties = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.tuple([v.string(), v.string()])),
  v.transform((pairs) => pairs.map(([key, value]): Property => ({ key, value }))),
);
export type Property = { readonly key: string; readonly value: string };

export const spellProperties = (properties: readonly Property[]): string =>
  JSON.stringify(properties.map(({ key, value }) => [key, value]));

const PayloadMembers = v.object({
  fleetId: v.string(),
  location: v.optional(v.string()),
  id: v.string(),
  createdAt: wholeNumber,
  /** Stands for all that was asked for at its creation, so that the same request is known again. */
  asked: v.string(),
  name: v.optional(v.string()),
  creatorId: v.optional(v.string()),
  properties: v.optional(Properties),
  protection: v.picklist(protectionPolicies),
  /** Present when there is a data item. */
  hasData: v.optional(v.literal(true)),
  /** Changes so far, by which a writer sees that nobody else came first. */
  rev: wholeNumber,
  /** When somebody described it anew, epoch milliseconds. */
  touched: v.optional(wholeNumber),
  /** How long nobody may hold a slot in it or touch it before it is ended, milliseconds; for ever where there is none. */
  idle: v.optional(wholeNumber),
  /** Until when it has to become ACTIVE, epoch milliseconds. */
  activateBy: v.optional(wholeNumber),
  [indexes.searchableSessions.partitionKey]: v.optional(v.string()),
  [indexes.sessionsDue.sortKey]: v.optional(wholeNumberInText),
});

/** What a session is described with: written at its creation, and when somebody updates it. */
export type SessionPayload = Readonly<
  Omit<v.InferOutput<typeof PayloadMembers>, 'hasData' | 'shard' | 'dt'> & {
    hasData: boolean;
    /** Whether searches find it: until the session has ended. */
    isSearchable?: boolean;
    /** When the sweep has to look at the session as a whole, epoch milliseconds. */
    lookAt?: number | undefined;
  }
>;

const PayloadItem = v.pipe(
  PayloadMembers,
  v.transform(
    ({ hasData, shard, dt, ...item }): SessionPayload => ({
      ...item,
      hasData: hasData === true,
      isSearchable: shard !== undefined,
      lookAt: dt,
    }),
  ),
);

/** Parses a payload item. Throws when the table holds something else under its key. */
export const parsePayloadItem = (item: StoredItem): SessionPayload => parseItem(PayloadItem, item);

const DataItem = v.object({ data: v.string() });

/** Parses a data item. Throws when the table holds something else under its key. */
export const parseDataItem = (item: StoredItem): string => parseItem(DataItem, item).data;
