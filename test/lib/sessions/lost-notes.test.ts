import { beforeAll, beforeEach, expect, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import type { DynamoDbWire } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import { breakableTable, breakWrites, mend } from './broken-writes.ts';
import { request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/** Each of these loses one answer of the ledger, which the table's client tries again. */
let everyTable: Table;
beforeAll(async () => {
  ({ table: everyTable } = await newTable());
});
let wire: DynamoDbWire;
let session: SessionUnderTest;
let token: string;
beforeEach(async () => {
  const breakable = breakableTable(everyTable);
  wire = breakable.wire;
  session = await SessionUnderTest.open(breakable.table, 3);
  const joining = request('ada');
  await session.reserve(joining);
  [token = ''] = tokensOf(joining);
});
const loseOneAnswer = () => breakWrites(wire, { write: 'ledger', fault: 'reset after', often: 'once' });

test('a player who is let in by a write whose answer was lost, and leaves by one whose answer was lost, has COMPLETED', async () => {
  loseOneAnswer();
  await session.accept(token);
  expect(await session.findPlayer(token)).toMatchObject({ status: 'ACTIVE' });
  session.clock.turn(5_000);
  loseOneAnswer();
  await session.release(token);
  mend(wire);
  expect(await session.findPlayer(token)).toMatchObject({
    status: 'COMPLETED',
    endedAt: session.clock.now(),
  });
});

test('a player who leaves by a write whose answer was lost has left at that time, and not when the player came', async () => {
  await session.accept(token);
  session.clock.turn(5_000);
  loseOneAnswer();
  await session.release(token);
  mend(wire);
  expect(await session.findPlayer(token)).toMatchObject({
    status: 'COMPLETED',
    endedAt: session.clock.now(),
  });
});

test('a reservation that is given back by a write whose answer was lost reads as one whose answer arrived', async () => {
  // The first write guesses that the player is in, and is refused: the second one releases.
  breakWrites(wire, { write: 'ledger', fault: 'reset after', often: 'once' }, 1);
  expect(await session.release(token)).toEqual({ kind: 'released' });
  mend(wire);
  expect(await session.findPlayer(token)).toMatchObject({ status: 'COMPLETED' });
});

test('a reservation that lapsed stays one, though a try to give it back met a fault', async () => {
  session.clock.turn(reservationTime);
  await session.fill();
  breakWrites(wire, { write: 'ledger', fault: 'throttled', often: 'once' });
  expect(await session.release(token)).toEqual({ kind: 'not-held' });
  mend(wire);
  expect(await session.findPlayer(token)).toMatchObject({ status: 'TIMEDOUT' });
});
