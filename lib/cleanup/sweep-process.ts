import { endProcess } from '#lib/servers/end-process.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { isOver, nextEnd } from '#lib/servers/server-process.ts';
import { sendUpdate } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { lookKeys, reviseProcess } from '#lib/table/process-requests.ts';
import { type EntryContext, nothingSwept, type Swept } from './swept.ts';

/**
 * Looks at a server process: ends one that has been silent or ill for too long, that has not got ready in time or has not
 * ended itself in the time that it was given, and its session with it. Otherwise it puts off the next look until one of
 * these can be.
 *
 * Costs a read and a write, once in three minutes for a process that is well: its heartbeats leave the look as it is. Where
 * the process has changed in between it stays due, and the next run looks again.
 */
export async function sweepProcess(context: EntryContext, address: ProcessAddress): Promise<Swept> {
  const { table, now } = context;
  const process = await findProcess(table, address);
  // The index shows late what was written a moment ago: another run may have been here.
  if (process?.dt === undefined || process.dt > now) return nothingSwept;
  const end = nextEnd(process);
  if (end === undefined || end > now) {
    await sendUpdate(table, reviseProcess(address, process, lookKeys(address, end)));
    return nothingSwept;
  }
  const outcome = await endProcess(context, address, {
    isOver: (seen) => isOver(seen, now),
  });
  switch (outcome.kind) {
    case 'ended':
      return { ...nothingSwept, processesLost: 1, sessionsEnded: outcome.hadSession ? 1 : 0 };
    case 'ended-before':
    case 'not-found':
      return nothingSwept;
    case 'contended':
      return { ...nothingSwept, isLeft: true };
  }
}
