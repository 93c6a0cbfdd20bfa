import { type EndContext, type EndOutcome, end } from '#lib/sessions/end.ts';
import { findSession } from '#lib/sessions/find.ts';
import { activationEndedAt, type GameSession, readGameSession } from '#lib/sessions/game-session.ts';
import { itemBehind, sendUpdate } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { type Host, parseSessionItem } from '#lib/table/session-item.ts';
import { beginEnd } from '#lib/table/session-requests.ts';
import { askToEnd } from './owed.ts';
import { computeKeyOf } from './process-address.ts';

/** How a session is to end: at once, or when its server process says so. */
export type Termination = {
  readonly isForced: boolean;
  /** Shown by the session. */
  readonly reason: string;
  /** The same over the retries of one request. */
  readonly requestToken: string;
};

export type TerminateOutcome =
  /** `toTell` is the process that is to be told; undefined where no process hosts the session, or it is gone. */
  | (Extract<EndOutcome, { kind: 'ended' }> & { readonly toTell: ProcessAddress | undefined })
  /** Its process was asked to end, and the session ends with it. */
  | { readonly kind: 'ending'; readonly session: GameSession; readonly toTell: ProcessAddress }
  | Exclude<EndOutcome, { kind: 'ended' }>;

/**
 * Ends a session. One that no server process hosts has nobody to wait for. The process of any other is asked to end, and has
 * some minutes for that, unless the end is forced: then the session is over at once, and its process all the same is asked.
 *
 * Costs one query and one conditional write of the session (two of each where its end is forced), and a read and a write of
 * its process. The session comes first.
 * When the caller dies in between, the process notices at its next heartbeat.
 */
export async function terminateSession(
  context: EndContext,
  sessionKey: string,
  termination: Termination,
): Promise<TerminateOutcome> {
  const { table, now } = context;
  const { isForced, reason, requestToken } = termination;
  const found = await findSession(table, sessionKey);
  if (found === undefined) return { kind: 'not-found' };
  const { host, createdAt } = found.ledger;
  if (activationEndedAt(found, now) !== undefined) return { kind: 'ended-before' };
  if (host === undefined || isForced) {
    const outcome = await end(context, sessionKey, { reason, requestToken });
    if (outcome.kind !== 'ended') return outcome;
    return { ...outcome, toTell: host && (await asking(context, outcome.session.fleetId, host, sessionKey)) };
  }

  const request = beginEnd({ sessionKey, createdAt, reason, endedBy: requestToken, now });
  const write = await sendUpdate(table, request);
  const item = itemBehind(write);
  const ledger = item && parseSessionItem(item);
  if (ledger === undefined) return { kind: 'not-found' };
  const session = readGameSession(sessionKey, { ...found, ledger }, now);
  if (ledger.status !== 'TERMINATING') {
    // A retry of a request whose session is over by now.
    const isOwn = ledger.endedBy === requestToken;
    return isOwn ? { kind: 'ended', session, toTell: undefined } : { kind: 'ended-before' };
  }
  const toTell = await asking(context, session.fleetId, host, sessionKey);
  if (toTell !== undefined) return { kind: 'ending', session, toTell };
  // Its process is gone, and nobody else would end it.
  const outcome = await end(context, sessionKey, { reason, requestToken, with: host });
  return outcome.kind === 'ended' ? { ...outcome, toTell } : outcome;
}

async function asking(
  context: EndContext,
  fleetId: string,
  host: Host,
  sessionKey: string,
): Promise<ProcessAddress | undefined> {
  const address = addressOfHost(fleetId, host);
  return (await askToEnd(context, address, sessionKey)) ? address : undefined;
}

/** Where the process is kept that hosts a session of this fleet. */
export const addressOfHost = (
  fleetId: string,
  { computeName, processHash }: Pick<Host, 'computeName' | 'processHash'>,
): ProcessAddress => ({ computeKey: computeKeyOf(fleetId, computeName), processHash });
