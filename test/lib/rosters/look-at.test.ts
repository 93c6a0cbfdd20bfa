import { beforeAll, describe, expect, test } from 'vitest';
import { createSession } from '#lib/rosters/create-session.ts';
import { rosterKeyOf, tokenOf } from '#lib/rosters/ids.ts';
import { usualIdleTime } from '#lib/sessions/retention.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { freeLapsed } from '#lib/table/due-requests.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { indexes } from '#lib/table/schema.ts';
import { interleavedTable } from '#test/lib/sessions/interleaved-table.ts';
import type { InterleavedWire } from '#test/lib/sessions/interleaved-wire.ts';
import {
  creationOf,
  playerCaller,
  RosterUnderTest,
  someTime,
  titleCaller,
  type Wanted,
  xuidOf,
} from './roster-under-test.ts';

/** When the sweep looks at a session with a roster, and what everybody else sees of its work: nothing. */

let table: Table;
let wire: InterleavedWire;
/** The same table, where each request waits until the test lets it go. */
let waiting: Table;
beforeAll(async () => {
  ({ direct: table, table: waiting, wire } = await interleavedTable());
});

const opened = (wanted: Wanted = { maxPlayers: 16 }) => RosterUnderTest.open(table, wanted);

const lookAt = async (session: RosterUnderTest) => (await session.stored()).ledger.lookAt;

/** Frees what has lapsed, as the sweep does, and has it look again then. */
async function sweep(session: RosterUnderTest, again: number | undefined): Promise<string> {
  const { ledger } = await session.stored();
  const now = session.clock.now();
  const lapsed = Object.entries(ledger.seats)
    .filter(([, value]) => value <= now)
    .map(([token, value]) => ({ token, value }));
  const sessionKey = rosterKeyOf(session.address.sessionId);
  const freeing = { version: ledger.version, lapsed, lookAt: again, now };
  return (await sendUpdate(table, freeLapsed(sessionKey, freeing))).kind;
}

describe('a session with a roster', () => {
  test('is looked at when it may be idle', async () => {
    const session = await opened();
    expect(await session.stored()).toMatchObject({
      idleTime: usualIdleTime,
      ledger: { lookAt: someTime + usualIdleTime },
    });
  });

  test('that is never idle is not looked at until somebody is held a seat', async () => {
    const context = { table, now: someTime, newId: () => 'never-idle', idleTime: undefined };
    await createSession(context, creationOf({}));
    const item = await getItem(table, sessionItemKey(rosterKeyOf('never-idle')));
    for (const name of ['idl', indexes.sessionsDue.partitionKey, indexes.sessionsDue.sortKey]) {
      expect(item).not.toHaveProperty(name);
    }
  });

  test('is looked at when the first seat lapses that is held, whoever is held one after or comes in', async () => {
    const session = await opened();
    await session.hold(['ada'], 40_000);
    expect(await lookAt(session)).toBe(someTime + 40_000);
    await session.hold(['bob'], 60_000);
    await session.join('eve', 'ada');
    await session.remove('eve');
    await session.change({ variant: 1 });
    expect(await lookAt(session)).toBe(someTime + 40_000);
    await session.hold(['max'], 20_000);
    expect(await lookAt(session)).toBe(someTime + 20_000);
  });

  test('is not looked at for seats that are held until after it may be idle', async () => {
    const session = await opened();
    await session.hold(['ada'], usualIdleTime + 1);
    expect(await lookAt(session)).toBe(someTime + usualIdleTime);
  });

  test('is not looked at once it has ended', async () => {
    const session = await opened();
    await session.hold(['ada']);
    await session.change({ hasEnded: true });
    expect(await lookAt(session)).toBeUndefined();
  });
});

