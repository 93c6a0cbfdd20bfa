import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '#lib/rosters/change-session.ts';
import { listSessionsOf } from '#lib/rosters/list.ts';
import type { Table } from '#lib/table/client.ts';
import { breakableTable, endOf, tries } from '#test/lib/sessions/broken-writes.ts';
import { type DynamoDbWire, type Fault, faults } from '#test/support/dynamodb-wire.ts';
import { newTable } from '#test/support/table.ts';
import {
  create,
  playerCaller,
  RosterUnderTest,
  rosterOf,
  someTime,
  titleCaller,
  type Wanted,
  xuidOf,
} from './roster-under-test.ts';

let everyTable: Table;
beforeAll(async () => {
  ({ table: everyTable } = await newTable());
});

let wire: DynamoDbWire;
let table: Table;
/** The same session, by a way that breaks and by one that does not. */
let broken: RosterUnderTest;
let session: RosterUnderTest;
beforeEach(async () => {
  ({ table, wire } = breakableTable(everyTable));
  session = await RosterUnderTest.open(everyTable, { maxPlayers: 4, playersCanBeRemovedBy: 'AnyPlayer' });
  broken = session.by(table);
  return async () => {
    table.client.destroy();
    const { ledger } = await session.stored();
    expect(ledger.open + Object.keys(ledger.seats).length).toBe(ledger.capacity);
  };
});

type Operation = 'GetItem' | 'PutItem' | 'UpdateItem';

/** Breaks the first requests of this operation. */
function breakFirst(operation: Operation, fault: Fault, count: number): void {
  let seen = 0;
  wire.breaks = (sent) => (sent.operation === operation && seen++ < count ? fault : undefined);
}

const isThrottled = (fault: Fault) => (fault === 'throttled' ? 'throttled' : 'failed');

const breakages = faults.flatMap((fault) => [1, Infinity].map((count) => ({ fault, count })));

describe.each(breakages)('when a write is "$fault", times in a row: $count', ({ fault, count }) => {
  const endsWell = count < tries;
  const ends = (well: string) => (endsWell ? well : isThrottled(fault));

  test.each(['PutItem', 'UpdateItem'] as const)(
    'a party joins once or learns of the fault, and its retry completes it (%s)',
    async (operation) => {
      breakFirst(operation, fault, count);
      const joining = broken.join('ada', 'bob');
      expect(await endOf(joining)).toBe(ends('joined'));
      if (endsWell)
        expect(await joining).toMatchObject({ players: [{ seatIndex: 0 }, { seatIndex: 1 }], isNew: true });

      expect(await session.join('ada', 'bob')).toMatchObject({ kind: 'joined' });
      expect(await session.read()).toMatchObject({ seatsAvailable: 2, roster: { length: 2 } });
      for (const name of ['ada', 'bob']) expect(await listed(name)).toBe(true);
    },
  );

  test('a seat is held, a player is described, put out and the session changed once, or the fault is told', async () => {
    await session.join('ada', 'bob');
    const verbs: readonly [verb: () => Promise<{ readonly kind: string }>, well: string][] = [
      [() => broken.hold(['eve']), 'held'],
      [() => broken.describe('ada', Uint8Array.of(7)), 'described'],
      [() => broken.remove('ada'), 'removed'],
      [() => broken.change({ maxPlayers: 3, displayName: 'cards' }), 'changed'],
    ];
    for (const [verb, well] of verbs) {
      breakFirst('UpdateItem', fault, count);
      expect(await endOf(verb())).toBe(ends(well));
      wire.breaks = () => undefined;
      expect(await endOf(verb())).toBe(well);
    }
    expect(await session.read()).toMatchObject({ maxPlayers: 3, seatsAvailable: 1, displayName: 'cards' });
    expect(rosterOf(await session.read())).toEqual(['(ada)', 'bob']);
  });

  test('who changes the state that he saw has changed it, and is not told that somebody else did', async () => {
    const { etag } = await session.read();
    breakFirst('UpdateItem', fault, count);
    const changing = broken.change({ variant: 5 }, { ifMatch: [etag] });
    expect(await endOf(changing)).toBe(ends('changed'));
    if (!endsWell) return;
    const after = await session.read();
    expect(await changing).toEqual({ kind: 'changed', session: after });
    expect(after).toMatchObject({ variant: 5 });
    expect(after.etag).not.toBe(etag);
  });

  test('a session is created once', async () => {
    const wanted: Wanted = { idempotencyKey: 'key', creator: session.address.sessionId };
    breakFirst('PutItem', fault, count);
    expect(await endOf(create(table, wanted))).toBe(ends('created'));
    const again = await create(everyTable, wanted, someTime + 1_000);
    // When the table was never reached, it is the retry that created it.
    expect(again).toMatchObject({ kind: 'created', session: { etag: '0-4', roster: [] } });
    if (endsWell && again.kind === 'created') expect(again.session.createdAt).toBe(someTime);
  });
});

async function listed(name: string): Promise<boolean> {
  const wanted = { caller: titleCaller(), xuid: xuidOf(name), state: 'any', variant: undefined } as const;
  const { items } = await listSessionsOf({ table: everyTable, now: someTime }, wanted, 100, undefined);
  return items.some(({ sessionId }) => sessionId === session.address.sessionId);
}

