import { isOverLimit } from '#lib/sessions/creation-limit.ts';
import { type EndContext, end } from '#lib/sessions/end.ts';
import { type GameSession, isHostedBy } from '#lib/sessions/game-session.ts';
import { type FleetSettings, type OpenOutcome, openSession, type Wanted } from '#lib/sessions/open.ts';
import { type ProcessAddress, sessionItemKey } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import { getItem } from '#lib/table/reads.ts';
import type { Host } from '#lib/table/session-item.ts';
import { findProcess } from './find-process.ts';
import { giveBack, takeFree } from './take.ts';

export type PlaceContext = EndContext & { readonly random: () => number };

/** What a session takes over from its fleet, which has computes. */
export type HostingSettings = Omit<FleetSettings, 'host' | 'activationTime'> & {
  /** How long it may take to become ACTIVE, milliseconds. */
  readonly activationTime: number;
  /** How long the seat of a player who has left is kept for the same player, milliseconds; not at all where undefined. */
  readonly keepTime: number | undefined;
};

/** A session to be placed. */
export type Placement = {
  readonly sessionKey: string;
  readonly wanted: Wanted & { readonly location: string };
  /** Names the try: no two tries share it. */
  readonly takenBy: string;
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
 * Costs beside `openSession` and `takeFree` two reads, and one more where it has a creator or no process is free. Where none
 * is, or the creator has created too many, nothing is written: callers can ask again and again, and take nothing from others.
 *
 * The process comes first: it is what there may be too few of. Then the session is opened, which names the process. When
 * the caller dies in between, the process stands as taken by a session that does not exist, or that another try has placed
 * elsewhere. It notices at its first heartbeat once the creation is over, and is free again (`lookAfterSession`). When the
 * caller dies behind both, the process is still owed the news of its session, and is told at its next heartbeat.
 */
export async function placeSession(
  context: PlaceContext,
  { sessionKey, wanted, takenBy }: Placement,
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

  const { fleetId, location, creatorId } = wanted;
  const { creationRate: rate } = settings;
  if (creatorId !== undefined && rate !== undefined) {
    const overLimit = await isOverLimit(table, { fleetId, creatorId, sessionKey, rate, now });
    if (overLimit !== undefined) return overLimit;
  }
  const taken = await takeFree(context, { fleetId, location, sessionKey, takenBy, takenAt: now, keepTime });
  // Another try of the same request may have got the last process in this moment.
  if (taken.kind === 'none-free') return (await openedBefore()) ?? { kind: 'no-capacity' };

  const host = hostOf(taken.process);
  const outcome = await openSession(context, sessionKey, wanted, { ...settings, host });
  if (outcome.kind === 'opened' && isHostedBy(outcome.session, host)) {
    return placed(context, outcome.session, host, taken.address);
  }
  // The name is another session's, or another try of the same request has placed it elsewhere in this moment.
  await giveBack(table, taken.address, takenBy);
  return outcome.kind === 'opened' ? { ...outcome, placedOn: undefined } : outcome;
}

/** A process that has ended while its session was being made had no session then to end with it. */
async function placed(
  context: PlaceContext,
  session: GameSession,
  host: Host,
  placedOn: ProcessAddress,
): Promise<PlaceOutcome> {
  const process = await findProcess(context.table, placedOn);
  if (process !== undefined && process.status !== 'ENDED') return { kind: 'opened', session, placedOn };
  const requestToken = `process ${host.computeName} ${host.processHash}`;
  const outcome = await end(context, session.sessionKey, { reason: undefined, requestToken, with: host });
  const over = outcome.kind === 'ended' ? outcome.session : session;
  return { kind: 'opened', session: over, placedOn: undefined };
}

/** What a session says of the process that hosts it. */
const hostOf = ({ sk, computeName, port, ipAddress, dnsName }: ServerProcess): Host => ({
  processHash: sk,
  computeName,
  port,
  ipAddress,
  dnsName,
});
