import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listSessionsOf } from '#lib/rosters/list.ts';
import type { Table } from '#lib/table/client.ts';
import { interleavedTable } from '#test/lib/sessions/interleaved-table.ts';
import type { InterleavedWire } from '#test/lib/sessions/interleaved-wire.ts';
import { contentsOf } from '#test/support/contents.ts';
import { joiner, playerCaller, RosterUnderTest, rosterOf, titleCaller, xuidOf } from './roster-under-test.ts';

/**
 * What everybody sees when the process dies between the requests of one verb, and how that heals: by the next request.
 * Nothing cleans up.
 */

let direct: Table;
let table: Table;
let wire: InterleavedWire;
beforeAll(async () => {
  ({ table, wire, direct } = await interleavedTable());
});

let session: RosterUnderTest;
beforeEach(async () => {
  session = await RosterUnderTest.open(table, { maxPlayers: 4 });
});

/** Starts a verb, lets so many of its requests through, and then the process is gone. */
async function dieAfter(requests: number, verb: () => Promise<unknown>): Promise<void> {
  const caller = wire.start(verb, () => undefined);
  await wire.settle();
  for (let sent = 0; sent < requests; sent++) {
    await wire.meetFate(0, 'answered');
    await wire.settle();
  }
  await wire.meetFate(0, 'caller dies before it');
  expect(caller.state).toBe('dead');
}

/** Starts a verb whose last of so many requests is carried out, while nobody is there any more to read the answer. */
async function dieWith(requests: number, verb: () => Promise<unknown>): Promise<void> {
  wire.start(verb, () => undefined);
  await wire.settle();
  for (let sent = 1; sent < requests; sent++) {
    await wire.meetFate(0, 'answered');
    await wire.settle();
  }
  await wire.meetFate(0, 'caller dies after it');
}

async function sessionsOf(name: string): Promise<readonly string[]> {
  const wanted = { caller: titleCaller(), xuid: xuidOf(name), state: 'any', variant: undefined } as const;
  const { items } = await listSessionsOf({ table, now: session.clock.now() }, wanted, 100, undefined);
  return items.map(({ sessionId }) => sessionId).filter((id) => id === session.address.sessionId);
}

const recordsOf = async (): Promise<number> =>
  (await contentsOf(direct)).filter(({ pk }) => String(pk).startsWith('ROSTER#')).length;

describe('a process that dies while a player joins', () => {
  test.each([
    ['has read the session', 1],
    ['has written the record', 2],
  ])(
    'when it %s has changed nothing that anybody sees, and the next try brings the player in',
    async (_, requests) => {
      const before = await session.read();
      await dieAfter(requests, () => session.join('ada'));
      expect(await session.read()).toEqual(before);
      expect(await sessionsOf('ada')).toEqual([]);
      expect(await session.join('bob', 'eve', 'zoe')).toMatchObject({ kind: 'joined' });

      expect(await session.join('ada')).toMatchObject({
        kind: 'joined',
        players: [{ seatIndex: 3 }],
        isNew: true,
      });
      expect(await sessionsOf('ada')).toHaveLength(1);
    },
  );

  test('when it has written the seat has brought the player in, and the next try finds him', async () => {
    await dieWith(3, () => session.join('ada'));
    expect(rosterOf(await session.read())).toEqual(['ada']);
    expect(await sessionsOf('ada')).toHaveLength(1);
    expect(await session.join('ada')).toMatchObject({
      kind: 'joined',
      players: [{ seatIndex: 0 }],
      isNew: false,
    });
    expect((await session.read()).seatsAvailable).toBe(3);
  });

  test('of a party, with some records written, has brought nobody in, and the next try brings all', async () => {
    const records = await recordsOf();
    await dieAfter(3, () => session.join('ada', 'bob', 'eve'));
    expect(await recordsOf()).toBe(records + 2);
    for (const name of ['ada', 'bob', 'eve']) expect(await sessionsOf(name)).toEqual([]);
    expect((await session.read()).roster).toEqual([]);

    await session.join('zoe');
    expect(await session.join('ada', 'bob', 'eve')).toMatchObject({ kind: 'joined', isNew: true });
    for (const name of ['ada', 'bob', 'eve']) expect(await sessionsOf(name)).toHaveLength(1);
    expect(rosterOf(await session.read())).toEqual(['zoe', 'ada', 'bob', 'eve']);
  });
});

