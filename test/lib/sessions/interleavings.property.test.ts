import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { findPlayerSession } from '#lib/sessions/find.ts';
import { reservationTime } from '#lib/sessions/reserve.ts';
import type { Table } from '#lib/table/client.ts';
import { acceptedSeat } from '#lib/table/session-item.ts';
import { newTable } from '#test/support/table.ts';
import { fates } from './interleaved-wire.ts';
import { LedgerPlay } from './ledger-play.ts';

/** How many steps all runs take together: `OPENSLOT_MODEL_STEPS=100000 npm run unit` for a long proof. */
const steps = Number(process.env['OPENSLOT_MODEL_STEPS'] ?? 3_000);
const stepsPerRun = 100;

/** Milliseconds. */
const timeLimit = 60_000 + steps * 50;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

type Step = (play: LedgerPlay) => void | Promise<void>;

const choice = fc.nat({ max: 1_000 });

/** Steps print as what they do, so that a failure reads as a story. */
const named = <T>(arbitrary: fc.Arbitrary<T>, name: string, step: (value: T) => Step): fc.Arbitrary<Step> =>
  arbitrary.map((value) => Object.assign(step(value), { toString: () => `${name} ${fc.stringify(value)}` }));

/** Newcomers are let in more often than not: where they are turned away little happens. */
const anySettings = fc.oneof(
  { weight: 4, arbitrary: fc.record({ capacity: fc.integer({ min: 0, max: 7 }) }) },
  { weight: 2, arbitrary: fc.constant({ takesPlayers: true }) },
  { weight: 1, arbitrary: fc.constant({ takesPlayers: false }) },
  {
    weight: 1,
    arbitrary: fc.record({ capacity: fc.integer({ min: 0, max: 7 }), takesPlayers: fc.boolean() }),
  },
);

/** How long seats are kept, milliseconds: some until the end of a game. */
const anyKeepTime = fc.constantFrom(20_000, 90_000, 3_600_000);

const anyStep = fc.oneof(
  { weight: 16, arbitrary: named(choice, 'send', (which) => (play) => play.send(which, 'answered')) },
  {
    weight: 3,
    arbitrary: named(
      fc.tuple(choice, fc.constantFrom(...fates)),
      'send',
      ([which, fate]) =>
        (play) =>
          play.send(which, fate),
    ),
  },
  {
    weight: 5,
    arbitrary: named(fc.integer({ min: 1, max: 4 }), 'reserve', (n) => (play) => play.startReserve(n)),
  },
  { weight: 2, arbitrary: named(choice, 'replay', (which) => (play) => play.startReplay(which)) },
  { weight: 2, arbitrary: named(choice, 'accept', (which) => (play) => play.startAccept(which)) },
  {
    weight: 3,
    arbitrary: named(
      fc.tuple(choice, fc.option(anyKeepTime, { nil: undefined })),
      'release',
      ([which, keepTime]) =>
        (play) =>
          play.startRelease(which, keepTime),
    ),
  },
  {
    weight: 2,
    arbitrary: named(
      fc.tuple(choice, fc.integer({ min: 1, max: 2 }), fc.constantFrom(0, 0, 0, 1)),
      'come back',
      ([which, players, newcomers]) =>
        (play) =>
          play.startComingBack(which, players, newcomers),
    ),
  },
  {
    weight: 2,
    arbitrary: named(
      fc.constantFrom(1, 249, 251, 19_999, 30_000, 59_999, 60_000),
      'turn',
      (ms) => (play) => play.clock.turn(ms),
    ),
  },
  { weight: 3, arbitrary: named(anySettings, 'update', (settings) => (play) => play.startUpdate(settings)) },
  {
    weight: 1,
    arbitrary: named(fc.nat({ max: 9 }), 'end', (n) => (play) => (n === 0 ? play.startEnd() : undefined)),
  },
);

const anyGame = fc.record({
  capacity: fc.integer({ min: 0, max: 6 }),
  reservationTime: fc.constantFrom(undefined, 20_000),
  regulars: fc.nat({ max: 2 }),
  random: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  steps: fc.array(anyStep, { maxLength: 2 * stepsPerRun, size: 'max' }),
});

test(
  `no interleaving, lost answer or crash sells a slot twice or loses one, in ${steps} steps`,
  async () => {
    await fc.assert(
      fc.asyncProperty(anyGame, async ({ capacity, reservationTime, regulars, random, steps }) => {
        const draw = () => random.next().value;
        const play = await LedgerPlay.open(table, randomUUID(), capacity, draw, reservationTime);
        await haveIn(play, Math.min(regulars, capacity));
        for (const step of steps) await step(play);
        await play.finish();
        await checkPlayers(play);
        await checkAwaitedComeBack(play);
        await checkNothingIsLost(play);
      }),
      {
        numRuns: Math.ceil(steps / stepsPerRun),
        // A failure is shrunk for as long as there is time, and then told.
        interruptAfterTimeLimit: timeLimit,
        markInterruptAsFailure: true,
      },
    );
  },
  timeLimit + 10_000,
);

/** Players who are in before anything else happens: most of what can happen to a player happens to those. */
async function haveIn(play: LedgerPlay, players: number): Promise<void> {
  if (players === 0) return;
  play.startReserve(players);
  await play.finish();
  for (let which = 0; which < players; which++) play.startAccept(which);
  await play.finish();
}

/** Every player who was told of a seat can be looked up, and reads as the ledger has it. */
async function checkPlayers({ model, confirmed, clock, sessionKey }: LedgerPlay): Promise<void> {
  const now = clock.now();
  const until = Math.min(now, model.endedAt ?? now);
  for (const token of confirmed) {
    const player = await findPlayerSession(table, { sessionKey, token }, now);
    const seat = model.seats.get(token);
    if (seat === undefined) expect(player?.status).toBeOneOf(['COMPLETED', 'TIMEDOUT']);
    else if (seat === acceptedSeat)
      expect(player?.status).toBe(model.endedAt === undefined ? 'ACTIVE' : 'COMPLETED');
    else expect(player?.status).toBe(seat > until && model.endedAt === undefined ? 'RESERVED' : 'TIMEDOUT');
  }
}

/** Whoever has a seat that is kept gets it, whatever else there is of the session. */
async function checkAwaitedComeBack(play: LedgerPlay): Promise<void> {
  if (play.model.endedAt !== undefined) return;
  // What was remembered of the session before is forgotten by then.
  play.clock.turn(250);
  for (let awaited = play.awaited().length; awaited > 0; awaited--) {
    const confirmedBefore = play.confirmed.size;
    play.startComingBack(0, 1, 0);
    await play.finish();
    expect(play.confirmed.size - confirmedBefore).toBe(1);
    expect(play.awaited()).toHaveLength(awaited - 1);
  }
}

/** Once every reservation has had its time, whatever nobody took up can be had again: each slot, and not one more. */
async function checkNothingIsLost(play: LedgerPlay): Promise<void> {
  const { model, clock } = play;
  if (model.endedAt !== undefined) return;
  play.startUpdate({ takesPlayers: true });
  await play.finish();
  clock.turn(reservationTime);
  const free = model.free(clock.now());
  const confirmedBefore = play.confirmed.size;
  for (let i = 0; i < free + 1; i++) {
    play.startReserve(1);
    await play.finish();
  }
  expect(play.confirmed.size - confirmedBefore).toBe(free);
}
