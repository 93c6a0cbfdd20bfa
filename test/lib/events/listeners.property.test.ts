import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { findRoster } from '#lib/rosters/find.ts';
import { findSession } from '#lib/sessions/find.ts';
import type { Table } from '#lib/table/client.ts';
import { RosterPlay } from '#test/lib/rosters/roster-play.ts';
import { playerCaller, titleCaller, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import { fates } from '#test/lib/sessions/interleaved-wire.ts';
import { LedgerPlay } from '#test/lib/sessions/ledger-play.ts';
import { newTable } from '#test/support/table.ts';
import { LedgerListener, RosterListener } from './listeners.ts';

/** How many steps all runs of a test take together: `OPENSLOT_MODEL_STEPS=100000 npm run unit` for a long proof. */
const steps = Number(process.env['OPENSLOT_MODEL_STEPS'] ?? 200);
const stepsPerRun = 100;

/** Milliseconds. */
const timeLimit = 60_000 + steps * 50;

let table: Table;
beforeAll(async () => {
  ({ table } = await newTable());
});

type Play = Pick<LedgerPlay, 'send' | 'finish'>;
type Step<Of> = (play: Of) => void | Promise<void>;

/** Steps print as what they do, so that a failure reads as a story. */
const stepsOf =
  <Of>() =>
  <Value>(
    name: string,
    arbitrary: fc.Arbitrary<Value>,
    step: (value: Value, play: Of) => void | Promise<void>,
  ): fc.Arbitrary<Step<Of>> =>
    arbitrary.map((value) =>
      Object.assign((play: Of) => step(value, play), { toString: () => `${name} ${fc.stringify(value)}` }),
    );

const choice = fc.nat({ max: 1_000 });
/** Mostly all goes well: what is lost or dies is part of what happens, and not the most of it. */
const anyFate = fc.oneof(
  { weight: 4, arbitrary: fc.constant('answered' as const) },
  { weight: 1, arbitrary: fc.constantFrom(...fates) },
);
const anySend = stepsOf<Play>()('send', fc.tuple(choice, anyFate), ([which, fate], play) =>
  play.send(which, fate),
);
const anyTurn = fc.constantFrom(1, 20_000, 59_999, 60_000);

const inLedger = stepsOf<LedgerPlay>();
const anyLedgerStep: fc.Arbitrary<Step<LedgerPlay>> = fc.oneof(
  { weight: 16, arbitrary: anySend },
  {
    weight: 6,
    arbitrary: inLedger('reserve', fc.integer({ min: 1, max: 4 }), (n, play) => play.startReserve(n)),
  },
  { weight: 2, arbitrary: inLedger('replay', choice, (which, play) => play.startReplay(which)) },
  { weight: 3, arbitrary: inLedger('accept', choice, (which, play) => play.startAccept(which)) },
  {
    weight: 3,
    arbitrary: inLedger(
      'release',
      fc.tuple(choice, fc.constantFrom(undefined, 20_000, 3_600_000)),
      ([which, keepTime], play) => play.startRelease(which, keepTime),
    ),
  },
  {
    weight: 2,
    arbitrary: inLedger('come back', choice, (which, play) => play.startComingBack(which, 1, 0)),
  },
  { weight: 3, arbitrary: inLedger('turn', anyTurn, (milliseconds, play) => play.clock.turn(milliseconds)) },
  {
    weight: 3,
    arbitrary: inLedger(
      'update',
      fc.record({
        capacity: fc.integer({ min: 0, max: 7 }),
        takesPlayers: fc.constantFrom(true, true, false),
      }),
      (settings, play) => play.startUpdate(settings),
    ),
  },
  {
    weight: 1,
    arbitrary: inLedger('end', fc.nat({ max: 9 }), (n, play) => (n === 0 ? play.startEnd() : undefined)),
  },
);

const names = ['ada', 'bob', 'eve', 'kim', 'max'] as const;
const anyName = fc.constantFrom('ada', 'ada', 'bob', ...names);
const anyNames = fc.uniqueArray(anyName, { minLength: 1, maxLength: 3 });

const inRoster = stepsOf<RosterPlay>();
const anyRosterStep: fc.Arbitrary<Step<RosterPlay>> = fc.oneof(
  { weight: 16, arbitrary: anySend },
  {
    weight: 5,
    arbitrary: inRoster('join', anyNames, (joining, play) =>
      play.start({
        verb: 'join',
        players: joining.map((gamertag) => ({ xuid: xuidOf(gamertag), gamertag, customData: null })),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: inRoster(
      'hold',
      fc.tuple(anyNames, fc.constantFrom(1, 20_000, 60_000)),
      ([held, milliseconds], play) =>
        play.start({ verb: 'hold', invitation: { xuids: held.map(xuidOf), milliseconds } }),
    ),
  },
  {
    weight: 4,
    arbitrary: inRoster('remove', fc.tuple(anyName, fc.option(anyName)), ([name, by], play) => {
      const caller = by === null ? titleCaller() : playerCaller(by);
      play.start({ verb: 'remove', xuid: xuidOf(name), caller });
    }),
  },
  {
    weight: 1,
    arbitrary: inRoster('describe', anyName, (name, play) =>
      play.start({ verb: 'describe', xuid: xuidOf(name), customData: undefined }),
    ),
  },
  {
    weight: 3,
    arbitrary: inRoster('change', fc.integer({ min: 2, max: 6 }), (maxPlayers, play) =>
      play.start({ verb: 'change', change: { maxPlayers }, ifMatch: undefined }),
    ),
  },
  { weight: 3, arbitrary: inRoster('turn', anyTurn, (milliseconds, play) => play.turn(milliseconds)) },
  {
    weight: 1,
    arbitrary: inRoster('end', fc.nat({ max: 9 }), (n, play) =>
      n === 0 ? play.start({ verb: 'change', change: { hasEnded: true }, ifMatch: undefined }) : undefined,
    ),
  },
);

/** Plays a game, and has `look` see the session after each request that may have written it. */
async function playThrough<Of extends Play>(play: Of, steps: readonly Step<Of>[], look: () => Promise<void>) {
  const send = play.send.bind(play);
  play.send = async (...how) => {
    await send(...how);
    await look();
  };
  await look();
  for (const step of steps) await step(play);
  await play.finish();
}

const anyGame = <Of>(anyStep: fc.Arbitrary<Step<Of>>) =>
  fc.record({
    capacity: fc.integer({ min: 2, max: 6 }),
    random: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    steps: fc.array(anyStep, { maxLength: 2 * stepsPerRun, size: 'max' }),
  });

const proof = {
  numRuns: Math.ceil(steps / stepsPerRun),
  // A failure is shrunk for as long as there is time, and then told.
  interruptAfterTimeLimit: timeLimit,
  markInterruptAsFailure: true,
};

test(
  `whoever listens to a game session knows each seat of it and the end of each stay, in ${steps} steps`,
  async () => {
    await fc.assert(
      fc.asyncProperty(anyGame(anyLedgerStep), async ({ capacity, random, steps }) => {
        const play = await LedgerPlay.open(table, randomUUID(), capacity, () => random.next().value);
        const listener = new LedgerListener();
        const look = async () => {
          const { ledger } =
            (await findSession(table, play.sessionKey)) ?? expect.fail('The session is gone');
          listener.look(ledger);
        };
        await playThrough(play, steps, look);
        play.startEnd();
        await play.finish();
        expect(listener.hasEnded).toBe(true);
      }),
      proof,
    );
  },
  timeLimit + 10_000,
);

test(
  `whoever listens to a session with a roster knows who is in and which seats are held, in ${steps} steps`,
  async () => {
    await fc.assert(
      fc.asyncProperty(anyGame(anyRosterStep), async ({ capacity, random, steps }) => {
        const play = await RosterPlay.open(table, randomUUID(), capacity, () => random.next().value);
        const listener = new RosterListener();
        await playThrough(play, steps, async () =>
          listener.look((await findRoster(table, play.address)) ?? expect.fail('The session is gone')),
        );
      }),
      proof,
    );
  },
  timeLimit + 10_000,
);
