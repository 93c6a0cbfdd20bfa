import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type SweepBudget, type SweepReport, sweep } from '#lib/cleanup/sweep.ts';
import { type FleetSettings, openSession, type Wanted } from '#lib/sessions/open.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { type StoredItem, sendUpdate, type Table } from '#lib/table/client.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import type { Remains } from '#lib/table/remains-item.ts';
import { indexes } from '#lib/table/schema.ts';
import { parseSessionItem } from '#lib/table/session-item.ts';
import { breakableTable } from '#test/lib/sessions/broken-writes.ts';
import { SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import type { Clock } from '#test/support/clock.ts';
import { contentsOf } from '#test/support/contents.ts';

export const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

export type Opening = FleetSettings & Partial<Pick<Wanted, 'capacity' | 'data'>>;

/**
 * A GameLift session in a fleet with these settings.
 *
 * @param same one that is gone, and whose name it gets
 * @param at when it is opened, epoch milliseconds, where its clock does not say so
 */
export async function openGameSession(
  table: Table,
  { capacity = 4, data, ...settings }: Opening = {},
  { same, at }: { readonly same?: SessionUnderTest; readonly at?: number } = {},
): Promise<SessionUnderTest> {
  const session = new SessionUnderTest(table, capacity, same);
  if (at !== undefined) session.clock.turn(at - session.clock.now());
  const wanted = { fleetId: 'fleet-swept', location: undefined, id: randomUUID(), capacity, data };
  const now = session.clock.now();
  const outcome = await openSession({ table, now }, session.sessionKey, wanted, settings);
  if (outcome.kind !== 'opened') throw new Error(`The session was not opened: ${outcome.kind}`);
  return session;
}

export type Sweeping = {
  readonly clock: Clock;
  readonly budget?: SweepBudget;
  readonly retention?: number;
  /** Is told of each failure; without one a failure is a mistake. */
  readonly failures?: string[];
};

/** One run of the sweep. */
export const sweepNow = (
  table: Table,
  { clock, budget, retention = usualRetention, failures }: Sweeping,
): Promise<SweepReport> =>
  sweep({
    table,
    clock: clock.now,
    random: Math.random,
    retention,
    onFailure: (error, what) => {
      if (failures === undefined) throw error;
      failures.push(what);
    },
    ...(budget && { budget }),
  });

/** Another way to the table, on which something else happens just before the first update, or before such a command. */
export function interrupted(
  table: Table,
  meanwhile: () => Promise<unknown>,
  before: { readonly command: string; readonly number: number } = { command: 'UpdateItemCommand', number: 1 },
): Table {
  const slow = breakableTable(table).table;
  let seen = 0;
  slow.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === before.command && ++seen === before.number) await meanwhile();
        return next(args);
      },
    { step: 'initialize' },
  );
  return slow;
}

/** A report that says only this. */
export const reportOf = (done: Partial<SweepReport>): SweepReport => ({
  slotsReclaimed: 0,
  sessionsEnded: 0,
  processesLost: 0,
  itemsRemoved: 0,
  failed: 0,
  backlog: 0,
  ...done,
});

/** Removes the item of a session that has ended, as DynamoDB does once its time to live is over. */
export async function expire(table: Table, sessionKey: string): Promise<Remains> {
  const item = await getItem(table, sessionItemKey(sessionKey));
  if (item === undefined) throw new Error('There is no such session');
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: sessionItemKey(sessionKey) }));
  const { createdAt } = parseSessionItem(item);
  return { sessionKey, createdAt, removedAfter: Number(item['ttl']) * 1_000 };
}

/** All items with a session's key in theirs. */
export async function itemsOf(table: Table, sessionKey: string): Promise<readonly StoredItem[]> {
  return (await contentsOf(table)).filter(({ pk }) => String(pk).includes(sessionKey));
}

/** When the sweep is to look at a session's item, and at its payload; undefined for never. */
export async function looksOf(table: Table, sessionKey: string) {
  const [session, payload] = await Promise.all([
    getItem(table, sessionItemKey(sessionKey)),
    getItem(table, payloadItemKey(sessionKey)),
  ]);
  const timeOf = (item: StoredItem | undefined) => {
    const at = item?.[indexes.sessionsDue.sortKey];
    return at === undefined ? undefined : Number(at);
  };
  return { session: timeOf(session), payload: timeOf(payload) };
}

/** Makes an item into something that nobody can read. */
export async function spoil(table: Table, key: { readonly pk: string; readonly sk: string }): Promise<void> {
  await sendUpdate(table, {
    Key: key,
    UpdateExpression: 'SET st = :nonsense, createdAt = :nonsense',
    ExpressionAttributeValues: { ':nonsense': 'spoilt' },
  });
}
