import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '#lib/rosters/change-session.ts';
import type { Joiner } from '#lib/rosters/join.ts';
import { listSessionsOf } from '#lib/rosters/list.ts';
import type { Table } from '#lib/table/client.ts';
import { fates } from '#test/lib/sessions/interleaved-wire.ts';
import { newTable } from '#test/support/table.ts';
import { RosterPlay } from './roster-play.ts';
import { playerCaller, titleCaller, xuidOf } from './roster-under-test.ts';

/** How many steps all runs take together: `OPENSLOT_MODEL_STEPS=100000 npm run unit` for a long proof. */
const steps = Number(process.env['OPENSLOT_MODEL_STEPS'] ?? 2_000);
const stepsPerRun = 100;

/** Milliseconds. */
const timeLimit = 60_000 + steps * 50;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

type Step = (play: RosterPlay, players: (name: string) => string) => void | Promise<void>;

/** Steps print as what they do, so that a failure reads as a story. */
const named = <T>(arbitrary: fc.Arbitrary<T>, name: string, step: (value: T) => Step): fc.Arbitrary<Step> =>
  arbitrary.map((value) => Object.assign(step(value), { toString: () => `${name} ${fc.stringify(value)}` }));

const names = ['ada', 'bob', 'eve', 'kim', 'max', 'zoe'] as const;
/** Some come and go more often than others, and so meet themselves. */
const anyName = fc.constantFrom('ada', 'ada', 'ada', 'bob', 'bob', ...names);
const anyNames = (maxLength: number) => fc.uniqueArray(anyName, { minLength: 1, maxLength });

const anyData = fc.uint8Array({ maxLength: 2 }).map((bytes) => Uint8Array.from(bytes));
const anyJoiner = fc.record({
  gamertag: fc.constantFrom('one', 'other'),
  customData: fc.option(fc.option(anyData, { nil: undefined }), { nil: null }),
});

const anyJoin = named(
  fc.tuple(fc.oneof({ weight: 3, arbitrary: anyNames(1) }, { weight: 1, arbitrary: anyNames(4) }), anyJoiner),
  'join',
  ([names, brought]) =>
    (play, xuid) => {
      const players: readonly Joiner[] = names.map((name) => ({ ...brought, xuid: xuid(name) }));
      play.start({ verb: 'join', players });
    },
);

const anyHold = named(
  fc.tuple(anyNames(3), fc.constantFrom(1, 20_000, 60_000)),
  'hold',
  ([names, milliseconds]) =>
    (play, xuid) =>
      play.start({ verb: 'hold', invitation: { xuids: names.map(xuid), milliseconds } }),
);

/** By the title, by himself, or by another one, who may be in or not. */
const anyRemoval = named(fc.tuple(anyName, fc.option(anyName)), 'remove', ([name, by]) => (play, xuid) => {
  const caller = by === null ? titleCaller() : { ...playerCaller(by), xuid: xuid(by) };
  play.start({ verb: 'remove', xuid: xuid(name), caller });
});

