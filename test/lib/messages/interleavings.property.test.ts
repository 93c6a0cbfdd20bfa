import fc from 'fast-check';
import { beforeAll, test } from 'vitest';
import { graceTime } from '#lib/messages/read-stretch.ts';
import type { Table } from '#lib/table/client.ts';
import { fates } from '#test/lib/sessions/interleaved-wire.ts';
import { newTable } from '#test/support/table.ts';
import { QueuePlay } from './queue-play.ts';

/** How many steps all runs take together: `OPENSLOT_MODEL_STEPS=100000 npm run unit` for a long proof. */
const steps = Number(process.env['OPENSLOT_MODEL_STEPS'] ?? 2_000);
const stepsPerRun = 100;

/** Milliseconds. */
const timeLimit = 60_000 + steps * 50;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

type Step = (play: QueuePlay) => void | Promise<void>;

const choice = fc.nat({ max: 1_000 });

/** Steps print as what they do, so that a failure reads as a story. */
const named = <T>(arbitrary: fc.Arbitrary<T>, name: string, step: (value: T) => Step): fc.Arbitrary<Step> =>
  arbitrary.map((value) => Object.assign(step(value), { toString: () => `${name} ${fc.stringify(value)}` }));

const anyStep = fc.oneof(
  { weight: 12, arbitrary: named(choice, 'send', (which) => (play) => play.send(which, 'answered')) },
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
    weight: 4,
    arbitrary: named(fc.constant(undefined), 'post', (behind) => (play) => play.startPost(behind)),
  },
  {
    weight: 3,
    arbitrary: named(
      fc.constantFrom(0, 0, 0, 1, 2),
      'post behind',
      (behind) => (play) => play.startPost(behind),
    ),
  },
  {
    weight: 4,
    arbitrary: named(
      fc.tuple(choice, fc.constantFrom(1, 3, 100)),
      'read',
      ([which, max]) =>
        (play) =>
          play.startRead(which, max),
    ),
  },
  {
    weight: 1,
    arbitrary: named(fc.nat({ max: 30 }), 'drop', (through) => (play) => play.startDrop(through)),
  },
  {
    weight: 2,
    arbitrary: named(fc.constantFrom(1, graceTime, graceTime + 1), 'turn', (ms) => (play) => play.turn(ms)),
  },
  {
    weight: 1,
    arbitrary: named(fc.nat({ max: 19 }), 'end', (n) => (play) => (n === 0 ? play.startEnd() : undefined)),
  },
);

test(
  `no interleaving, lost answer or crash loses a message, shows one twice or lets one in between, in ${steps} steps`,
  async () => {
    const game = fc.array(anyStep, { maxLength: 2 * stepsPerRun, size: 'max' });
    await fc.assert(
      fc.asyncProperty(game, async (steps) => {
        const play = await QueuePlay.open(table);
        for (const step of steps) await step(play);
        await play.finish();
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
