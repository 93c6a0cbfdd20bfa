import * as v from 'valibot';
import { revision } from './change-item.ts';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber, wholeNumberInText } from './parse.ts';
import { indexes } from './schema.ts';

/**
 * INITIALIZED: it has connected. ACTIVATED: it has said that it is ready. READY: it has sent a heartbeat since, and hears
 * what it is told. ENDED: it is over, and comes back no more.
 */
const processStatuses = ['INITIALIZED', 'ACTIVATED', 'READY', 'ENDED'] as const;

/** Events that a process is still to be told of, by the attribute that says so. */
export const owedEvents = ['owesStart', 'owesUpdate', 'owesEnd'] as const;
export type OwedEvent = (typeof owedEvents)[number];

const owed = v.optional(v.literal(true));

const ProcessItem = v.object({
  pk: v.string(),
  sk: v.string(),
  fleetId: v.string(),
  computeName: v.string(),
  location: v.string(),
  /** As its owner calls it. */
  processId: v.string(),
  createdAt: wholeNumber,
  status: v.picklist(processStatuses),
  /** Seals the page tokens that it gets. */
  seal: v.string(),

  /** The connection that it is told events on; absent while none is known to be there. */
  connectionId: v.optional(v.string()),
  /** When the newest connection was made. */
  connectedAt: wholeNumber,
  /** When the token ends that it has connected with. */
  tokenEndsAt: wholeNumber,
  /** When it was last asked to connect anew. */
  refreshedAt: v.optional(wholeNumber),

  port: v.optional(wholeNumber),
  ipAddress: v.optional(v.string()),
  dnsName: v.optional(v.string()),
  /** The request by which it has said that it is ready. */
  activatedBy: v.optional(v.string()),
  /** The last sign of life. */
  beatAt: wholeNumber,
  /** The connection of its last heartbeat, while that is there. */
  beatOn: v.optional(v.string()),
  /** Since when it says that it is not well. */
  illSince: v.optional(wholeNumber),

  /** The one session that it hosts, and the request that has taken it for that. */
  sessionKey: v.optional(v.string()),
  takenBy: v.optional(v.string()),
  takenAt: v.optional(wholeNumber),
  /** How long the seat of a player who has left is kept for the same player, milliseconds. */
  keepTime: v.optional(wholeNumber),
  /** The last requests that changed whom the session takes, so that one that comes again changes nothing. */
  policyRequests: v.optional(v.pipe(v.array(v.string()), v.readonly())),

  /** Until when it is to end, and is then taken as ended. */
  terminateBy: v.optional(wholeNumber),
  endedAt: v.optional(wholeNumber),
  /** Whether it was the process that has said so. */
  endedItself: v.optional(v.literal(true)),
  /** The connection on which it was told of its session, until a heartbeat comes on the same one. */
  startedOn: v.optional(v.string()),
  /** Who has told it of an event last. */
  teller: v.optional(v.string()),
  owesStart: owed,
  owesUpdate: owed,
  owesEnd: owed,

  rev: revision,
  [indexes.sessionsDue.sortKey]: v.optional(wholeNumberInText),
});

/** A server process: one game server on a compute, which hosts one session in its life. Times in epoch milliseconds. */
export type ServerProcess = Readonly<v.InferOutput<typeof ProcessItem>>;

/** Whether there is anything that a process is still to be told of. */
export const owesAny = (process: ServerProcess): boolean => owedEvents.some((event) => process[event]);

/** Parses the item of a server process. Throws when the table holds something else under its key. */
export const parseProcessItem = (item: StoredItem): ServerProcess => parseItem(ProcessItem, item);

const ConnectionItem = v.object({
  computeKey: v.string(),
  processHash: v.string(),
});

/** Which server process is at the other end of a connection. */
export const parseConnectionItem = (item: StoredItem): Readonly<v.InferOutput<typeof ConnectionItem>> =>
  parseItem(ConnectionItem, item);