const anyDescription = named(
  fc.tuple(anyName, fc.option(anyData, { nil: undefined })),
  'describe',
  ([name, customData]) =>
    (play, xuid) =>
      play.start({ verb: 'describe', xuid: xuid(name), customData }),
);

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ maxPlayers: fc.integer({ min: 2, max: 6 }) }) },
  // Newcomers are let in more often than not: where they are turned away little happens.
  { weight: 3, arbitrary: fc.constant({ isClosed: false }) },
  { weight: 1, arbitrary: fc.constant({ isClosed: true }) },
  { weight: 1, arbitrary: fc.record({ variant: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ customData: fc.option(anyData, { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ visibility: fc.constantFrom('Everyone', 'PlayersEverInSession') }) },
);

/** The caller of a change means any state, the present one, or one that is past. */
const anyIfMatch = fc.option(fc.constantFrom(0, 0, 1, 3), { nil: undefined });

const anyChanging = named(
  fc.tuple(anyChange, anyIfMatch),
  'change',
  ([change, ago]) =>
    (play) =>
      play.start({ verb: 'change', change, ifMatch: ago === undefined ? undefined : [play.etag(ago)] }),
);

const anyEnd = named(fc.nat({ max: 19 }), 'end', (n) => (play) => {
  if (n === 0) play.start({ verb: 'change', change: { hasEnded: true }, ifMatch: undefined });
});

const anyTurn = named(
  fc.constantFrom(1, 19_999, 20_000, 60_000),
  'turn',
  (milliseconds) => (play) => play.turn(milliseconds),
);

const anyVerb = fc.oneof(
  { weight: 6, arbitrary: anyJoin },
  { weight: 3, arbitrary: anyHold },
  { weight: 4, arbitrary: anyRemoval },
  { weight: 2, arbitrary: anyDescription },
  { weight: 3, arbitrary: anyChanging },
  { weight: 1, arbitrary: anyEnd },
  { weight: 2, arbitrary: anyTurn },
);

const choice = fc.nat({ max: 1_000 });
const anySend = fc.oneof(
  { weight: 4, arbitrary: named(choice, 'send', (which) => (play) => play.send(which, 'answered')) },
  {
    weight: 1,
    arbitrary: named(
      fc.tuple(choice, fc.constantFrom(...fates)),
      'send',
      ([which, fate]) =>
        (play) =>
          play.send(which, fate),
    ),
  },
);

const anyFinishedVerb = anyVerb.map((start) =>
  Object.assign(
    async (...given: Parameters<Step>) => {
      await start(...given);
      await given[0].finish();
    },
    { toString: () => String(start) },
  ),
);

/** A verb that is finished at once takes as long as several steps. */
const modes: readonly {
  readonly mode: string;
  readonly share: number;
  readonly anyStep: fc.Arbitrary<Step>;
}[] = [
  { mode: 'one after another', share: 0.3, anyStep: anyFinishedVerb },
  {
    mode: 'with lost answers and crashes between the writes of one another',
    share: 0.7,
    anyStep: fc.oneof({ weight: 4, arbitrary: anyVerb }, { weight: 9, arbitrary: anySend }),
  },
];

describe.each(modes)('whatever is done to a session, $mode,', ({ share, anyStep }) => {
  const anyGame = fc.record({
    maxPlayers: fc.integer({ min: 2, max: 5 }),
    random: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    steps: fc.array(anyStep, { maxLength: 2 * stepsPerRun, size: 'max' }),
  });

  test(
    `every write does what the model does, in ${share * steps} steps`,
    async () => {
      await fc.assert(
        fc.asyncProperty(anyGame, async ({ maxPlayers, random, steps }) => {
          const id = randomUUID();
          const players = (name: string) => xuidOf(`${name} of ${id}`);
          const play = await RosterPlay.open(table, id, maxPlayers, () => random.next().value);
          for (const step of steps) await step(play, players);
          await play.finish();
          await checkLists(play, players);
        }),
        {
          numRuns: Math.ceil((share * steps) / stepsPerRun),
          // A failure is shrunk for as long as there is time, and then told.
          interruptAfterTimeLimit: timeLimit,
          markInterruptAsFailure: true,
        },
      );
    },
    timeLimit + 10_000,
  );
});

/** Whoever is or was in finds the session in the own list, and nobody else does, whatever died while joining. */
async function checkLists({ roster, clock, address }: RosterPlay, players: (name: string) => string) {
  for (const name of names) {
    const wanted = { caller: titleCaller(), xuid: players(name), state: 'any', variant: undefined } as const;
    const { items } = await listSessionsOf({ table, now: clock.now() }, wanted, 10, undefined);
    const isInRoster = roster.some(({ xuid }) => xuid === players(name));
    expect(items.map(({ sessionId }) => sessionId)).toEqual(isInRoster ? [address.sessionId] : []);
  }
}
