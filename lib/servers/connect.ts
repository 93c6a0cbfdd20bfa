import { tokenEnd } from '#lib/fleets/compute-tokens.ts';
import { findCompute } from '#lib/fleets/computes.ts';
import { sendDelete, sendPut, type Table } from '#lib/table/client.ts';
import { connectionItemKey, type ProcessAddress } from '#lib/table/keys.ts';
import { parseConnectionItem, type ServerProcess } from '#lib/table/process-item.ts';
import { putConnection, putProcess, removeConnection } from '#lib/table/process-requests.ts';
import { getItem } from '#lib/table/reads.ts';
import { type ProcessName, processAddressOf } from './process-address.ts';
import { reviseProcess } from './revise-process.ts';
import { mayConnect, readinessTime } from './server-process.ts';

/** How long it is remembered whose a connection was, milliseconds: longer than the gateway's two hours. */
const connectionMemory = 3 * 60 * 60_000;

export type ConnectContext = { readonly table: Table; readonly now: number; readonly newId: () => string };

/** A server process at the door. */
export type Arrival = ProcessName & {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  readonly token: string;
};

export type ConnectOutcome =
  | { readonly kind: 'connected' }
  /** No compute of that name, or not its token, or one that has ended: whoever knocks is not told which. */
  | { readonly kind: 'bad-token' }
  /** A process of that name was there, and is over. */
  | { readonly kind: 'ended' }
  /** So many connections of the same process at once that no try came through. */
  | { readonly kind: 'contended' };

/**
 * Lets a server process in that has the token of its compute, for the first time or again. Of several connections of one
 * process the newest counts, whichever is handled last.
 *
 * Costs two reads and two writes. The connection's own item comes first: when the caller dies in between, there is one that
 * leads to a process which does not know of it, and nobody uses it, since the process was not let in.
 */
export async function connect(
  { table, now, newId }: ConnectContext,
  { connectionId, connectedAt, token, ...name }: Arrival,
): Promise<ConnectOutcome> {
  const compute = await findCompute(table, name.fleetId, name.computeName);
  const tokenEndsAt = compute && tokenEnd(compute, token, now);
  if (compute === undefined || tokenEndsAt === undefined) return { kind: 'bad-token' };

  const address = processAddressOf(name);
  await sendPut(table, putConnection(connectionId, address, Math.ceil((now + connectionMemory) / 1_000)));
  const connection = { connectionId, connectedAt, tokenEndsAt };
  const known = await connectAgain(table, address, connection, now);
  if (known.kind !== 'not-found') return known;
  const process = {
    ...name,
    ...connection,
    location: compute.location,
    createdAt: now,
    status: 'INITIALIZED',
    seal: newId(),
    beatAt: now,
  } as const;
  const isNew = (await sendPut(table, putProcess(process, address, now + readinessTime))).kind === 'written';
  if (isNew) return { kind: 'connected' };
  // Another connection of the same process has come first in this moment.
  const met = await connectAgain(table, address, connection, now);
  return met.kind === 'not-found' ? { kind: 'contended' } : met;
}

type Connection = Pick<ServerProcess, 'connectionId' | 'connectedAt' | 'tokenEndsAt'>;

async function connectAgain(
  table: Table,
  address: ProcessAddress,
  connection: Connection,
  now: number,
): Promise<ConnectOutcome | { readonly kind: 'not-found' }> {
  const outcome = await reviseProcess<'ended'>(table, address, (process) => {
    if (!mayConnect(process, now)) return { kind: 'refuse', refusal: 'ended' };
    const isOlder = process.connectionId !== undefined && connection.connectedAt < process.connectedAt;
    return { kind: 'become', process: isOlder ? process : { ...process, ...connection } };
  });
  switch (outcome.kind) {
    case 'revised':
      return { kind: 'connected' };
    case 'refused':
      return { kind: 'ended' };
    case 'contended':
    case 'not-found':
      return outcome;
  }
}

/** Which server process is at the other end of a connection: one read. Undefined where nobody knows. */
export async function findConnected(table: Table, connectionId: string): Promise<ProcessAddress | undefined> {
  const item = await getItem(table, connectionItemKey(connectionId));
  return item && parseConnectionItem(item);
}

/**
 * Forgets a connection that is no more, or that is not the process's own. The process lives on, and may be connected anew by now:
 * nothing is concluded but that it does not listen there. Costs two reads and two writes; the connection's own item goes last, so
 * that when the caller dies in between, doing it again does the rest.
 */
export async function disconnect(table: Table, connectionId: string): Promise<void> {
  const address = await findConnected(table, connectionId);
  if (address === undefined) return;
  await loseConnection(table, address, connectionId);
  await sendDelete(table, removeConnection(connectionId));
}

/**
 * Notes that nobody listens on a connection any more. Where it was the newest one, the process is told on the one that its last
 * heartbeat has come on, if that is there: the newest one has failed, or was another run's.
 */
export async function loseConnection(table: Table, address: ProcessAddress, lost: string): Promise<void> {
  await reviseProcess(table, address, ({ connectionId, beatOn, ...process }) => {
    const rest = beatOn === lost ? undefined : beatOn;
    return {
      kind: 'become',
      process: { ...process, beatOn: rest, connectionId: connectionId === lost ? rest : connectionId },
    };
  });
}
