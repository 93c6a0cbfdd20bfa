import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepLedger } from '#lib/cleanup/sweep-ledger.ts';
import { ledgerEvents } from '#lib/events/ledger-events.ts';
import { keptToken } from '#lib/sessions/ids.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { beginEnd } from '#lib/table/session-requests.ts';
import { atOnce } from '#test/support/at-once.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { breakableTable, breakWrites, mend } from './broken-writes.ts';
import { interleavedTable } from './interleaved-table.ts';
import type { InterleavedWire } from './interleaved-wire.ts';
import { again, type Request, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/** The seat of a player who was in and has left: nobody else gets it for some time, and the same player gets it back. */

const keepTime = 30_000;
const [ada, bob] = [keptToken('ada'), keptToken('bob')];

let table: Table;
let interleaved: InterleavedWire;
beforeAll(async () => {
  ({ table, wire: interleaved } = await interleavedTable());
});

/** A session of three: ada and bob are in, and one slot is open. */
let session: SessionUnderTest;
let adasSeat: string;
let bobsSeat: string;
const adasRequest = request('ada');
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 3);
  adasSeat = await comeIn(adasRequest);
  bobsSeat = await comeIn(request('bob'));
});
afterEach(async () => {
  const { open, seats, capacity } = await session.ledger();
  expect(open + Object.keys(seats).length).toBe(capacity);
});

async function comeIn(asked: Request): Promise<string> {
  const [token = ''] = tokensOf(asked);
  expect(await session.reserve(asked)).toMatchObject({ kind: 'reserved' });
  expect(await session.accept(token)).toEqual({ kind: 'accepted' });
  return token;
}

const remove = (token: string, by = 'removal') => session.release(token, { request: by, keepTime });

const fill = async () => expect(await session.fill()).toBe(1);

const heldSlots = async () => (await session.find())?.heldSlots;

