import { reviseItem } from '#lib/table/change-item.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { payloadItemKey } from '#lib/table/keys.ts';
import {
  type Ledger,
  parsePayloadItem,
  parseSessionItem,
  type SessionPayload,
} from '#lib/table/session-item.ts';
import { changeSettings } from '#lib/table/settings-requests.ts';
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
type Contended = { readonly kind: 'contended' };

export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly session: GameSession }
  | NotFound
  | SettingsRefusal
  | DescriptionRefusal
  /** So many others changed the session that no try came through: another one is worth it. */
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
 * Costs one query, one conditional update of the ledger (1 WCU up to 46 seats) for capacity and policy together, and one
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

  const described = await describe(table, sessionKey, found.payload, wanted);
  if (described.kind !== 'described') return described;
  const stored = { ledger: settled.ledger, payload: described.payload, data: found.data };
  return { kind: 'updated', session: readGameSession(sessionKey, stored, now) };
}

/** Brings the ledger to the settings that are wanted, from the image that was read. */
async function settle(
  table: Table,
  sessionKey: string,
  read: Ledger,
  wanted: Settings,
  now: number,
): Promise<{ readonly kind: 'settled'; readonly ledger: Ledger } | SettingsRefusal | NotFound | Contended> {
  let ledger = read;
  for (let trip = 0; ; trip++) {
    const decision = decideSettings(ledger, wanted, now);
    if (decision.kind === 'as-wanted') return { kind: 'settled', ledger };
    if (decision.kind !== 'write') return decision;
    if (trip === maximumTrips) return { kind: 'contended' };

    const write = await sendUpdate(table, changeSettings(sessionKey, decision.change));
    const item = write.kind === 'written' ? write.attributes : write.image;
    if (item === undefined) return { kind: 'not-found' };
    ledger = parseSessionItem(item);
  }
}

/** Brings the payload to the description that is wanted: what others have described in the meantime stays. */
async function describe(
  table: Table,
  sessionKey: string,
  read: SessionPayload,
  wanted: Description,
): Promise<
  { readonly kind: 'described'; readonly payload: SessionPayload } | DescriptionRefusal | NotFound | Contended
> {
  let payload = read;
  for (let trip = 0; ; trip++) {
    const decision = decideDescription(payload, wanted);
    if (decision.kind === 'as-wanted') return { kind: 'described', payload };
    if (decision.kind !== 'write') return decision;
    if (trip === maximumTrips) return { kind: 'contended' };

    const write = await sendUpdate(table, reviseItem(payloadItemKey(sessionKey), payload, decision.changes));
    const item = write.kind === 'written' ? write.attributes : write.image;
    if (item === undefined) return { kind: 'not-found' };
    payload = parsePayloadItem(item);
  }
}