test.each(faults)(
  'a read that is "%s" on every try fails, and is not answered as if nothing were there',
  async (fault) => {
    breakFirst('GetItem', fault, Infinity);
    for (const verb of [
      () => broken.join('ada'),
      () => broken.hold(['ada']),
      () => broken.change({ variant: 1 }),
    ]) {
      expect(await endOf(verb())).toBe(isThrottled(fault));
    }
  },
);

/** Loses a verb's first write, or the answer to it, and lets others act before it is tried again. */
async function meanwhile<Outcome>(
  lost: Fault & `reset ${string}`,
  verb: (session: RosterUnderTest) => Promise<Outcome>,
  others: () => Promise<unknown>,
): Promise<Outcome> {
  breakFirst('UpdateItem', lost, 1);
  const send = wire.handle.bind(wire);
  let writes = 0;
  wire.handle = async (request, options) => {
    const isWrite = String(request.headers['x-amz-target']).endsWith('UpdateItem');
    if (isWrite && writes++ === 1) await others();
    return send(request, options);
  };
  return verb(broken);
}

test('a change that was lost, while somebody else changed the session, is not taken for that one', async () => {
  const { etag } = await session.read();
  const outcome = await meanwhile(
    'reset before',
    (broken) => broken.change({ variant: 5 }, { ifMatch: [etag] }),
    () => session.change({ variant: 6 }),
  );
  expect(outcome).toEqual({ kind: 'changed-since', session: await session.read() });
  expect(await session.read()).toMatchObject({ variant: 6 });
});

describe('a write whose answer is lost, while others come in between it and its retry', () => {
  test('has changed the session, though players have come in since', async () => {
    const { etag } = await session.read();
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.change({ variant: 5 }, { ifMatch: [etag] }),
      () => session.join('ada'),
    );
    expect(outcome).toEqual({ kind: 'changed', session: await session.read() });
    expect(await session.read()).toMatchObject({ variant: 5, roster: { length: 1 } });
  });

  test('has brought a player in who is told so, though the session is full by then', async () => {
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.join('ada'),
      () => session.join('bob', 'eve', 'zoe'),
    );
    expect(outcome).toMatchObject({ kind: 'joined', players: [{ seatIndex: 0 }], isNew: true });
  });

  test('has brought a player in who is told so, though the session is closed by then', async () => {
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.join('ada'),
      () => session.change({ isClosed: true }),
    );
    expect(outcome).toMatchObject({ kind: 'joined', isNew: true });
  });

  test('has brought a player in who is told so, though the session has ended by then', async () => {
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.join('ada', 'bob'),
      () => session.change({ hasEnded: true }),
    );
    expect(outcome).toEqual({ kind: 'joined', players: (await session.read()).roster, isNew: true });
    expect(rosterOf(await session.read())).toEqual(['ada', 'bob']);
  });

  test.each<[what: string, change: Change]>([
    ['is closed', { isClosed: true }],
    ['has ended', { hasEnded: true }],
  ])('has held seats, though the session %s by then', async (_, change) => {
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.hold(['ada', 'bob']),
      () => session.change(change),
    );
    const deadline = someTime + 60_000;
    const seats = ['ada', 'bob'].map((name) => ({ xuid: xuidOf(name), deadline }));
    expect(outcome).toEqual({ kind: 'held', seats, isNew: true });
    expect(Object.values((await session.stored()).ledger.seats)).toEqual([deadline, deadline]);
  });

  test.each<[what: string, others: () => Promise<unknown>]>([
    ['the session is closed', () => session.change({ isClosed: true })],
    ['the session has ended', () => session.change({ hasEnded: true })],
    ['the player has left', () => session.remove('ada')],
  ])('has changed the custom data of a player, though %s by then', async (_, others) => {
    await session.join('ada');
    const customData = Uint8Array.of(7);
    const outcome = await meanwhile('reset after', (broken) => broken.describe('ada', customData), others);
    const [ada] = (await session.read()).roster;
    expect(outcome).toEqual({ kind: 'described', player: ada });
    expect(ada).toMatchObject({ customData });
  });

  test('has held a seat, though the session is full by then', async () => {
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.hold(['ada']),
      () => session.join('bob', 'eve', 'zoe'),
    );
    expect(outcome).toEqual({
      kind: 'held',
      seats: [{ xuid: xuidOf('ada'), deadline: someTime + 60_000 }],
      isNew: true,
    });
  });

  test.each<[what: string, others: () => Promise<unknown>]>([
    ['he has been put out himself', () => session.remove('bob')],
    ['the session has ended', () => session.change({ hasEnded: true })],
  ])('has put a player out for another one, though %s by then', async (_, others) => {
    await session.join('ada', 'bob');
    const outcome = await meanwhile(
      'reset after',
      (broken) => broken.remove('ada', playerCaller('bob')),
      others,
    );
    expect(outcome).toEqual({ kind: 'removed' });
    expect(rosterOf(await session.read())[0]).toBe('(ada)');
  });

  test.each([
    ['another one', playerCaller('bob')],
    ['herself', playerCaller('ada')],
    ['the title', titleCaller()],
  ])(
    'has put a player out for %s, and not a second time when she has come back by then',
    async (_, caller) => {
      await session.join('ada', 'bob');
      const outcome = await meanwhile(
        'reset after',
        (broken) => broken.remove('ada', caller),
        () => {
          session.clock.turn(1);
          return session.join('ada');
        },
      );
      expect(outcome).toEqual({ kind: 'removed' });
      expect(await session.read()).toMatchObject({ seatsAvailable: 2 });
      expect(rosterOf(await session.read())).toEqual(['ada', 'bob']);
    },
  );
});
