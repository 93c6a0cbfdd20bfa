import type { Connections } from '#functions/connections.ts';
import type { Deployment } from '#functions/identifiers.ts';
import { describeError, type Log } from '#functions/log.ts';
import {
  createGameSessionEvent,
  terminateProcessEvent,
  updateGameSessionEvent,
} from '#functions/server-events.ts';
import { loseConnection } from '#lib/servers/connect.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { claim, owe } from '#lib/servers/owed.ts';
import { findGameSession } from '#lib/sessions/find.ts';
import { isHostedBy } from '#lib/sessions/game-session.ts';
import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { type OwedEvent, owedEvents, type ServerProcess } from '#lib/table/process-item.ts';

export type TellContext = {
  readonly table: Table;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly deployment: Deployment;
  readonly connections: Connections;
  readonly newId: () => string;
  readonly log: Pick<Log, 'warn'>;
};

/**
 * Tells a process what it is owed, as far as somebody is there to be told; the rest stays owed. Never fails: whoever calls
 * has done what was asked for, and the process is told the next time that it is heard of.
 *
 * Costs a read, and for each event that is owed a query, a write and a call to the gateway.
 */
export async function tellOwed(context: TellContext, address: ProcessAddress): Promise<void> {
  try {
    const process = await findProcess(context.table, address);
    // Before its first heartbeat the SDKs lose what they are told.
    if (process?.status !== 'READY') return;
    for (const event of owedEvents) if (process[event]) await tell(context, address, process, event);
  } catch (error) {
    context.log.warn('A server process could not be told of an event', describeError(error));
  }
}

async function tell(
  context: TellContext,
  address: ProcessAddress,
  process: ServerProcess,
  event: OwedEvent,
): Promise<void> {
  const { table, connections, now } = context;
  const { connectionId, connectedAt } = process;
  if (connectionId === undefined) return;
  const by = { connectionId, teller: context.newId() };
  // The start is claimed only once there is something to start. Of all others what was read before the claim could be old: who
  // has brought about what came since has found the event owed, and left it to whoever claims it.
  const start = event === 'owesStart' ? await newsOf(context, process, event) : undefined;
  if (start?.kind === 'not-yet' || !(await claim(table, address, event, by))) return;
  const news = start ?? (await newsOf(context, process, event));
  if (news.kind !== 'text') return;

  const outcome = await connections.post(connectionId, news.text);
  // A game that is told of its session twice starts it twice. Any other event does no harm the second time.
  const mayHaveArrived = outcome === 'posted' || (outcome === 'unknown' && event === 'owesStart');
  if (mayHaveArrived) return;
  // Owed first: when the caller dies in between, the next one finds the same dead connection, and loses nothing.
  await owe(table, address, event);
  // One that is only just being made is not there yet.
  const isOld = now >= connectedAt + handshakeTime;
  if (outcome === 'gone' && isOld) await loseConnection(table, address, connectionId);
}

/** How long, in milliseconds, the gateway may take from the call that lets somebody in until the connection is there. */
const handshakeTime = 5_000;

type News =
  | { readonly kind: 'text'; readonly text: string }
  /** What the event is about is still being made. */
  | { readonly kind: 'not-yet' }
  /** What the event is about is over. */
  | { readonly kind: 'void' };

async function newsOf(context: TellContext, process: ServerProcess, event: OwedEvent): Promise<News> {
  switch (event) {
    case 'owesStart':
      return newsOfSession(context, process, 'ACTIVATING', createGameSessionEvent);
    case 'owesUpdate':
      return newsOfSession(context, process, 'ACTIVE', updateGameSessionEvent);
    case 'owesEnd':
      return { kind: 'text', text: terminateProcessEvent(process.terminateBy ?? context.now) };
  }
}

async function newsOfSession(
  { table, now, deployment }: TellContext,
  { sessionKey, sk: processHash, computeName }: ServerProcess,
  status: 'ACTIVATING' | 'ACTIVE',
  spell: typeof createGameSessionEvent,
): Promise<News> {
  const session = sessionKey === undefined ? undefined : await findGameSession(table, sessionKey, now);
  if (session === undefined || !isHostedBy(session, { processHash, computeName })) return { kind: 'not-yet' };
  return session.status === status ? { kind: 'text', text: spell(deployment, session) } : { kind: 'void' };
}
