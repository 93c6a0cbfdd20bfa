import type { Connections } from '#functions/connections.ts';
import type { Deployment } from '#functions/gamelift/identifiers.ts';
import { describeError, type Log } from '#functions/log.ts';
import { loseConnection } from '#lib/servers/connect.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { claim, owe } from '#lib/servers/owed.ts';
import { findGameSession } from '#lib/sessions/find.ts';
import { isHostedBy } from '#lib/sessions/game-session.ts';
import type { Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { type OwedEvent, owedEvents, type ServerProcess } from '#lib/table/process-item.ts';
import { createGameSessionEvent, terminateProcessEvent, updateGameSessionEvent } from './server-events.ts';

export type TellContext = {
  readonly table: Table;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly deployment: Deployment;
  readonly connections: Connections;
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
  const { table, connections } = context;
  const { connectionId } = process;
  const news = await newsOf(context, process, event);
  if (news.kind === 'not-yet' || connectionId === undefined) return;
  if (!(await claim(table, address, event, connectionId)) || news.kind === 'void') return;
  const sent = await connections.post(connectionId, news.text).catch((error: unknown) => {
    context.log.warn('An event could not be posted', { kind: event, ...describeError(error) });
    return 'failed' as const;
  });
  if (sent === 'posted') return;
  // Owed first: when the caller dies in between, the next one finds the same dead connection, and loses nothing.
  await owe(table, address, event);
  if (sent === 'gone') await loseConnection(table, address, connectionId);
}

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
