import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import type { ServerProcess } from '#lib/table/process-item.ts';
import type { Contended } from '#lib/table/write-in-turns.ts';
import { type ProcessDecision, reviseProcess } from './revise-process.ts';
import { mayHaveMissedStart, mustRefresh, silenceTime } from './server-process.ts';

/** What a process says each minute, and on which connection. */
export type Heartbeat = {
  readonly isHealthy: boolean;
  readonly connectionId: string;
  /** When that connection was made, epoch milliseconds: it need not be the newest one. */
  readonly connectedAt: number;
};

export type HeartbeatOutcome =
  | {
      readonly kind: 'alive';
      readonly process: ServerProcess;
      /** Whether it is to be asked now to connect anew. */
      readonly refresh: boolean;
    }
  /** It has not been well for so long that it has to end. */
  | { readonly kind: 'ill' }
  /** It was taken for gone. */
  | { readonly kind: 'ended' }
  /** It has said so itself, and this is late. */
  | { readonly kind: 'ended-itself' }
  | { readonly kind: 'not-found' }
  | Contended;

/**
 * A process is there. With its first heartbeat after it has said that it is ready, it can get a session.
 *
 * Costs one write unit; one more for the index when the process gets ready, and two when it gets well or ill.
 *
 * @param seen the process as its caller has just read it
 */
export async function heartbeat(
  { table, now }: { readonly table: Table; readonly now: number },
  address: ProcessAddress,
  seen: ServerProcess,
  { isHealthy, connectionId, connectedAt }: Heartbeat,
): Promise<HeartbeatOutcome> {
  let refresh = false;
  const beat = (process: ServerProcess): ProcessDecision<'ended' | 'ended-itself'> => {
    if (process.status === 'ENDED') {
      return { kind: 'refuse', refusal: process.endedItself ? 'ended-itself' : 'ended' };
    }
    const isHeardWhereTold = process.startedOn === connectionId;
    const tellAgain = !isHeardWhereTold && mayHaveMissedStart(process, now);
    const heard: ServerProcess = {
      ...process,
      startedOn: isHeardWhereTold || tellAgain ? undefined : process.startedOn,
      owesStart: tellAgain || process.owesStart ? true : undefined,
      status: process.status === 'ACTIVATED' ? 'READY' : process.status,
      beatAt: now,
      beatOn: connectionId,
      illSince: isHealthy ? undefined : (process.illSince ?? now),
      // The connection that was thought to be the newest has failed: this one is there.
      connectionId: process.connectionId ?? connectionId,
    };
    refresh = mustRefresh(heard, connectedAt, now);
    return { kind: 'become', process: refresh ? { ...heard, refreshedAt: now } : heard };
  };
  const outcome = await reviseProcess(table, address, beat, seen);
  switch (outcome.kind) {
    case 'revised': {
      const { item: process } = outcome;
      const isTooIll = process.illSince !== undefined && now >= process.illSince + silenceTime;
      return isTooIll ? { kind: 'ill' } : { kind: 'alive', process, refresh };
    }
    case 'refused':
      return { kind: outcome.refusal };
    case 'not-found':
    case 'contended':
      return outcome;
  }
}
