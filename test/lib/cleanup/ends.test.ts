import { beforeEach, describe, expect, test } from 'vitest';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { sendDelete, sendUpdate, type Table } from '#lib/table/client.ts';
import { dataItemKey, payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { parsePayloadItem } from '#lib/table/session-item.ts';
import { endSession } from '#lib/table/session-requests.ts';
import { QueueUnderTest } from '#test/lib/messages/queue-under-test.ts';
import { RosterUnderTest } from '#test/lib/rosters/roster-under-test.ts';
import { request, type SessionUnderTest, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';
import { dieAfter } from './mortal-process.ts';
import {
  day,
  hour,
  interrupted,
  looksOf,
  minute,
  openGameSession,
  reportOf,
  sweepNow,
} from './swept-table.ts';

let table: Table;
beforeEach(async () => {
  ({ table } = await newTable());
});

const ended = reportOf({ sessionsEnded: 1 });
const nothing = reportOf({});

/** Whether a search of its fleet meets the session. */
const isSearchable = async ({ sessionKey }: SessionUnderTest): Promise<boolean> => {
  const item = await getItem(table, payloadItemKey(sessionKey));
  return item !== undefined && parsePayloadItem(item).isSearchable === true;
};

async function join(session: SessionUnderTest): Promise<string> {
  const joining = request('ada');
  expect((await session.reserve(joining)).kind).toBe('reserved');
  return tokensOf(joining)[0] ?? '';
}

describe('a GameLift session that nobody holds a slot in and nobody has touched for its idle time', () => {
  test('is ended, as if nobody had given a reason, and its retention begins', async () => {
    const session = await openGameSession(table, { idleTime: day });
    session.clock.turn(day - 1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, { ...session, retention: 2 * hour })).toEqual(ended);

    const now = session.clock.now();
    expect(await session.find()).toMatchObject({ status: 'TERMINATED', endedAt: now, endReason: undefined });
    const item = await getItem(table, sessionItemKey(session.sessionKey));
    expect(item).toMatchObject({ ttl: Math.ceil((now + 2 * hour) / 1_000) });
    expect(await isSearchable(session)).toBe(false);
    expect(await looksOf(table, session.sessionKey)).toEqual({ session: undefined, payload: undefined });
    expect(await sweepNow(table, session)).toEqual(nothing);
  });

  test('is not, while somebody holds one', async () => {
    const session = await openGameSession(table, { idleTime: day });
    const ada = await join(session);
    await session.accept(ada);
    for (const days of [1, 2, 3]) {
      session.clock.turn(day);
      expect(await sweepNow(table, session), `after ${days} days`).toEqual(nothing);
    }
    await session.release(ada);
    session.clock.turn(day - 1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(ended);
  });

  test('is, once so much time has passed since a reservation lapsed that nobody took up', async () => {
    const session = await openGameSession(table, { idleTime: day });
    session.clock.turn(day - minute);
    await join(session);
    session.clock.turn(minute);
    expect(await sweepNow(table, session)).toEqual(reportOf({ slotsReclaimed: 1 }));
    session.clock.turn(day - 1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(ended);
  });

  test.each([
    { touch: 'a description', by: (session: SessionUnderTest) => session.update({ name: 'new name' }) },
    { touch: 'another capacity', by: (session: SessionUnderTest) => session.update({ capacity: 7 }) },
    { touch: 'a policy', by: (session: SessionUnderTest) => session.update({ takesPlayers: false }) },
  ])('is not before that time has passed since $touch', async ({ by }) => {
    const session = await openGameSession(table, { idleTime: day });
    session.clock.turn(day - 1);
    expect((await by(session)).kind).toBe('updated');
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(day - 2);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(ended);
  });

  test('stays for ever where its fleet says so, and is looked at but once', async () => {
    const session = await openGameSession(table);
    session.clock.turn(usualIdleTime);
    expect(await sweepNow(table, session)).toEqual(nothing);
    expect(await looksOf(table, session.sessionKey)).toEqual({ session: undefined, payload: undefined });
    session.clock.turn(1_000 * day);
    expect(await sweepNow(table, session)).toEqual(nothing);
    expect(await session.find()).toMatchObject({ status: 'ACTIVE' });
  });

  test('is not, when somebody comes in while the sweep is about to end it', async () => {
    const session = await openGameSession(table, { idleTime: day });
    session.clock.turn(day);
    const slow = interrupted(table, () => join(session));
    expect(await sweepNow(slow, session)).toEqual(nothing);
    expect(await session.find()).toMatchObject({ status: 'ACTIVE', heldSlots: 1 });
    expect(await looksOf(table, session.sessionKey)).toMatchObject({ payload: session.clock.now() + day });
  });

  test('is ended by whoever comes first, of a sweep and somebody who ends it', async () => {
    const session = await openGameSession(table, { idleTime: day });
    session.clock.turn(day);
    const slow = interrupted(table, () => session.end());
    expect(await sweepNow(slow, session)).toEqual(nothing);
    expect(await session.find()).toMatchObject({ endReason: 'FORCE_TERMINATED' });
  });
});

describe('a GameLift session that somebody has to activate', () => {
  test('is ended when that has not happened in time', async () => {
    const session = await openGameSession(table, { idleTime: day, activationTime: 5 * minute });
    expect(await session.find()).toMatchObject({ status: 'ACTIVATING' });
    session.clock.turn(5 * minute - 1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(ended);
    expect(await session.find()).toMatchObject({ status: 'TERMINATED', endReason: undefined });
    expect(await isSearchable(session)).toBe(false);
  });
});

describe('a creation that died before there was a session', () => {
  test.each([
    { left: 'its payload', data: undefined, items: 1 },
    { left: 'its payload and its data', data: 'the data', items: 2 },
  ])('has left $left, which the sweep removes', async ({ data, items }) => {
    const session = await openGameSession(table, { idleTime: day, data });
    await sendDelete(table, { Key: sessionItemKey(session.sessionKey) });
    session.clock.turn(day);
    // Also where a sweep dies before the last of them.
    expect(await dieAfter(items - 1, table, (mortal) => sweepNow(mortal, session))).toBe(false);
    expect(await sweepNow(table, session)).toEqual(reportOf({ itemsRemoved: 1 }));
    expect(await contentsOf(table)).toEqual([]);
  });

  test('is left alone for an hour, in which somebody may still be at work', async () => {
    const session = await openGameSession(table, { activationTime: minute });
    await sendDelete(table, { Key: sessionItemKey(session.sessionKey) });
    session.clock.turn(minute);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(hour - minute - 1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(reportOf({ itemsRemoved: 1 }));
  });

  test('loses its name while the sweep removes it to one that is whole', async () => {
    const session = await openGameSession(table, { idleTime: day });
    await sendDelete(table, { Key: sessionItemKey(session.sessionKey) });
    session.clock.turn(day);
    // The second put of a creation takes the payload's place, which the first one has found.
    const slow = interrupted(table, () => sweepNow(table, session), { command: 'PutItemCommand', number: 2 });
    const again = await openGameSession(slow, { idleTime: day }, { same: session });
    expect(await again.find()).toMatchObject({ status: 'ACTIVE', createdAt: session.clock.now() });
    expect(await isSearchable(again)).toBe(true);
    session.clock.turn(day);
    expect(await sweepNow(table, session)).toEqual(ended);
  });

  test('has lost its name to another one, of which nothing goes', async () => {
    const session = await openGameSession(table, { idleTime: day, data: 'old data' });
    await sendDelete(table, { Key: sessionItemKey(session.sessionKey) });
    session.clock.turn(day - 1);
    await openGameSession(table, { idleTime: day, data: 'new data' }, { same: session });
    const before = await contentsOf(table);
    session.clock.turn(1);
    expect(await sweepNow(table, session)).toEqual(nothing);
    expect(await contentsOf(table)).toEqual(before);
    expect(await getItem(table, dataItemKey(session.sessionKey))).toMatchObject({ data: 'new data' });
  });
});

test('a session whose end died before it was out of the search is taken out of it', async () => {
  const session = await openGameSession(table, { idleTime: day });
  const { sessionKey, clock } = session;
  const { createdAt, endedAt = clock.now() } = await session.ledger();
  const how = { endedAt, reason: 'FORCE_TERMINATED', endedBy: 'somebody', removeAfter: 1_900_000_000 };
  await sendUpdate(table, endSession({ sessionKey, createdAt, ...how }));
  expect(await isSearchable(session)).toBe(true);
  clock.turn(day);
  expect(await sweepNow(table, session)).toEqual(nothing);
  expect(await isSearchable(session)).toBe(false);
  expect(await session.find()).toMatchObject({ endReason: 'FORCE_TERMINATED', endedAt });
});

describe('a session with a roster that nobody is in and nobody has touched for its idle time', () => {
  let session: RosterUnderTest;
  beforeEach(async () => {
    session = await RosterUnderTest.open(table, { visibility: 'Everyone' });
  });
  const sweepAfter = (milliseconds: number) => {
    session.clock.turn(milliseconds);
    return sweepNow(table, session);
  };

  test('is ended, and no stranger finds it any more', async () => {
    expect(await sweepAfter(usualIdleTime - 1)).toEqual(nothing);
    expect(await sweepAfter(1)).toEqual(ended);
    expect(await session.read()).toMatchObject({ hasEnded: true });
    const [item] = await contentsOf(table);
    expect(Object.keys(item ?? {})).not.toContain('f');
    expect((await session.stored()).ledger).toMatchObject({
      lookAt: undefined,
      endedAt: session.clock.now(),
    });
  });

  test('is not, while somebody is in', async () => {
    await session.join('ada');
    expect(await sweepAfter(usualIdleTime)).toEqual(nothing);
    expect(await sweepAfter(usualIdleTime)).toEqual(nothing);
    await session.remove('ada');
    expect(await sweepAfter(usualIdleTime - 1)).toEqual(nothing);
    expect(await sweepAfter(1)).toEqual(ended);
  });

  test('is not, while a seat is held for somebody', async () => {
    await session.hold(['ada'], 2 * usualIdleTime);
    expect(await sweepAfter(usualIdleTime)).toEqual(nothing);
    // Its time over, the seat is free, and the session has been idle for less than that.
    expect(await sweepAfter(usualIdleTime)).toEqual(reportOf({ slotsReclaimed: 1 }));
    expect(await sweepAfter(usualIdleTime)).toEqual(ended);
  });

  test('is, with the seat that lapsed so long ago, where no sweep has come since', async () => {
    await session.hold(['ada'], minute);
    expect(await sweepAfter(minute + usualIdleTime)).toEqual(
      reportOf({ slotsReclaimed: 1, sessionsEnded: 1 }),
    );
    const { seats, open, status } = (await session.stored()).ledger;
    expect({ seats, open, status }).toEqual({ seats: {}, open: 4, status: 'TERMINATED' });
  });

  test('is not, when somebody comes in while the sweep is about to end it', async () => {
    session.clock.turn(usualIdleTime);
    const slow = interrupted(table, () => session.join('ada'));
    expect(await sweepNow(slow, session)).toEqual(nothing);
    expect(await session.read()).toMatchObject({ hasEnded: false, seatsAvailable: 3 });
  });

  test('is not, when a title drops messages while the sweep is about to end it', async () => {
    await session.join('ada');
    const queue = new QueueUnderTest(session);
    await queue.post('ada', 'hello');
    await session.remove('ada');
    session.clock.turn(usualIdleTime);
    const slow = interrupted(table, () => queue.drop(1));
    expect(await sweepNow(slow, session)).toEqual(nothing);
    expect(await session.read()).toMatchObject({ hasEnded: false });
    expect(await sweepAfter(usualIdleTime - 1)).toEqual(nothing);
    expect(await sweepAfter(1)).toEqual(ended);
  });

  test('is not, when somebody comes, leaves a message and goes while the sweep is about to end it', async () => {
    session.clock.turn(usualIdleTime);
    const slow = interrupted(table, async () => {
      await session.join('ada');
      await new QueueUnderTest(session).post('ada', 'nobody here?');
      await session.remove('ada');
    });
    expect(await sweepNow(slow, session)).toEqual(nothing);
    expect(await session.read()).toMatchObject({ hasEnded: false });
  });

  test('is not before that time has passed since a message', async () => {
    await session.join('ada');
    session.clock.turn(day);
    await new QueueUnderTest(session).post('ada', 'hello');
    expect((await session.stored()).ledger.touchedAt).toBe(session.clock.now());
    await session.remove('ada');
    expect(await sweepAfter(usualIdleTime - day)).toEqual(nothing);
    expect(await sweepAfter(day)).toEqual(ended);
  });
});
