import { reviseItem } from '#lib/table/change-item.ts';
import type { Table } from '#lib/table/client.ts';
import { payloadItemKey } from '#lib/table/keys.ts';
import {
  type Ledger,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { changeSettings } from '#lib/table/settings-requests.ts';
import { type Contended, type Step, settled, writeInTurns } from '#lib/table/write-in-turns.ts';
import { type Description, type DescriptionRefusal, decideDescription } from './description.ts';
import { findSession } from './find.ts';
import { type GameSession, readGameSession } from './game-session.ts';
import type { RecentlyFull } from './recently-full.ts';
import { decideSettings, type Settings, type SettingsRefusal } from './settings.ts';

/**
 * Trips to one item before an update gives up. Players who come and go are in its way only when it takes the very slots
 * that they take; other updates of the session are, one of which comes through in each round.
 */
const maximumTrips = 20;

/** What an update changes. What is undefined stays as it is. */
export type Update = Settings & Description;

type NotFound = { readonly kind: 'not-found' };
const notFound: NotFound = { kind: 'not-found' };

export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly session: GameSession }
  | NotFound
  | SettingsRefusal
  | DescriptionRefusal
  | Contended;

export type UpdateContext = {
  readonly table: Table;
  readonly recentlyFull: RecentlyFull;
  /** Epoch milliseconds. */
  readonly now: number;
};

/**
 * Changes a session that is ACTIVE. An update that finds everything as wanted writes nothing, so that doing it again
 * does no harm.
 *
 * Costs one query, one conditional update of the ledger (1 WCU up to 44 seats) for capacity and policy together, and one
 * of the payload (1 WCU, and 1 for the index by which it is searched) for the description, each only where something
 * changes. Whatever can be refused is refused before anything is written; only where another update adds properties at
 * the same moment can there be too many of them once the ledger is written.
 *
 * The ledger comes first, since what players do at the same moment may forbid the change. When the process dies between
 * the two, capacity and policy are as asked and the description is the old one; the caller got no answer, and the same
 * update once more completes it. An update that changes only the description goes by the status that it has read: the
 * session may end before the payload is written, and is then remembered with its new description.
 */
export async function update(
  { table, recentlyFull, now }: UpdateContext,
  sessionKey: string,
  wanted: Update,
): Promise<UpdateOutcome> {
  const found = await findSession(table, sessionKey);
  if (found === undefined) return { kind: 'not-found' };
  const settings = decideSettings(found.ledger, wanted, now);
  if (settings.kind === 'not-active' || settings.kind === 'below-held') return settings;
  const description = decideDescription(found.payload, wanted);
  if (description.kind === 'too-many-properties') return description;

  const settled = await settle(table, sessionKey, found.ledger, wanted, now);
  // Whoever was refused a slot a moment ago may find one now. Other function instances remember for 250 ms longer.
  recentlyFull.forget(sessionKey);
  if (settled.kind !== 'settled') return settled;

  const described = await describe(table, sessionKey, found.payload, wanted, now);
  if (described.kind !== 'described') return described;
  const stored = { ledger: settled.ledger, payload: described.payload, data: found.data };
  return { kind: 'updated', session: readGameSession(sessionKey, stored, now) };
}

type Settled = { readonly kind: 'settled'; readonly ledger: Ledger };

/** Brings the ledger to the settings that are wanted, from the image that was read. */
function settle(
  table: Table,
  sessionKey: string,
  read: Ledger,
  wanted: Settings,
  now: number,
): Promise<Settled | SettingsRefusal | NotFound | Contended> {
  const step = (ledger: Ledger): Step<Settled | SettingsRefusal> => {
    const decision = decideSettings(ledger, wanted, now);
    if (decision.kind === 'as-wanted') return settled({ kind: 'settled', ledger });
    if (decision.kind !== 'write') return settled(decision);
    return {
      kind: 'write',
      request: changeSettings(sessionKey, decision.change, now),
      written: (item) => step(parseSessionItem(item)),
    };
  };
  return writeInTurns<Settled | SettingsRefusal | NotFound>(
    table,
    step(read),
    (item) => (item ? step(parseSessionItem(item)) : settled(notFound)),
    maximumTrips,
  );
}

type Described = { readonly kind: 'described'; readonly payload: SessionPayload };

/** Brings the payload to the description that is wanted: what others have described in the meantime stays. */
function describe(
  table: Table,
  sessionKey: string,
  read: SessionPayload,
  wanted: Description,
  now: number,
): Promise<Described | DescriptionRefusal | NotFound | Contended> {
  const step = (payload: SessionPayload): Step<Described | DescriptionRefusal> => {
    const decision = decideDescription(payload, wanted);
    if (decision.kind === 'as-wanted') return settled({ kind: 'described', payload });
    if (decision.kind !== 'write') return settled(decision);
    return {
      kind: 'write',
      request: reviseItem(payloadItemKey(sessionKey), payload, { ...decision.changes, touched: now }),
      written: (item) => step(parsePayloadItem(item)),
    };
  };
  return writeInTurns<Described | DescriptionRefusal | NotFound>(
    table,
    step(read),
    (item) => (item ? step(parsePayloadItem(item)) : settled(notFound)),
    maximumTrips,
  );
}
