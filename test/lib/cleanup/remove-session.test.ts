import { beforeEach, describe, expect, test } from 'vitest';
import { removeSession } from '#lib/cleanup/remove-session.ts';
import { messagesOf } from '#lib/messages/message.ts';
import { rosterKeyOf, tokenOf } from '#lib/rosters/ids.ts';
import { listSessionsOf } from '#lib/rosters/list.ts';
import { type StoredItem, sendDelete, sendPut, sendUpdate, type Table } from '#lib/table/client.ts';
import { payloadItemKey, sessionItemKey } from '#lib/table/keys.ts';
import { putVoid, takeNumber } from '#lib/table/message-requests.ts';
import { getItem } from '#lib/table/reads.ts';
import type { Remains } from '#lib/table/remains-item.ts';
import { QueueUnderTest } from '#test/lib/messages/queue-under-test.ts';
import { create, playerCaller, RosterUnderTest, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import { breakableTable } from '#test/lib/sessions/broken-writes.ts';
import { request, type SessionUnderTest, tokensOf } from '#test/lib/sessions/session-under-test.ts';
import { contentsOf } from '#test/support/contents.ts';
import { newTable } from '#test/support/table.ts';
import { dieAfter } from './mortal-process.ts';
import {
  day,
  expire,
  hour,
  interrupted,
  itemsOf,
  openGameSession,
  reportOf,
  sweepNow,
} from './swept-table.ts';

let table: Table;
beforeEach(async () => {
  ({ table } = await newTable());
});

const named = (kind: string, count: number) => Array.from({ length: count }, (_, i) => `${kind} ${i}`);

const month = 30 * day;

/** A GameLift session with data and players who are in, have left, or never came; ended, and its retention over. */
async function gameSession(players: number): Promise<{ session: SessionUnderTest; gone: Remains }> {
  const session = await openGameSession(table, { capacity: players, data: 'the data' });
  const tokens: string[] = [];
  for (const player of named('player', players)) {
    const joining = request(player);
    await session.reserve(joining);
    tokens.push(...tokensOf(joining));
  }
  for (const token of tokens.slice(0, 2)) await session.accept(token);
  for (const token of tokens.slice(0, 1)) await session.release(token);
  await session.end();
  session.clock.turn(month + 1_000);
  return { session, gone: await expire(table, session.sessionKey) };
}

/** A session with a roster and messages in two queues, one of which has a number that was given up; as above. */
async function rosteredSession(
  players: number,
  messages: number,
): Promise<{ session: RosterUnderTest; gone: Remains }> {
  const session = await RosterUnderTest.open(table, { maxPlayers: 10, idempotencyKey: 'again' });
  await session.join(...named('player', players));
  await new QueueUnderTest(session, 0).fill(messages);
  await new QueueUnderTest(session, 3).fill(1);
  await sendPut(table, putVoid(messagesOf(await session.stored(), 3), 2, session.clock.now()));
  await session.change({ hasEnded: true });
  session.clock.turn(month + 1_000);
  return { session, gone: await expire(table, rosterKeyOf(session.created.sessionId)) };
}

/** Whether a player finds a session in the own list. */
async function isListedBy({ address, clock }: RosterUnderTest, name: string): Promise<boolean> {
  const xuid = xuidOf(name);
  const wanted = { caller: playerCaller(name), xuid, state: 'any' as const, variant: undefined };
  const page = await listSessionsOf({ table, now: clock.now() }, wanted, 10, undefined);
  return page.items.some(({ sessionId }) => sessionId === address.sessionId);
}

const remove = (gone: Remains, now: number, budget?: number, by: Table = table) =>
  removeSession({ table: by, now }, gone, budget);

describe('of a session that is gone nothing is left', () => {
  test('of a GameLift session: players, data and payload', async () => {
    const { session, gone } = await gameSession(3);
    expect(await itemsOf(table, session.sessionKey)).toHaveLength(5);
    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 5 });
    expect(await contentsOf(table)).toEqual([]);
    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 0 });
  });

  test('of a session with a roster: records and messages, with numbers that were given up', async () => {
    const { session, gone } = await rosteredSession(4, 30);
    expect(await contentsOf(table)).toHaveLength(4 + 30 + 2);
    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 36 });
    expect(await contentsOf(table)).toEqual([]);
  });

  test('of a session in which nobody has ever been', async () => {
    const { session, gone } = await gameSession(0);
    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 2 });
    expect(await contentsOf(table)).toEqual([]);
  });

  test('of a session whose name a creation with data had before, and died: that data goes too', async () => {
    const session = await openGameSession(table, { data: 'of a creation that died' });
    await sendDelete(table, { Key: sessionItemKey(session.sessionKey) });
    session.clock.turn(day);
    await openGameSession(table, {}, { same: session });
    await session.end();
    session.clock.turn(month + 1_000);
    const gone = await expire(table, session.sessionKey);
    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 2 });
    expect(await contentsOf(table)).toEqual([]);
  });

  test('of a session in which a number was given up after its retention, before DynamoDB had removed it', async () => {
    const queue = await QueueUnderTest.open(table, ['ada']);
    const { session, clock } = queue;
    const sessionKey = rosterKeyOf(session.address.sessionId);
    const { titleId } = session.address;
    const token = tokenOf(xuidOf('ada'));
    const wanted = { sessionKey, titleId, queueIndex: 0, token, claim: 'of one who has died' };
    await sendUpdate(table, takeNumber({ ...wanted, at: clock.now(), follows: undefined }));
    await session.change({ hasEnded: true });
    clock.turn(month + hour);
    expect(await queue.messages()).toEqual([]);
    expect(await queue.entries()).toMatchObject([{ kind: 'void' }]);
    const gone = await expire(table, sessionKey);
    expect(await remove(gone, clock.now())).toEqual({ kind: 'removed', items: 2 });
    expect(await contentsOf(table)).toEqual([]);
  });

  test('when two remove it at once, who together count each item once', async () => {
    const { session, gone } = await gameSession(12);
    const removals = await Promise.all([1, 2, 3].map(() => remove(gone, session.clock.now())));
    expect(removals.reduce((sum, { items }) => sum + items, 0)).toBe(14);
    expect(await contentsOf(table)).toEqual([]);
  });
});

