import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import { playerItemKey } from '#lib/table/keys.ts';
import { type PlayerRecord, parsePlayerItem } from '#lib/table/player-item.ts';
import { getItem } from '#lib/table/reads.ts';
import { interleavedTable } from './interleaved-table.ts';
import type { InterleavedWire } from './interleaved-wire.ts';
import { request, SessionUnderTest, tokensOf } from './session-under-test.ts';

/**
 * Requests that have names: one that comes again is answered as it was, or would have been, and another one is told that
 * it comes too late.
 */

let table: Table;
let wire: InterleavedWire;
beforeAll(async () => {
  ({ table, wire } = await interleavedTable());
});

let session: SessionUnderTest;
let ada: string;
beforeEach(async () => {
  session = await SessionUnderTest.open(table, 3);
  const joining = request('ada');
  await session.reserve(joining);
  [ada = ''] = tokensOf(joining);
});

async function recordOf(token: string): Promise<PlayerRecord> {
  return parsePlayerItem((await getItem(table, playerItemKey(session.sessionKey, token))) ?? {});
}

const verbs = [
  {
    what: 'accepting a player',
    before: async () => undefined,
    act: (by?: string) => session.accept(ada, by),
    first: 'accepted',
    tooLate: 'accepted-before',
    noted: ({ acceptedAt, acceptedBy }: PlayerRecord) => ({ at: acceptedAt, by: acceptedBy }),
  },
  {
    what: 'releasing a player',
    before: () => session.accept(ada, 'acceptance'),
    act: (by?: string) => session.release(ada, { request: by }),
    first: 'released',
    tooLate: 'not-held',
    noted: ({ leftAt, leftBy }: PlayerRecord) => ({ at: leftAt, by: leftBy }),
  },
] as const;

describe.each(verbs)('$what', ({ before, act, first, tooLate, noted }) => {
  beforeEach(async () => {
    await before();
    session.clock.turn(1_000);
  });

  /** Starts the verb, whose requests wait from then on; `outcome` is there once it is through. */
  function start(by?: string): { outcome?: unknown } {
    const started: { outcome?: unknown } = {};
    wire.start<{ readonly kind: string }>(
      () => act(by),
      (outcome) => {
        started.outcome = outcome;
      },
    );
    return started;
  }

  async function answerAll(): Promise<void> {
    for (await wire.settle(); wire.waitingRequests > 0; await wire.settle())
      await wire.meetFate(0, 'answered');
  }

  test('by a request that comes again ends as it did', async () => {
    expect(await act('one')).toEqual({ kind: first });
    const after = await session.ledger();
    const record = await recordOf(ada);
    session.clock.turn(reservationTime);
    expect(await act('one')).toEqual({ kind: first });
    expect(await session.ledger()).toEqual(after);
    expect(await recordOf(ada)).toEqual(record);
  });

  test.each([
    ['another request', 'two'],
    ['a request without a name', undefined],
  ])('by %s comes too late, and changes nothing', async (_, by) => {
    await act('one');
    const [after, record] = [await session.ledger(), await recordOf(ada)];
    session.clock.turn(1_000);
    expect(await act(by)).toEqual({ kind: tooLate });
    expect(await session.ledger()).toEqual(after);
    expect(await recordOf(ada)).toEqual(record);
    expect(noted(record)).toEqual({ at: session.clock.now() - 1_000, by: 'one' });
  });

  test.each(['one', undefined])('by %s succeeds where an answer of the ledger is lost', async (by) => {
    const started = start(by);
    await wire.settle();
    await wire.meetFate(0, 'answer lost');
    await answerAll();
    expect(started.outcome).toEqual({ kind: first });
    expect(noted(await recordOf(ada))).toEqual({ at: session.clock.now(), by });
  });

  test('by a request that comes again succeeds where its process has died before it noted its name', async () => {
    await wire.dieAfter(1, () => act('one'));
    const after = await session.ledger();
    session.clock.turn(1_000);
    expect(await act('one')).toEqual({ kind: first });
    expect(await act('two')).toEqual({ kind: tooLate });
    expect(await session.ledger()).toEqual(after);
    expect(noted(await recordOf(ada)).by).toBe('one');
  });

  test('by another request is taken for the first where that has died before it noted its name', async () => {
    await wire.dieAfter(1, () => act('one'));
    expect(await act('two')).toEqual({ kind: first });
    expect(await act('one')).toEqual({ kind: tooLate });
    expect(await act('two')).toEqual({ kind: first });
  });

  test('by two requests at once is told to one of them, whichever notes its name first', async () => {
    const one = start('one');
    await wire.settle();
    await wire.meetFate(0, 'answered');
    await wire.settle();
    // The first has written the ledger, and is about to note its name.
    const two = start('two');
    await wire.settle();
    while (two.outcome === undefined) {
      await wire.meetFate(1, 'answered');
      await wire.settle();
    }
    await answerAll();
    expect([one.outcome, two.outcome]).toEqual([{ kind: tooLate }, { kind: first }]);
    expect(noted(await recordOf(ada)).by).toBe('two');
  });

  test('by a request whose first try was lost on the way, while another succeeded, comes too late', async () => {
    const two = start('two');
    await wire.settle();
    expect(await act('one')).toEqual({ kind: first });
    await wire.meetFate(0, 'lost before it arrived');
    await answerAll();
    expect(two.outcome).toEqual({ kind: tooLate });
  });

  test('by ten requests at once is told to one of them', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, number) => act(`request ${number}`)));
    expect(outcomes.filter(({ kind }) => kind === first)).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === tooLate)).toHaveLength(9);
  });
});

describe('releasing a player who had only reserved', () => {
  test('is told apart in the same way', async () => {
    session.clock.turn(1_000);
    expect(await session.release(ada, { request: 'one' })).toEqual({ kind: 'released' });
    expect(await session.release(ada, { request: 'one' })).toEqual({ kind: 'released' });
    expect(await session.release(ada, { request: 'two' })).toEqual({ kind: 'not-held' });
    expect(await recordOf(ada)).toMatchObject({ leftAt: session.clock.now(), leftBy: 'one' });
  });

  test('whose seat has lapsed, and been taken by others, comes too late', async () => {
    session.clock.turn(reservationTime);
    await session.fill();
    expect(await session.release(ada, { request: 'one' })).toEqual({ kind: 'not-held' });
    expect(await session.release(ada, { request: 'one' })).toEqual({ kind: 'not-held' });
    expect(await session.findPlayer(ada)).toMatchObject({ status: 'TIMEDOUT' });
  });
});

test('a request that accepts and one that releases note their names apart', async () => {
  await session.accept(ada, 'one');
  expect(await session.release(ada, { request: 'one' })).toEqual({ kind: 'released' });
  // Again: it is answered for what it did, though that is undone.
  expect(await session.accept(ada, 'one')).toEqual({ kind: 'accepted' });
  expect(await session.accept(ada, 'another')).toEqual({ kind: 'not-held' });
  expect(await recordOf(ada)).toMatchObject({ acceptedBy: 'one', leftBy: 'one' });
});
