import { isHostedBy } from '#lib/sessions/game-session.ts';
import { type FleetSettings, type OpenOutcome, openSession, type Wanted } from '#lib/sessions/open.ts';
import type { Table } from '#lib/table/client.ts';
import { type ProcessAddress, sessionItemKey } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import { getItem } from '#lib/table/reads.ts';
import type { Host } from '#lib/table/session-item.ts';
import { giveBack, takeFree } from './take.ts';

export type PlaceContext = {
  readonly table: Table;
  readonly now: number;
  readonly random: () => number;
};

/** What a session takes over from its fleet, which has computes. */
export type HostingSettings = Omit<FleetSettings, 'host' | 'activationTime'> & {
  /** How long it may take to become ACTIVE, milliseconds. */
  readonly activationTime: number;
  /** How long the seat of a player who has left is kept for the same player, milliseconds; not at all where undefined. */
  readonly keepTime: number | undefined;
};

/** A session to be placed, as the front door calls it. */
export type Placement = {
  readonly sessionKey: string;
  readonly sessionReference: string;
  readonly wanted: Wanted & { readonly location: string };
  /** Names the try: no two tries share it. */
  readonly claim: string;
};

export type PlaceOutcome =
  /** With the process that hosts it now, which is still to be told; undefined where the session was there before. */
  | (Extract<OpenOutcome, { kind: 'opened' }> & { readonly placedOn: ProcessAddress | undefined })
  | Exclude<OpenOutcome, { kind: 'opened' }>
  /** No process of the fleet is free in that location. */
  | { readonly kind: 'no-capacity' };

/**
 * Opens a session on a free server process, or returns the one that was opened before under the same name.
 *
 * Costs beside `openSession` one read (two where no process is free), one query, one conditional write of the process and one of its index. Where no process is free
 * nothing is written, so that callers can ask again and again.
 *
 * The process comes first: it is what there may be too few of. Then the session is opened, which names the process. When
 * the caller dies in between, the process stands as taken by a session that does not exist, or that another try has placed
 * elsewhere. It notices at its first heartbeat once the creation is over, and is free again (`lookAfterSession`). When the
 * caller dies behind both, the process is still owed the news of its session, and is told at its next heartbeat.
 */
export async function placeSession(
  context: PlaceContext,
  { sessionKey, sessionReference, wanted, claim }: Placement,
  { keepTime, ...settings }: HostingSettings,
): Promise<PlaceOutcome> {
  const { table, now } = context;
  const openedBefore = async (): Promise<PlaceOutcome | undefined> => {
    if ((await getItem(table, sessionItemKey(sessionKey))) === undefined) return undefined;
    const outcome = await openSession(context, sessionKey, wanted, settings);
    return outcome.kind === 'opened' ? { ...outcome, placedOn: undefined } : outcome;
  };
  const before = await openedBefore();
  if (before !== undefined) return before;

  const { fleetId, location } = wanted;
  const activateBy = now + settings.activationTime;
  const taking = { sessionKey, sessionReference, claim, takenAt: now, activateBy, keepTime };
  const taken = await takeFree(context, { fleetId, location, ...taking });
  // Another try of the same request may have got the last process in this moment.
  if (taken.kind === 'none-free') return (await openedBefore()) ?? { kind: 'no-capacity' };

  const host = hostOf(taken.process);
  const outcome = await openSession(context, sessionKey, wanted, { ...settings, host });
  const isHere = outcome.kind === 'opened' && isHostedBy(outcome.session, host);
  // The name is another session's, or another try of the same request has placed it elsewhere in this moment.
  if (!isHere) await giveBack(table, taken.address, claim);
  if (outcome.kind !== 'opened') return outcome;
  return { ...outcome, placedOn: isHere ? taken.address : undefined };
}

/** What a session says of the process that hosts it. */
const hostOf = ({ sk, computeName, port, ipAddress, dnsName }: ServerProcess): Host => ({
  processHash: sk,
  computeName,
  port,
  ipAddress,
  dnsName,
});
