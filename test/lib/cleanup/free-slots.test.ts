import { beforeEach, describe, expect, test } from 'vitest';
import { rosterKeyOf } from '#lib/rosters/ids.ts';
import { accept } from '#lib/sessions/accept.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import { RosterUnderTest, rosterOf } from '#test/lib/rosters/roster-under-test.ts';
import { request, type SessionUnderTest, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { newTable } from '#test/support/table.ts';
import { day, interrupted, looksOf, minute, openGameSession, reportOf, sweepNow } from './swept-table.ts';

const due = indexes.sessionsDue;

let table: Table;
beforeEach(async () => {
  ({ table } = await newTable());
});

const named = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind} ${i}`);

/** Reserves a seat for each, one after the other, and gives their tokens. */
async function reserve(session: SessionUnderTest, ...players: readonly string[]) {
  const joining = request(...players);
  expect((await session.reserve(joining)).kind).toBe('reserved');
  return tokensOf(joining);
}

const account = async (session: SessionUnderTest) => {
  const { open, seats, capacity, version } = await session.ledger();
  expect(open + Object.keys(seats).length).toBe(capacity);
  return { open, seats: Object.keys(seats), version };
};

describe('the slots of reservations that have lapsed', () => {
  test('are open again once the sweep has been there, and not a moment before their time', async () => {
    const session = await openGameSession(table);
    await reserve(session, 'ada', 'bob');
    session.clock.turn(minute - 1);
    expect(await sweepNow(table, session)).toEqual(reportOf({}));
    expect(await account(session)).toMatchObject({ open: 2, version: 2 });

    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 2 }));
    expect(await account(session)).toEqual({ open: 4, seats: [], version: 4 });
    expect(await looksOf(table, session.sessionKey)).toMatchObject({ session: undefined });
    expect(await sweepNow(table, session)).toEqual(reportOf({}));
  });

  test('leave those who came in time, and those whose time is not over, where they are', async () => {
    const session = await openGameSession(table);
    const [ada = ''] = await reserve(session, 'ada');
    const [bob = ''] = await reserve(session, 'bob');
    await session.accept(ada);
    session.clock.turn(minute / 2);
    const [eve = ''] = await reserve(session, 'eve');
    session.clock.turn(minute / 2);

    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 1 }));
    expect((await account(session)).seats.toSorted()).toEqual([ada, eve].toSorted());
    expect((await session.findPlayer(bob))?.status).toBe('TIMEDOUT');
    // The next look is when the next one can lapse.
    expect(await looksOf(table, session.sessionKey)).toMatchObject({
      session: session.clock.now() + minute / 2,
    });
    session.clock.turn(minute / 2);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 1 }));
    expect((await account(session)).seats).toEqual([ada]);
    expect(await looksOf(table, session.sessionKey)).toMatchObject({ session: undefined });
  });

  test('are looked for once where everybody has come in time', async () => {
    const session = await openGameSession(table);
    for (const token of await reserve(session, 'ada', 'bob')) await session.accept(token);
    const before = await account(session);
    session.clock.turn(minute);
    expect(await sweepNow(table, session)).toEqual(reportOf({}));
    // That is no event, and nobody has touched the session by it.
    expect(await account(session)).toEqual(before);
    expect(await session.ledger()).toMatchObject({
      touchedAt: session.clock.now() - minute,
      lookAt: undefined,
    });
  });

  test('are found as early as the session says, where its reservations hold for less than a minute', async () => {
    const session = await openGameSession(table, { reservationTime: 10_000 });
    await reserve(session, 'ada');
    session.clock.turn(10_000);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 1 }));
  });

  test('are all freed where there are more than one write can free', async () => {
    const session = await openGameSession(table, { capacity: 125 });
    const parties = Array.from({ length: 5 }, (_, i) => named(`party ${i}`, 25));
    await Promise.all(parties.map((party) => reserve(session, ...party)));
    session.clock.turn(minute);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 125 }));
    expect(await account(session)).toEqual({ open: 125, seats: [], version: 250 });
  });

  test('stay with a player who is accepted while the sweep is about to free them', async () => {
    const session = await openGameSession(table);
    const { sessionKey, clock } = session;
    const [ada = ''] = await reserve(session, 'ada', 'bob');
    clock.turn(minute);
    // By a clock that is a little behind, the player comes in time.
    const isIn = () => accept({ table, now: clock.now() - 1 }, { sessionKey, token: ada });
    expect(await sweepNow(interrupted(table, isIn), session)).toEqual(reportOf({ slotsReclaimed: 1 }));
    expect(await account(session)).toMatchObject({ open: 3, seats: [ada] });
    expect((await session.findPlayer(ada))?.status).toBe('ACTIVE');
  });

  test('are not forgotten where somebody reserves one while the sweep is about to put off its next look', async () => {
    const session = await openGameSession(table);
    for (const token of await reserve(session, 'ada')) await session.accept(token);
    session.clock.turn(minute);
    await sweepNow(
      interrupted(table, () => reserve(session, 'bob')),
      session,
    );
    expect(await looksOf(table, session.sessionKey)).toMatchObject({ session: session.clock.now() + minute });
    session.clock.turn(minute);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 1 }));
  });

  test('of a session with a roster are open again, and whoever is in stays in', async () => {
    const session = await RosterUnderTest.open(table);
    await session.join('ada');
    await session.hold(['bob', 'eve']);
    const { etag } = await session.read();
    session.clock.turn(minute);
    const lapsed = await session.read();
    expect(lapsed.etag).not.toBe(etag);

    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 2 }));
    const swept = await session.read();
    expect(swept).toEqual(lapsed);
    expect({ roster: rosterOf(swept), available: swept.seatsAvailable }).toEqual({
      roster: ['ada'],
      available: 3,
    });
    expect((await session.stored()).ledger).toMatchObject({ open: 3, lookAt: session.clock.now() + 7 * day });
  });

  test('are freed once by two sweeps at once', async () => {
    const sessions = await Promise.all(named('session', 6).map(() => openGameSession(table)));
    for (const session of sessions) await reserve(session, 'ada', 'bob', 'eve');
    const [{ clock } = await openGameSession(table)] = sessions;
    clock.turn(minute);
    const reports = await Promise.all([1, 2, 3].map(() => sweepNow(table, { clock })));
    expect(reports.reduce((sum, { slotsReclaimed }) => sum + slotsReclaimed, 0)).toBe(18);
    expect(reports.reduce((sum, { backlog }) => sum + backlog, 0)).toBe(0);
    for (const session of sessions)
      expect(await account(session)).toEqual({ open: 4, seats: [], version: 6 });
  });
});

test('a session that has ended is looked at no more', async () => {
  const session = await openGameSession(table);
  await reserve(session, 'ada');
  await session.end();
  expect(await looksOf(table, session.sessionKey)).toEqual({ session: undefined, payload: undefined });
  const rostered = await RosterUnderTest.open(table);
  await rostered.hold(['ada']);
  await rostered.change({ hasEnded: true });
  expect((await rostered.stored()).ledger.lookAt).toBeUndefined();
});

test('an entry of a session that has ended all the same is taken out', async () => {
  const session = await RosterUnderTest.open(table);
  await session.change({ hasEnded: true });
  const sessionKey = rosterKeyOf(session.created.sessionId);
  await sendUpdate(table, {
    Key: sessionItemKey(sessionKey),
    UpdateExpression: `SET ${due.partitionKey} = :shard, ${due.sortKey} = :at`,
    ExpressionAttributeValues: { ':shard': '3', ':at': String(session.clock.now()) },
  });
  const { ledger } = await session.stored();
  expect(await sweepNow(table, session)).toEqual(reportOf({}));
  expect((await session.stored()).ledger).toEqual({ ...ledger, lookAt: undefined });
});
