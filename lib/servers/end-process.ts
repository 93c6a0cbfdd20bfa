import { type EndContext, end } from '#lib/sessions/end.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { findProcess } from './find-process.ts';
import { reviseProcess } from './revise-process.ts';

/** Sessions that a process may get while it is being ended: it can get one, and lose it to nobody. */
const maximumRounds = 3;

export type EndProcessOutcome =
  /** `hadSession` says that a session has ended with it. */
  | { readonly kind: 'ended'; readonly hadSession: boolean }
  | { readonly kind: 'ended-before' }
  | { readonly kind: 'not-found' }
  | Contended;

/**
 * Ends a server process, and with it the session that it hosts, whose slots are nobody's from then on.
 *
 * Costs a read, a read and a write of the process, and what `end` costs where there is a session. The session comes first.
 * When the caller dies in between, the session is over and its process is not: whoever meets the process next, by a
 * heartbeat or in the sweep, ends it. The other way round a session could go on of which no process knows.
 *
 * @param how whether the process itself says that it ends, or somebody else finds that it is over: `isOver` is asked of each
 *   state of it, so that one that has shown to be alive in the meantime goes on
 */
export async function endProcess(
  context: EndContext,
  address: ProcessAddress,
  how: { readonly endsItself: true } | { readonly isOver: (process: ServerProcess) => boolean },
): Promise<EndProcessOutcome> {
  const isOver = (process: ServerProcess) => 'endsItself' in how || how.isOver(process);
  for (let round = 0; round < maximumRounds; round++) {
    const process = await findProcess(context.table, address);
    if (process === undefined) return { kind: 'not-found' };
    if (process.status === 'ENDED' || !isOver(process)) return { kind: 'ended-before' };

    const hadSession = await endSessionOf(context, process);
    const outcome = await reviseProcess<'has-changed'>(context.table, address, (now) => {
      // Somebody has taken it for a session since it was read, which has to end too; or it is alive, and has lost nothing yet.
      const isAnother = now.takenBy !== process.takenBy || (!hadSession && !isOver(now));
      if (isAnother) return { kind: 'refuse', refusal: 'has-changed' };
      return { kind: 'become', process: ended(now, context.now, 'endsItself' in how) };
    });
    if (outcome.kind === 'revised') return { kind: 'ended', hadSession };
    if (outcome.kind !== 'refused') return outcome;
  }
  return { kind: 'contended' };
}

async function endSessionOf(context: EndContext, process: ServerProcess): Promise<boolean> {
  if (process.sessionKey === undefined) return false;
  const { sk: processHash, computeName } = process;
  const outcome = await end(context, process.sessionKey, {
    reason: undefined,
    requestToken: `process ${computeName} ${processHash}`,
    with: { processHash, computeName },
  });
  return outcome.kind === 'ended';
}

const ended = (process: ServerProcess, now: number, endsItself: boolean): ServerProcess =>
  process.status === 'ENDED'
    ? process
    : {
        ...process,
        status: 'ENDED',
        endedAt: now,
        endedItself: endsItself || undefined,
        owesStart: undefined,
        owesUpdate: undefined,
        owesEnd: undefined,
      };
