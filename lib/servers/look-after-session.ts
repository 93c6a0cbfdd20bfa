import { type EndContext, end } from '#lib/sessions/end.ts';
import { parseDescribed } from '#lib/sessions/find.ts';
import { activationEndedAt, isHostedBy } from '#lib/sessions/game-session.ts';
import { creationTime } from '#lib/sessions/open.ts';
import { type ProcessAddress, payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import { batchGet } from '#lib/table/reads.ts';
import { askToEnd } from './owed.ts';
import { giveBack } from './take.ts';

/**
 * Brings a process and its session together again, when the process is heard of: what somebody has left half done who died,
 * and what the sweep has done to a session whose process it does not tell.
 *
 * Costs one read of two items a heartbeat for a process that hosts a session, and nothing for any other.
 *
 * @returns whether the process is to end
 */
export async function lookAfterSession(
  context: EndContext,
  address: ProcessAddress,
  process: ServerProcess,
): Promise<boolean> {
  const { table, now } = context;
  const { sessionKey, takenBy = '', takenAt = now } = process;
  if (sessionKey === undefined) return false;
  const hosted = { processHash: process.sk, computeName: process.computeName };
  const [session, payload] = await batchGet(table, [sessionItemKey(sessionKey), payloadItemKey(sessionKey)]);
  const found = parseDescribed(session, payload);
  if (found === undefined || !isHostedBy(found.ledger, hosted)) {
    // Whoever took the process has died before there was a session, or another try has placed it elsewhere.
    if (takenAt + creationTime <= now) await giveBack(table, address, takenBy);
    return false;
  }
  const { status, version } = found.ledger;
  const late = activationEndedAt(found, now);
  if (late === undefined && (status === 'ACTIVATING' || status === 'ACTIVE')) return false;
  if (late !== undefined) {
    const requestToken = `activation ${process.computeName} ${process.sk}`;
    const ending = { reason: undefined, requestToken, with: hosted, version };
    const outcome = await end({ ...context, now: late }, sessionKey, ending);
    // It was made ACTIVE in the last moment.
    if (outcome.kind === 'changed') return false;
  }
  // A process hosts one session in its life.
  return askToEnd(context, address, sessionKey);
}
