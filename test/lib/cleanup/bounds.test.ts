import { beforeEach, describe, expect, test } from 'vitest';
import type { SweepBudget } from '#lib/cleanup/sweep.ts';
import { sendPut, type Table } from '#lib/table/client.ts';
import { dueShard, payloadItemKey, remainsItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import { breakableTable } from '#test/lib/sessions/broken-writes.ts';
import { request, type SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import { Clock } from '#test/support/clock.ts';
import { newTable } from '#test/support/table.ts';
import { minute, openGameSession, reportOf, spoil, sweepNow } from './swept-table.ts';

const due = indexes.sessionsDue;

let table: Table;
beforeEach(async () => {
  ({ table } = await newTable());
});

/** Sessions in each of which one reservation has lapsed, and the time by then. */
async function lapsedSessions(
  count: number,
): Promise<{ readonly clock: Clock; readonly sessions: readonly SessionUnderTest[] }> {
  const open = async () => {
    const session = await openGameSession(table);
    await session.reserve(request('ada'));
    return session;
  };
  const sessions = await Promise.all(Array.from({ length: count }, open));
  const clock = new Clock(sessions[0]?.clock.now());
  clock.turn(minute);
  return { clock, sessions };
}

/** Long overdue entries of one shard about which nothing can be done. */
async function putUnreadable(shard: string, count: number): Promise<void> {
  const overdue = { [due.partitionKey]: shard, [due.sortKey]: '1' };
  const items = Array.from({ length: count }, (_, i) => ({ ...payloadItemKey(`nobody's ${i}`), ...overdue }));
  await Promise.all(items.map((Item) => sendPut(table, { Item })));
}

const budgetOf = (budget: Partial<SweepBudget>): SweepBudget => ({
  entries: 1_000,
  milliseconds: 1_000,
  removals: 1_000,
  ...budget,
});

describe('a run of the sweep is bounded', () => {
  test('in the entries that it looks at, and says how many are due still', async () => {
    const { clock } = await lapsedSessions(20);
    const budget = budgetOf({ entries: 8 });
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ slotsReclaimed: 8, backlog: 12 }));
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ slotsReclaimed: 8, backlog: 4 }));
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ slotsReclaimed: 4 }));
  });

  test('in its time: once that is over it begins with no other entry', async () => {
    await putUnreadable('0', 60);
    const clock = new Clock();
    // Whenever it is asked, this one goes on by a millisecond.
    class TickingClock extends Clock {
      override readonly now = () => {
        clock.turn(1);
        return clock.now();
      };
    }
    const budget = budgetOf({ milliseconds: 30 });
    const { failed, backlog } = await sweepNow(table, { clock: new TickingClock(), budget, failures: [] });
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(30);
    expect(backlog).toBe(60);
  });

  test('also where one shard has more than a page of entries: the others have their turn', async () => {
    const { clock, sessions } = await lapsedSessions(12);
    const shard = dueShard(sessions[0]?.sessionKey ?? '');
    await putUnreadable(shard, 120);
    const budget = budgetOf({ entries: 115 });
    const { slotsReclaimed } = await sweepNow(table, { clock, budget, failures: [] });
    expect(slotsReclaimed).toBe(sessions.filter(({ sessionKey }) => dueShard(sessionKey) !== shard).length);
  });
});

describe('what fails', () => {
  test('is told of and left, and holds up nobody: entries that nobody can read', async () => {
    const { clock, sessions } = await lapsedSessions(10);
    const [bad, worse] = sessions.map(({ sessionKey }) => sessionKey);
    const session = sessionItemKey(bad ?? '');
    const payload = payloadItemKey(worse ?? '');
    const remains = remainsItemKey('gone', 1);
    await spoil(table, session);
    const isDue = { [due.partitionKey]: '7', [due.sortKey]: '1' };
    await sendPut(table, { Item: { ...payload, ...isDue } });
    await sendPut(table, { Item: { ...remains, ...isDue } });

    const failures: string[] = [];
    const keys = [session, payload, remains].map(({ pk, sk }) => `${pk}/${sk}`);
    const report = reportOf({ slotsReclaimed: 9, failed: 3, backlog: 3 });
    expect(await sweepNow(table, { clock, failures })).toEqual(report);
    expect(failures.toSorted()).toEqual(keys.toSorted());
    expect(await sweepNow(table, { clock, failures })).toEqual({ ...report, slotsReclaimed: 0 });
  });

  test('is done by the next run: an entry that DynamoDB throttles', async () => {
    const { clock, sessions } = await lapsedSessions(10);
    const { sessionKey = '' } = sessions[4] ?? {};
    const broken = breakableTable(table);
    broken.wire.breaks = ({ operation, body }) =>
      operation === 'UpdateItem' && body.includes(sessionKey) ? 'throttled' : undefined;
    const failures: string[] = [];
    expect(await sweepNow(broken.table, { clock, failures })).toEqual(
      reportOf({ slotsReclaimed: 9, failed: 1, backlog: 1 }),
    );
    expect(await sweepNow(table, { clock })).toEqual(reportOf({ slotsReclaimed: 1 }));
  });

  test('is done by the next run: a shard whose entries cannot be read', async () => {
    const { clock, sessions } = await lapsedSessions(12);
    const shard = dueShard(sessions[0]?.sessionKey ?? '');
    const inShard = sessions.filter(({ sessionKey }) => dueShard(sessionKey) === shard).length;
    const broken = breakableTable(table);
    broken.wire.breaks = ({ operation, body }) =>
      operation === 'Query' && body.includes(`":shard":{"S":"${shard}"}`) ? 'server error' : undefined;
    const failures: string[] = [];
    const { slotsReclaimed } = await sweepNow(broken.table, { clock, failures });
    expect(slotsReclaimed).toBe(12 - inShard);
    expect(failures).toEqual([`shard ${shard}`]);
    expect(await sweepNow(table, { clock })).toEqual(reportOf({ slotsReclaimed: inShard }));
  });
});