describe('the seat of a player who was in and is removed', () => {
  test('is held, and is nobody’s: the player session is over', async () => {
    const before = await session.ledger();
    session.clock.turn(5_000);
    expect(await remove(adasSeat)).toEqual({ kind: 'released' });
    const after = await session.ledger();
    expect(after.seats).toEqual({ [ada]: session.clock.now() + keepTime, [bobsSeat]: acceptedSeat });
    expect(after).toMatchObject({ capacity: 3, open: before.open, version: before.version + 1 });
    expect(await heldSlots()).toBe(2);
    expect(await session.findPlayer(adasSeat)).toMatchObject({
      status: 'COMPLETED',
      endedAt: session.clock.now(),
    });
    expect(ledgerEvents(before, after, { endsStays: true })).toMatchObject([
      { kind: 'given-back', token: adasSeat, wasIn: true, number: after.version },
    ]);
  });

  test('is for nobody else until its time is over, and then for anybody, by the clock', async () => {
    await remove(adasSeat);
    await fill();
    session.clock.turn(keepTime - 1);
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'full', free: 0 });
    expect(await heldSlots()).toBe(3);
    session.clock.turn(1);
    expect(await heldSlots()).toBe(2);
    const before = await session.ledger();
    const joining = request('eve');
    expect(await session.reserve(joining)).toMatchObject({ kind: 'reserved' });
    const after = await session.ledger();
    expect(Object.keys(after.seats)).not.toContain(ada);
    expect(ledgerEvents(before, after, { endsStays: true })).toMatchObject([
      { kind: 'reserved', token: tokensOf(joining)[0], number: after.version },
    ]);
  });

  test('is for none of 50 who want it at once, while the one comes back for whom it is kept', async () => {
    await remove(adasSeat);
    await fill();
    session.clock.turn(1_000);
    const outcomes = await atOnce(51, 51, (number) =>
      session.reserve(request(number === 25 ? 'ada' : `stranger ${number}`)),
    );
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.filter((_, number) => number !== 25)).toEqual(Array.from({ length: 50 }, () => 'full'));
    expect(kinds[25]).toBe('reserved');
    expect((await session.ledger()).seats).not.toHaveProperty(ada);
  });

  test('is freed by the sweep when its time is over, of which nobody is told', async () => {
    await remove(adasSeat);
    session.clock.turn(reservationTime);
    const before = await session.ledger();
    const context = { table, now: session.clock.now(), retention: usualRetention, removals: 0 };
    expect(await sweepLedger(context, session.sessionKey)).toMatchObject({ slotsReclaimed: 1 });
    const after = await session.ledger();
    expect(after.seats).toEqual({ [bobsSeat]: acceptedSeat });
    expect(after).toMatchObject({ open: 2, lookAt: undefined, version: before.version });
    expect(ledgerEvents(before, after, { endsStays: true })).toEqual([]);
  });

  test('is not freed by a sweep that comes before', async () => {
    await session.release(adasSeat, { keepTime: 10 * reservationTime });
    const deadline = session.clock.now() + 10 * reservationTime;
    session.clock.turn(reservationTime);
    const context = { table, now: session.clock.now(), retention: usualRetention, removals: 0 };
    expect(await sweepLedger(context, session.sessionKey)).toMatchObject({ slotsReclaimed: 0 });
    expect((await session.ledger()).seats).toMatchObject({ [ada]: deadline });
    expect((await session.ledger()).lookAt).toBeUndefined();

    // Whoever reserves beside it has the sweep come in time for the own reservation.
    await session.reserve(request('eve'));
    expect((await session.ledger()).lookAt).toBe(session.clock.now() + reservationTime);
  });

  test('brings no sweep, which would have nothing to tell: whoever needs the slot takes it', async () => {
    const own = await SessionUnderTest.open(table, 1);
    const joining = request('ada');
    const [token = ''] = tokensOf(joining);
    await own.reserve(joining);
    await own.accept(token);
    own.clock.turn(reservationTime);
    const context = { table, now: own.clock.now(), retention: usualRetention, removals: 0 };
    await sweepLedger(context, own.sessionKey);
    await own.release(token, { keepTime });
    expect((await own.ledger()).lookAt).toBeUndefined();
    own.clock.turn(keepTime);
    expect(await own.reserve(request('eve'))).toMatchObject({ kind: 'reserved' });
  });

  test('is not kept where nobody says so', async () => {
    expect(await session.release(adasSeat, { request: 'removal' })).toEqual({ kind: 'released' });
    expect(await session.ledger()).toMatchObject({ open: 2, seats: { [bobsSeat]: acceptedSeat } });
    expect((await session.ledger()).seats).not.toHaveProperty(ada);
  });

  test('is kept for as long as the first removal says, however often it comes again', async () => {
    await remove(adasSeat);
    const before = await session.ledger();
    session.clock.turn(1_000);
    expect(await remove(adasSeat)).toEqual({ kind: 'released' });
    expect(await remove(adasSeat, 'another')).toEqual({ kind: 'not-held' });
    expect(await session.release(adasSeat, { keepTime })).toEqual({ kind: 'not-held' });
    expect(await session.ledger()).toEqual(before);
  });

  test('is not kept where the player had only reserved it', async () => {
    const joining = request('eve');
    const [token = ''] = tokensOf(joining);
    await session.reserve(joining);
    expect(await remove(token)).toEqual({ kind: 'released' });
    expect(await session.ledger()).toMatchObject({ open: 1 });
    expect(Object.keys((await session.ledger()).seats)).not.toContain(keptToken('eve'));
  });

  test('is not kept in a session that ends, to which nobody can come back', async () => {
    const { createdAt } = await session.ledger();
    const ending = {
      sessionKey: session.sessionKey,
      createdAt,
      endedBy: 'x',
      reason: 'TRIGGERED_ON_PROCESS_TERMINATE',
    };
    expect(await sendUpdate(table, beginEnd({ ...ending, now: session.clock.now() }))).toMatchObject({
      kind: 'written',
    });
    expect(await remove(adasSeat)).toEqual({ kind: 'released' });
    expect(await session.ledger()).toMatchObject({ open: 2, status: 'TERMINATING' });
  });

  test('is no slot that a smaller capacity could take away, until its time is over', async () => {
    await remove(adasSeat);
    expect(await session.update({ capacity: 1 })).toEqual({ kind: 'below-held', held: 2 });
    expect(await session.update({ capacity: 2 })).toMatchObject({ kind: 'updated' });
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'full', free: 0 });
    expect(await session.update({ capacity: 3 })).toMatchObject({ kind: 'updated' });
    await fill();
    expect((await session.ledger()).seats).toHaveProperty(ada);

    session.clock.turn(reservationTime);
    const before = await session.ledger();
    expect(await session.update({ capacity: 1 })).toMatchObject({
      kind: 'updated',
      session: { capacity: 1 },
    });
    const after = await session.ledger();
    expect(after).toMatchObject({ open: 0, seats: { [bobsSeat]: acceptedSeat } });
    // The one who filled the session never came.
    expect(ledgerEvents(before, after, { endsStays: true })).toMatchObject([
      { kind: 'timed-out' },
      { kind: 'changed', number: after.version },
    ]);
  });

  test('is nobody’s at the end of the session, of which it hears nothing', async () => {
    await remove(adasSeat);
    const before = await session.ledger();
    await session.end();
    const after = await session.ledger();
    expect(ledgerEvents(before, after, { endsStays: true })).toMatchObject([
      { kind: 'given-back', token: bobsSeat },
      { kind: 'ended' },
    ]);
    expect(await session.find()).toMatchObject({ status: 'TERMINATED', heldSlots: 0 });
    expect(await session.findPlayer(adasSeat)).toMatchObject({ status: 'COMPLETED' });
    expect(await session.reserve(request('ada'))).toEqual({ kind: 'not-active', status: 'TERMINATED' });
    expect(await remove(bobsSeat)).toEqual({ kind: 'ended' });
  });
});