describe('between the read and the write of a verb', () => {
  /** Starts a verb, lets it read, lets others act, and then answers whatever the verb asks. */
  async function overtaken<Outcome>(verb: () => Promise<Outcome>, others: () => Promise<unknown>) {
    let outcome: Outcome | 'failed' | undefined;
    const caller = wire.start(verb, (told) => {
      outcome = told;
    });
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await others();
    for (await wire.settle(); caller.state === 'running'; await wire.settle())
      await wire.meetFate(0, 'answered');
    return outcome;
  }

  test('others may take the last seats: the player stays outside, and so does the session in the own list', async () => {
    const outcome = await overtaken(
      () => session.join('ada'),
      () => session.join('bob', 'eve', 'zoe', 'max'),
    );
    expect(outcome).toEqual({ kind: 'full', session: await session.read() });
    expect(await sessionsOf('ada')).toEqual([]);
    await session.remove('max');
    await session.join('ada');
    expect(await sessionsOf('ada')).toHaveLength(1);
  });

  test('the player may have come and gone: the old place is the one that he gets', async () => {
    const outcome = await overtaken(
      () => session.join('ada'),
      async () => {
        await session.join('ada', 'bob');
        await session.remove('ada');
      },
    );
    expect(outcome).toMatchObject({ kind: 'joined', players: [{ seatIndex: 0 }], isNew: true });
    expect(rosterOf(await session.read())).toEqual(['ada', 'bob']);
  });

  test('a friend of a party may leave: nobody of it comes in without her', async () => {
    await session.join('ada');
    const outcome = await overtaken(
      () => session.join('ada', 'bob'),
      () => session.remove('ada'),
    );
    expect(outcome).toMatchObject({ kind: 'joined', players: [{ seatIndex: 0 }, { seatIndex: 1 }] });
    expect(rosterOf(await session.read())).toEqual(['ada', 'bob']);
  });

  test('whoever removes a player may have left: the player stays', async () => {
    session = await RosterUnderTest.open(table, { playersCanBeRemovedBy: 'AnyPlayer' });
    await session.join('ada', 'bob');
    const outcome = await overtaken(
      () => session.remove('ada', playerCaller('bob')),
      () => session.remove('bob'),
    );
    expect(outcome).toMatchObject({ kind: 'not-allowed' });
    expect(rosterOf(await session.read())).toEqual(['ada', '(bob)']);
  });

  test('whoever is to go may have come in with the reservation that was seen: he goes all the same', async () => {
    await session.hold(['ada']);
    const outcome = await overtaken(
      () => session.remove('ada'),
      () => session.join('ada'),
    );
    expect(outcome).toEqual({ kind: 'removed' });
    expect(await session.read()).toMatchObject({
      seatsAvailable: 4,
      roster: [{ isCurrentlyInSession: false }],
    });
  });

  test('a player may leave: nothing is changed of one who is not in', async () => {
    await session.join('ada');
    const outcome = await overtaken(
      () => session.describe('ada', Uint8Array.of(1)),
      () => session.remove('ada'),
    );
    expect(outcome).toMatchObject({ kind: 'not-allowed' });
    expect((await session.read()).roster).toMatchObject([{ customData: undefined }]);
  });

  test('a player may leave and come back under another gamertag: he is shown as he is by then', async () => {
    await session.join('ada');
    const customData = Uint8Array.of(1);
    const outcome = await overtaken(
      () => session.describe('ada', customData),
      async () => {
        await session.remove('ada');
        await session.join({ ...joiner('ada'), gamertag: 'lovelace' });
      },
    );
    const [ada] = (await session.read()).roster;
    expect(ada).toMatchObject({ gamertag: 'lovelace', customData });
    expect(outcome).toEqual({ kind: 'described', player: ada });
  });

  test('the session may end: nothing is changed any more', async () => {
    const verbs: readonly (() => Promise<unknown>)[] = [
      () => session.join('eve'),
      () => session.hold(['eve']),
      () => session.remove('ada'),
      () => session.describe('ada', Uint8Array.of(1)),
      () => session.change({ variant: 1 }),
    ];
    for (const verb of verbs) {
      session = await RosterUnderTest.open(table);
      await session.join('ada', 'bob');
      const outcome = await overtaken(verb, () => session.change({ hasEnded: true }));
      expect(outcome).toEqual({ kind: 'ended', session: await session.read() });
    }
  });
});

describe('a process that dies', () => {
  beforeEach(async () => {
    await session.join('ada', 'bob');
  });

  test.each<[what: string, verb: () => Promise<unknown>]>([
    ['holds a seat', () => session.hold(['eve'])],
    ['takes a player out', () => session.remove('ada')],
    ['changes custom data of a player', () => session.describe('ada', Uint8Array.of(1))],
    ['changes the session', () => session.change({ maxPlayers: 9, isClosed: true, visibility: 'Everyone' })],
    ['ends the session', () => session.change({ hasEnded: true })],
  ])('while it %s has done all of it in its one write, or nothing', async (_, verb) => {
    const before = await session.read();
    await dieAfter(0, verb);
    await dieAfter(1, verb);
    expect(await session.read()).toEqual(before);
    await dieWith(2, verb);
    const after = await session.read();
    expect(after).not.toEqual(before);
    expect(Number.parseInt(after.etag, 10)).toBe(Number.parseInt(before.etag, 10) + 1);
  });
});