describe('whoever is held a seat at the same time as', () => {
  /** Lets a hold read the session, then the test do something, and then the hold go on to its end. */
  async function holdAround(
    session: RosterUnderTest,
    milliseconds: number,
    meanwhile: () => Promise<unknown>,
  ): Promise<void> {
    let kind = '';
    wire.start(
      () => session.by(waiting).hold(['slow'], milliseconds),
      (outcome) => {
        kind = outcome === 'failed' ? outcome : outcome.kind;
      },
    );
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    await meanwhile();
    while (wire.waitingRequests > 0) {
      await wire.meetFate(0, 'answered');
      await wire.settle();
    }
    expect(kind).toBe('held');
  }

  test('another one whose seat lapses sooner does not put off the sweep', async () => {
    const session = await opened();
    await holdAround(session, 60_000, () => session.hold(['quick'], 5_000));
    expect(await lookAt(session)).toBe(someTime + 5_000);
  });

  test('another one whose seat lapses later has the sweep come for the own', async () => {
    const session = await opened();
    await holdAround(session, 5_000, () => session.hold(['quick'], 60_000));
    expect(await lookAt(session)).toBe(someTime + 5_000);
  });

  test('the sweep looks, and would come again in a week, has it come in time', async () => {
    const session = await opened();
    session.clock.turn(usualIdleTime);
    const now = session.clock.now();
    await holdAround(session, 60_000, async () => {
      expect(await sweep(session, now + usualIdleTime)).toBe('written');
    });
    expect(await lookAt(session)).toBe(now + 60_000);
  });
});

describe('the sweep frees seats that have lapsed', () => {
  test('and nobody who reads sees that it did: the document and its etag are as before', async () => {
    const session = await opened({ maxPlayers: 4 });
    await session.join('ada');
    await session.hold(['bob', 'eve'], 20_000);
    await session.hold(['zoe'], 60_000);
    session.clock.turn(20_000);
    const before = await session.read();
    expect(await sweep(session, someTime + 60_000)).toBe('written');
    expect((await session.stored()).ledger).toMatchObject({ version: 6, open: 2 });
    expect(await session.read()).toEqual(before);
    expect(await session.change({ variant: 1 }, { ifMatch: [before.etag] })).toMatchObject({
      kind: 'changed',
    });
  });

  test('also of a session that is changed by one who read it before', async () => {
    const session = await opened({ maxPlayers: 4 });
    await session.hold(['bob']);
    session.clock.turn(60_000);
    const { etag } = await session.read();
    await sweep(session, undefined);
    await session.hold(['bob']);
    expect((await session.read()).etag).not.toBe(etag);
    expect(await session.change({ variant: 1 }, { ifMatch: [etag] })).toMatchObject({
      kind: 'changed-since',
    });
  });
});

test('a seat that is taken up after all, by a request that began before it lapsed, is another etag', async () => {
  const session = await opened({ maxPlayers: 4 });
  await session.hold(['ada'], 20_000);
  wire.start(
    () => session.by(waiting).join('ada'),
    () => undefined,
  );
  await wire.settle();
  session.clock.turn(20_000);
  const before = await session.read();
  expect(before.seatsAvailable).toBe(4);
  while (wire.waitingRequests > 0) {
    await wire.meetFate(0, 'answered');
    await wire.settle();
  }
  const after = await session.read();
  expect(after.seatsAvailable).toBe(3);
  expect(after.etag).not.toBe(before.etag);
});

describe('who took a player out last', () => {
  test.each([
    ['a title', titleCaller(), undefined],
    ['another player', playerCaller('bob'), xuidOf('bob')],
    ['the player', playerCaller('ada'), xuidOf('ada')],
  ])('is told where it was %s', async (_, caller, xuid) => {
    const session = await opened({ maxPlayers: 4, playersCanBeRemovedBy: 'AnyPlayer' });
    await session.join('ada', 'bob', 'eve');
    await session.remove('eve', playerCaller('eve'));
    expect((await session.stored()).removedBy).toBe(xuidOf('eve'));
    await session.remove('ada', caller);
    const { removedBy, ledger } = await session.stored();
    expect(removedBy).toBe(xuid);
    expect(Object.keys(ledger.seats)).not.toContain(tokenOf(xuidOf('ada')));
  });
});