describe('a player for whom a seat is kept', () => {
  test('comes back to it in a session that is full, in one write, as a new player session', async () => {
    await remove(adasSeat);
    await fill();
    session.clock.turn(1_000);
    const before = await session.ledger();
    const joining = request('ada');
    const [token = ''] = tokensOf(joining);
    expect(await session.reserve(joining)).toMatchObject({
      kind: 'reserved',
      players: [{ token, playerId: 'ada', status: 'RESERVED' }],
    });
    const after = await session.ledger();
    const { [ada]: _, ...others } = before.seats;
    expect(after.seats).toEqual({ ...others, [token]: session.clock.now() + reservationTime });
    expect(after).toMatchObject({ open: 0, version: before.version + 1 });
    expect(await session.findPlayer(adasSeat)).toMatchObject({ status: 'COMPLETED' });
    expect(await session.accept(token)).toEqual({ kind: 'accepted' });
    expect(await session.findPlayer(token)).toMatchObject({ status: 'ACTIVE' });
  });

  test('leaves the open slots to others', async () => {
    await remove(adasSeat);
    await session.reserve(request('ada'));
    expect(await session.ledger()).toMatchObject({ open: 1 });
  });

  test('comes back as often as the player leaves, each time for the whole time', async () => {
    let seat = adasSeat;
    for (let round = 0; round < 3; round++) {
      await remove(seat, `removal ${round}`);
      expect((await session.ledger()).seats[ada]).toBe(session.clock.now() + keepTime);
      session.clock.turn(keepTime - 1);
      seat = await comeIn(request('ada'));
    }
    expect(await session.ledger()).toMatchObject({ open: 1 });
  });

  test('comes back at the last moment, and at the deadline is one like any other, who takes an old seat first', async () => {
    await remove(adasSeat);
    await remove(bobsSeat);
    await session.fill();
    session.clock.turn(keepTime - 1);
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved' });
    session.clock.turn(1);
    expect(await session.reserve(request('bob'))).toMatchObject({ kind: 'reserved' });
    const { open, seats } = await session.ledger();
    expect([open, Object.keys(seats).length]).toEqual([0, 3]);
    expect(Object.keys(seats)).not.toContain(bob);
  });

  test('is not told that the session is full by what was remembered of others a moment ago', async () => {
    await remove(adasSeat);
    await fill();
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'full', free: 0 });
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved' });
    // Now it is remembered: nobody has to be let through any more.
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'full', free: 0 });
  });

  test('comes back where newcomers are denied, as long as the seat is kept', async () => {
    await remove(adasSeat);
    await remove(bobsSeat);
    await session.update({ takesPlayers: false });
    expect(await session.reserve(request('eve'))).toEqual({ kind: 'denied' });
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved' });
    session.clock.turn(keepTime);
    expect(await session.reserve(request('bob'))).toEqual({ kind: 'denied' });
  });

  test('comes back in company, if there is a slot for each of the others', async () => {
    await remove(adasSeat);
    expect(await session.reserve(request('ada', 'eve', 'kim'))).toEqual({ kind: 'full', free: 2 });
    expect((await session.ledger()).seats).toHaveProperty(ada);
    expect(await session.reserve(request('eve', 'ada'))).toMatchObject({ kind: 'reserved' });
    const { open, seats } = await session.ledger();
    expect([open, Object.keys(seats).length]).toEqual([0, 3]);
    expect(seats).not.toHaveProperty(ada);
  });

  test('is denied like the newcomers who come along, where newcomers are denied, and can come alone', async () => {
    await remove(adasSeat);
    await session.update({ takesPlayers: false });
    const before = await session.ledger();
    expect(await session.reserve(request('ada', 'eve'))).toEqual({ kind: 'denied' });
    expect(await session.ledger()).toEqual(before);
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved' });
  });

  test('comes back with others for whom a seat is kept, also where newcomers are denied', async () => {
    await remove(adasSeat);
    await remove(bobsSeat);
    await session.update({ takesPlayers: false });
    const { version } = await session.ledger();
    expect(await session.reserve(request('ada', 'bob'))).toMatchObject({ kind: 'reserved' });
    expect(await session.ledger()).toMatchObject({ open: 1, version: version + 2 });
  });

  test('has one seat kept, however many the player has left: the slots of the others are open', async () => {
    const second = await comeIn(request('ada'));
    await remove(adasSeat);
    const { seats } = await session.ledger();
    expect(await remove(second, 'another')).toEqual({ kind: 'released' });
    expect(await session.ledger()).toMatchObject({
      open: 1,
      seats: { [ada]: seats[ada] ?? 0, [bobsSeat]: acceptedSeat },
    });
    expect(await session.findPlayer(second)).toMatchObject({ status: 'COMPLETED' });
    await session.reserve(request('ada'));
    expect(await session.ledger()).toMatchObject({ open: 1 });
    await session.reserve(request('ada'));
    expect(await session.ledger()).toMatchObject({ open: 0 });
  });

  test('gets the seat that is kept beside one that the player still has', async () => {
    const second = await comeIn(request('ada'));
    await remove(adasSeat);
    expect(await session.reserve(request('ada'))).toMatchObject({ kind: 'reserved' });
    expect((await session.ledger()).seats).toMatchObject({ [second]: acceptedSeat });
    expect((await session.ledger()).seats).not.toHaveProperty(ada);
  });

  test('who asks once more by the request of the first stay is out, and the seat stays kept', async () => {
    await remove(adasSeat);
    const { seats } = await session.ledger();
    session.clock.turn(1_000);
    expect(await session.reserve(again(adasRequest))).toMatchObject({
      kind: 'reserved',
      players: [{ token: adasSeat, status: 'COMPLETED' }],
    });
    expect((await session.ledger()).seats).toEqual(seats);
  });

  test('is one of 25 who come back at once, in a session that is full and denies newcomers', async () => {
    const names = Array.from({ length: 25 }, (_, number) => `player ${number}`);
    session = await SessionUnderTest.open(table, 25);
    const party = request(...names);
    await session.reserve(party);
    await Promise.all(tokensOf(party).map((token) => session.accept(token)));
    await Promise.all(tokensOf(party).map((token) => remove(token)));
    await session.update({ takesPlayers: false });
    const before = await session.ledger();
    expect(Object.keys(before.seats).toSorted()).toEqual(names.map(keptToken).toSorted());
    const back = request(...names);
    expect(await session.reserve(back)).toMatchObject({ kind: 'reserved' });
    const after = await session.ledger();
    expect(Object.keys(after.seats).toSorted()).toEqual(tokensOf(back).toSorted());
    expect(after.version - before.version).toBe(25);
  });
});

