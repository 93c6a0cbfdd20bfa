import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSession } from '#lib/sessions/open.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import { newTable } from '#test/support/table.ts';
import { again, request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/** How long a reservation holds where the session says so: fleets with games that load for long. */

const ownTime = 5 * reservationTime;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

let session: SessionUnderTest;
beforeEach(async () => {
  session = new SessionUnderTest(table, 2);
  const [fleetId = '', location, id = ''] = session.reference.split('/');
  const wanted = { fleetId, location, id, capacity: 2 };
  const context = { table, now: session.clock.now() };
  await openSession(context, session.sessionKey, wanted, { reservationTime: ownTime });
});

const statusOf = async (token: string) => (await session.findPlayer(token))?.status;

describe('in a session with a reservation time of its own', () => {
  const joining = request('ada');
  const [ada = ''] = tokensOf(joining);

  test('a player is waited for until then, and no longer', async () => {
    await session.reserve(joining);
    session.clock.turn(ownTime - 1);
    expect(await statusOf(ada)).toBe('RESERVED');
    session.clock.turn(1);
    expect(await statusOf(ada)).toBe('TIMEDOUT');
    expect(await session.fill()).toBe(2);
  });

  test('a player who arrives late is let in', async () => {
    await session.reserve(joining);
    session.clock.turn(ownTime - 1);
    expect(await session.accept(ada)).toEqual({ kind: 'accepted' });
  });

  test('a retry that renews a lapsed seat gets the same time again', async () => {
    await session.reserve(joining);
    session.clock.turn(ownTime);
    expect(await session.reserve(again(joining))).toMatchObject({ kind: 'reserved' });
    expect((await session.ledger()).seats).toEqual({ [ada]: session.clock.now() + ownTime });
  });

  test('a player who never came, after a retry that renewed the seat, timed out when that time was up', async () => {
    await session.reserve(joining);
    session.clock.turn(ownTime);
    await session.reserve(again(joining));
    session.clock.turn(ownTime);
    const lapsedAt = session.clock.now();
    await session.fill();
    session.clock.turn(1_000);
    expect(await session.findPlayer(ada)).toMatchObject({ status: 'TIMEDOUT', endedAt: lapsedAt });
  });

  test('a seat that is reclaimed from a player who never came is held as long', async () => {
    await session.fill();
    session.clock.turn(ownTime);
    await session.reserve(joining);
    expect((await session.ledger()).seats).toMatchObject({ [ada]: session.clock.now() + ownTime });
  });
});
