import * as v from 'valibot';
import type { StoredItem } from './client.ts';
import { parseItem, wholeNumber } from './parse.ts';
import { type Ledger, parseSessionItem } from './session-item.ts';

/** Who may see a session, and who may take a player out of it, as GameSession (JSON) names them. */
export const visibilities = ['PlayersCurrentlyInSession', 'PlayersEverInSession', 'Everyone'] as const;
export type Visibility = (typeof visibilities)[number];
export const removalRules = ['NoOne', 'Self', 'AnyPlayer'] as const;
export type RemovalRule = (typeof removalRules)[number];

const bytes = v.instance(Uint8Array);

/** A place in the roster: xuid, gamertag and custom data. */
const Place = v.object({ x: v.string(), g: v.string(), d: v.optional(bytes) });

/** A message queue: its last number, when that was given out (epoch milliseconds) and to whom, and what was dropped. */
const Queue = v.object({
  n: wholeNumber,
  t: wholeNumber,
  by: v.optional(v.string()),
  d: wholeNumber,
});

/**
 * What a session with a roster has beside its ledger, in the same item: one write changes both, and one read shows them
 * at one moment. With the ledger it takes about 300 bytes and 80 for each player who has ever been in, custom data
 * apart: 1 WCU a write up to 7 players.
 */
const RosteredItem = v.pipe(
  v.object({
    id: v.string(),
    title: wholeNumber,
    /** Variant. */
    va: wholeNumber,
    /** Display name. */
    dn: v.string(),
    /** Custom data. */
    cd: v.optional(bytes),
    vis: v.picklist(visibilities),
    /** By whom players can be removed. */
    acl: v.picklist(removalRules),
    /** The player who created it; none where its title did. */
    cr: v.optional(v.string()),
    /** Stands for all that was asked for at its creation, so that the same request is known again. */
    ask: v.string(),
    /** The request that changed it last, by which a retry knows its own work. */
    w: v.optional(v.string()),
    /** Who took a player out last, by xuid; absent where a title did. */
    out: v.optional(v.string()),
    /** How long nobody may hold a slot in it or touch it before it is ended, milliseconds; for ever where there is none. */
    idl: v.optional(wholeNumber),
    /** Places in the roster by token. */
    r: v.record(v.string(), Place),
    /** The tokens in the order in which they first came in. It only ever grows. */
    o: v.array(v.string()),
    /** Its message queues. */
    q: v.array(Queue),
  }),
  v.transform((item) => ({
    sessionId: item.id,
    titleId: item.title,
    variant: item.va,
    displayName: item.dn,
    customData: item.cd,
    visibility: item.vis,
    playersCanBeRemovedBy: item.acl,
    creator: item.cr,
    asked: item.ask,
    lastWriter: item.w,
    removedBy: item.out,
    idleTime: item.idl,
    roster: item.o.map((token) => {
      const place = item.r[token];
      // Passed over, it would move everybody behind it.
      if (place === undefined) throw new Error('A roster names a token that has no place in it');
      return { token, xuid: place.x, gamertag: place.g, customData: place.d };
    }),
    queues: item.q.map(({ n, t, by, d }) => ({ last: n, givenAt: t, givenTo: by, droppedThrough: d })),
  })),
);

/** A session with a roster as stored. Which of its players are in, the ledger says. */
export type StoredRoster = Readonly<v.InferOutput<typeof RosteredItem>> & { readonly ledger: Ledger };

/** Parses the item of a session with a roster. Throws when the table holds something else under its key. */
export const parseRosteredItem = (item: StoredItem): StoredRoster => ({
  ...parseItem(RosteredItem, item),
  ledger: parseSessionItem(item),
});