describe('where an answer is lost', () => {
  let wire: DynamoDbWire;
  let broken: SessionUnderTest;
  beforeEach(() => {
    const breakable = breakableTable(table);
    wire = breakable.wire;
    broken = new SessionUnderTest(breakable.table, 3, session);
    return () => breakable.table.client.destroy();
  });
  const loseAnswerOfLedger = (spared = 0) =>
    breakWrites(wire, { write: 'ledger', fault: 'reset after', often: 'once' }, spared);

  test.each([
    ['with a name', 'removal'],
    ['without one', undefined],
  ])('a removal %s keeps the seat once, and is noted', async (_, by) => {
    session.clock.turn(1_000);
    loseAnswerOfLedger();
    expect(await broken.release(adasSeat, { request: by, keepTime })).toEqual({ kind: 'released' });
    mend(wire);
    expect(await session.ledger()).toMatchObject({
      open: 1,
      seats: { [ada]: session.clock.now() + keepTime, [bobsSeat]: acceptedSeat },
    });
    expect(await session.findPlayer(adasSeat)).toMatchObject({
      status: 'COMPLETED',
      endedAt: session.clock.now(),
    });
  });

  test('whoever comes back has taken the seat once', async () => {
    await remove(adasSeat);
    await fill();
    const { version } = await session.ledger();
    const joining = request('ada');
    // The first write hopes for an open slot, and is refused: the second one takes the seat.
    loseAnswerOfLedger(1);
    expect(await broken.reserve(joining)).toMatchObject({
      kind: 'reserved',
      players: [{ token: tokensOf(joining)[0], status: 'RESERVED' }],
    });
    mend(wire);
    expect(await session.ledger()).toMatchObject({ open: 0, version: version + 1 });
  });

  test('whoever comes back and asks once more gets the same seat, with nothing written', async () => {
    await remove(adasSeat);
    const joining = request('ada');
    await session.reserve(joining);
    const before = await session.ledger();
    session.clock.turn(1_000);
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ token: tokensOf(joining)[0], status: 'RESERVED' }],
    });
    expect(await session.ledger()).toEqual(before);
  });
});

