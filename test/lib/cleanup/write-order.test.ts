import { beforeAll, expect, test } from 'vitest';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { sendDelete, type Table } from '#lib/table/client.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem, queryPage } from '#lib/table/reads.ts';
import { wholeSession } from '#lib/table/session-queries.ts';
import { RosterUnderTest, rosterOf } from '#test/lib/rosters/roster-under-test.ts';
import { request, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { newTable } from '#test/support/table.ts';
import { dieAfter } from './mortal-process.ts';
import { looksOf, openGameSession, sweepNow } from './swept-table.ts';

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

/** One session of each kind that the sweep has something to do about. */
async function dueSessions() {
  const lapsing = await openGameSession(table, { idleTime: usualIdleTime });
  const joining = request('ada', 'bob', 'eve');
  await lapsing.reserve(joining);
  const [ada = ''] = tokensOf(joining);
  await lapsing.accept(ada);
  const idle = await openGameSession(table, { idleTime: usualIdleTime });
  const unborn = await openGameSession(table, { idleTime: usualIdleTime, data: 'the data' });
  await sendDelete(table, { Key: sessionItemKey(unborn.sessionKey) });
  const idleRoster = await RosterUnderTest.open(table);
  const heldRoster = await RosterUnderTest.open(table);
  await heldRoster.join('ada');
  await heldRoster.hold(['bob']);
  lapsing.clock.turn(usualIdleTime);
  return { lapsing, ada, idle, unborn, idleRoster, heldRoster, clock: lapsing.clock };
}

type DueSessions = Awaited<ReturnType<typeof dueSessions>>;

/** What holds at any moment: every slot is accounted for, and whoever is in is in. */
async function checkMeanwhile({ lapsing, ada, heldRoster }: DueSessions): Promise<void> {
  for (const { open, seats, capacity } of [await lapsing.ledger(), (await heldRoster.stored()).ledger]) {
    expect(open + Object.keys(seats).length).toBe(capacity);
  }
  expect(await lapsing.findPlayer(ada)).toMatchObject({ status: 'ACTIVE' });
  expect(rosterOf(await heldRoster.read())).toEqual(['ada']);
}

async function checkInTheEnd(sessions: DueSessions): Promise<void> {
  const { lapsing, ada, idle, unborn, idleRoster, heldRoster } = sessions;
  expect(await lapsing.ledger()).toMatchObject({ open: 3, seats: { [ada]: expect.anything() } });
  expect(await idle.find()).toMatchObject({ status: 'TERMINATED' });
  expect(await getItem(table, payloadItemKey(idle.sessionKey))).not.toHaveProperty('shard');
  expect(await looksOf(table, idle.sessionKey)).toEqual({ session: undefined, payload: undefined });
  expect(await queryPage(table, wholeSession(unborn.sessionKey))).toMatchObject({ items: [] });
  expect(await idleRoster.read()).toMatchObject({ hasEnded: true });
  expect(await looksOf(table, rosterKeyOf(idleRoster.created.sessionId))).toEqual({});
  expect((await heldRoster.stored()).ledger).toMatchObject({ open: 3 });
}

test('a sweep that dies at whatever write has broken nothing, and the next one finishes its work', async () => {
  let writes = 0;
  for (let isDone = false; !isDone; writes++) {
    const sessions = await dueSessions();
    const { clock } = sessions;
    isDone = await dieAfter(writes, table, (mortal) => sweepNow(mortal, { clock }));
    await checkMeanwhile(sessions);
    await sweepNow(table, { clock });
    await checkInTheEnd(sessions);
  }
  // Of the ledger that lapses and its payload one each, and of the two rosters; two that end a session, and two that remove
  // what a creation left.
  expect(writes - 1).toBe(8);
});