describe('a large session goes in bounded batches', () => {
  test('of which the sweep takes one each run, until there is nothing', async () => {
    const { session, gone } = await rosteredSession(10, 70);
    const { clock } = session;
    expect(await remove(gone, clock.now(), 20)).toEqual({ kind: 'partly', items: 20 });
    const budget = { entries: 10, milliseconds: 1_000, removals: 30 };
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ itemsRemoved: 30, backlog: 1 }));
    clock.turn(1);
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ itemsRemoved: 30, backlog: 1 }));
    expect(await sweepNow(table, { clock, budget })).toEqual(reportOf({ itemsRemoved: 2 }));
    expect(await contentsOf(table)).toEqual([]);
    expect(await sweepNow(table, { clock })).toEqual(reportOf({}));
  });

  test('and so does the rest where DynamoDB throttles', async () => {
    const { session, gone } = await gameSession(8);
    const broken = breakableTable(table);
    let deletes = 0;
    broken.wire.breaks = ({ operation }) =>
      operation === 'DeleteItem' && ++deletes > 3 ? 'throttled' : undefined;
    expect(await remove(gone, session.clock.now(), undefined, broken.table)).toEqual({
      kind: 'partly',
      items: 3,
    });
    expect(await sweepNow(table, session)).toEqual(reportOf({ itemsRemoved: 7 }));
    expect(await contentsOf(table)).toEqual([]);
  });
});

describe('a process that dies while it removes a session', () => {
  test('at whatever write leaves what the next one removes', async () => {
    let writes = 0;
    for (let isDone = false; !isDone; writes++) {
      const { session, gone } = await gameSession(2);
      const now = session.clock.now();
      isDone = await dieAfter(writes, table, (mortal) => remove(gone, now, undefined, mortal));
      const { items } = await remove(gone, now);
      expect(items).toBeLessThanOrEqual(4);
      expect(await contentsOf(table)).toEqual([]);
    }
    // Two players, data and payload.
    expect(writes - 1).toBe(4);
  });

  test('at whatever write of a sweep leaves what the next sweep removes', async () => {
    let writes = 0;
    for (let isDone = false; !isDone; writes++) {
      const { session, gone } = await rosteredSession(1, 2);
      const { clock } = session;
      await remove(gone, clock.now(), 2);
      isDone = await dieAfter(writes, table, (mortal) => sweepNow(mortal, { clock }));
      await sweepNow(table, { clock });
      expect(await contentsOf(table)).toEqual([]);
    }
    expect(writes).toBeGreaterThan(4);
  });
});

describe('a session that has got the name of one that is gone', () => {
  test('keeps its players, its data and its payload', async () => {
    const { session, gone } = await gameSession(3);
    const again = await openGameSession(table, { data: 'new data' }, { same: session });
    const joining = request('ada', 'bob');
    await again.reserve(joining);
    await again.accept(tokensOf(joining)[0] ?? '');
    const before = await contentsOf(table);

    expect(await remove(gone, session.clock.now())).toEqual({ kind: 'removed', items: 3 });
    const after = await contentsOf(table);
    const isOld = (item: StoredItem) => Number(item['created']) <= gone.removedAfter;
    expect(after).toEqual(before.filter((item) => !isOld(item)));
    expect(after).toHaveLength(5);
    expect((await again.findPlayer(tokensOf(joining)[1] ?? ''))?.status).toBe('RESERVED');
  });

  test('is whole, also where it gets the name at the moment in which the other one’s payload goes', async () => {
    const { session, gone } = await gameSession(1);
    // The second put of a creation takes the payload's place, which the first one has found.
    const slow = interrupted(table, () => remove(gone, session.clock.now()), {
      command: 'PutItemCommand',
      number: 2,
    });
    const again = await openGameSession(slow, {}, { same: session });
    expect(await getItem(table, payloadItemKey(again.sessionKey))).toMatchObject({
      createdAt: session.clock.now(),
    });
    expect(await again.find()).toMatchObject({ status: 'ACTIVE', heldSlots: 0 });
    expect((await again.reserve(request('ada'))).kind).toBe('reserved');
    expect((await again.end()).kind).toBe('ended');
    session.clock.turn(month + 1_000);
    const itself = await expire(table, again.sessionKey);
    expect(await remove(itself, session.clock.now())).toEqual({ kind: 'removed', items: 2 });
    expect(await contentsOf(table)).toEqual([]);
  });

  test('keeps its messages, and its players their place in their lists', async () => {
    const { session, gone } = await rosteredSession(2, 5);
    const { clock } = session;
    // The same key makes a session of the same id: from now on the verbs find this one.
    await create(table, { idempotencyKey: 'again' }, clock.now());
    await session.join('player 0', 'newcomer');
    await new QueueUnderTest(session, 0).fill(2);

    await remove(gone, clock.now());
    expect(await isListedBy(session, 'player 0')).toBe(true);
    expect(await isListedBy(session, 'newcomer')).toBe(true);
    expect(await new QueueUnderTest(session, 0).shown()).toEqual(['1 1', '2 2']);

    await session.change({ hasEnded: true });
    clock.turn(month + 1_000);
    await remove(await expire(table, gone.sessionKey), clock.now());
    expect(await contentsOf(table)).toEqual([]);
  });
});
