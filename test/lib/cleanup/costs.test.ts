import { beforeEach, expect, test } from 'vitest';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { dueShards } from '#lib/table/keys.ts';
import { RosterUnderTest } from '#test/lib/rosters/roster-under-test.ts';
import { request, type SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import { CapacityMeter, unitsOf } from '#test/support/capacity-meter.ts';
import { newTable } from '#test/support/table.ts';
import { minute, openGameSession, reportOf, sweepNow } from './swept-table.ts';

let table: Table;
let meter: CapacityMeter;
beforeEach(async () => {
  ({ table } = await newTable());
  meter = new CapacityMeter(table);
});

/** The calls of a sweep with their capacity units, by operation; of queries those that found something. */
async function bill(session: Pick<SessionUnderTest, 'clock'>) {
  meter.take();
  const report = await sweepNow(table, session);
  const calls = meter.take().filter((reading) => unitsOf(reading) > 0);
  const byOperation = Object.entries(Object.groupBy(calls, ({ operation }) => operation));
  return {
    report,
    calls: Object.fromEntries(byOperation.map(([operation, all = []]) => [operation, all.map(unitsOf)])),
  };
}

const open = () => openGameSession(table, { idleTime: usualIdleTime });

/** Has a reservation lapse in each of these sessions. */
async function lapse(sessions: readonly SessionUnderTest[]): Promise<void> {
  for (const session of sessions) {
    await session.reserve(request('ada'));
    session.clock.turn(minute);
  }
}

test('a sweep that frees slots costs the same beside few sessions and beside many', async () => {
  const lapsing = [await open(), await open(), await open()] as const;
  await lapse(lapsing);
  const alone = await bill(lapsing[0]);
  expect(alone).toEqual({
    report: reportOf({ slotsReclaimed: 3 }),
    calls: {
      Query: expect.anything(),
      GetItem: [1, 1, 1],
      // The ledger, and the entry that leaves the index.
      UpdateItem: [2, 2, 2],
    },
  });

  await Promise.all(Array.from({ length: 20 }, open));
  await Promise.all(Array.from({ length: 10 }, () => RosterUnderTest.open(table)));
  await lapse(lapsing);
  expect(await bill(lapsing[0])).toEqual(alone);
});

test('a look at a session in which all is well costs two reads, and an entry that moves in the index', async () => {
  const session = await open();
  const joining = request('ada');
  await session.reserve(joining);
  session.clock.turn(usualIdleTime);
  expect(await bill(session)).toEqual({
    report: reportOf({ slotsReclaimed: 1 }),
    calls: { Query: [0.5], GetItem: [1], BatchGetItem: [2], UpdateItem: expect.anything() },
  });
});

test('a sweep that finds nothing is a query for each shard', async () => {
  const session = await open();
  meter.take();
  expect(await sweepNow(table, session)).toEqual(reportOf({}));
  expect(meter.take().map(({ operation }) => operation)).toEqual(Array(dueShards).fill('Query'));
});