describe('a process that dies', () => {
  test.each([
    ['before it has read whose seat it is', 0],
    ['before the ledger is written', 1],
  ])('while it removes a player, %s, leaves the player in', async (_, requests) => {
    const before = await session.ledger();
    await interleaved.dieAfter(requests, () => remove(adasSeat));
    expect(await session.ledger()).toEqual(before);
    expect(await remove(adasSeat)).toEqual({ kind: 'released' });
    expect((await session.ledger()).seats).toHaveProperty(ada);
  });

  test('while it removes a player, after the ledger is written, has kept the seat; the same request notes the rest', async () => {
    session.clock.turn(1_000);
    await interleaved.dieAfter(2, () => remove(adasSeat));
    const before = await session.ledger();
    expect(before.seats).toEqual({ [ada]: session.clock.now() + keepTime, [bobsSeat]: acceptedSeat });
    expect(await session.findPlayer(adasSeat)).toMatchObject({ status: 'COMPLETED' });
    session.clock.turn(1_000);
    expect(await remove(adasSeat)).toEqual({ kind: 'released' });
    expect(await remove(adasSeat, 'another')).toEqual({ kind: 'not-held' });
    expect(await session.findPlayer(adasSeat)).toMatchObject({ endedAt: session.clock.now() });
    expect(await session.ledger()).toEqual(before);
  });

  test('while it removes a player, after the ledger is written, does not keep the player from coming back', async () => {
    await interleaved.dieAfter(2, () => remove(adasSeat));
    await fill();
    expect(await session.reserve(request('ada'))).toMatchObject({
      kind: 'reserved',
      players: [{ status: 'RESERVED' }],
    });
  });

  test('while a player comes back, before the seat is taken, leaves it kept', async () => {
    await remove(adasSeat);
    await fill();
    const before = await session.ledger();
    await interleaved.dieAfter(1, () => session.reserve(request('ada')));
    expect(await session.ledger()).toEqual(before);
  });

  test('while a player comes back, after the seat is taken, leaves a reservation that the retry finds', async () => {
    await remove(adasSeat);
    await fill();
    const joining = request('ada');
    await interleaved.dieAfter(2, () => session.reserve(joining));
    const before = await session.ledger();
    expect(before.seats).not.toHaveProperty(ada);
    session.clock.turn(1_000);
    expect(await session.reserve(again(joining))).toMatchObject({
      kind: 'reserved',
      players: [{ status: 'RESERVED' }],
    });
    expect(await session.ledger()).toEqual(before);
  });

  test('while a player comes back, after the seat is taken, leaves a slot that is free after 60 s', async () => {
    await remove(adasSeat);
    await fill();
    await interleaved.dieAfter(2, () => session.reserve(request('ada')));
    session.clock.turn(reservationTime);
    expect(await heldSlots()).toBe(1);
    expect(await session.fill()).toBe(2);
  });
});
