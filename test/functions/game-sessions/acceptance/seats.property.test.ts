import fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type GameSessions,
  type Reply,
  startGameSessions,
  type TestCaller,
  xuidOf,
} from '#test/support/game-sessions.ts';
import { create, endOf, named } from './cast.ts';

/** Milliseconds that all runs take together, at most. */
const timeLimit = 5_000;

let service: GameSessions;
let creator: TestCaller;
let title: TestCaller;
let players: readonly TestCaller[];
beforeAll(async () => {
  service = await startGameSessions();
  // The clock is turned by more than an hour in all.
  const claims = { exp: Math.floor(service.clock.now() / 1_000) + 7 * 24 * 60 * 60 };
  [creator, title] = await Promise.all([service.player({ claims }), service.title({ claims })]);
  players = await Promise.all(Array.from({ length: 6 }, () => service.player({ claims })));
});
afterAll(() => service.close());

const Shown = v.object({
  maxPlayers: v.number(),
  seatsAvailable: v.number(),
  hasEnded: v.boolean(),
  roster: v.array(
    v.object({ gamertag: v.string(), seatIndex: v.number(), isCurrentlyInSession: v.boolean() }),
  ),
});

/** What has become of a session, told from the answers alone. */
class Model {
  readonly session: string;
  /** Places in the roster: numbers of players, in the order in which they came. */
  readonly places: number[] = [];
  readonly isIn = new Set<number>();
  /** Deadlines, by the numbers of players. */
  readonly reserved = new Map<number, number>();
  maxPlayers = 4;
  isClosed = false;
  hasEnded = false;

  constructor(session: string) {
    this.session = session;
  }

  lapse(): void {
    for (const [player, deadline] of this.reserved) {
      if (deadline <= service.clock.now()) this.reserved.delete(player);
    }
  }

  get free(): number {
    return this.maxPlayers - this.isIn.size - this.reserved.size;
  }

  /** How taking seats ends, for players who do not hold them yet. */
  seatsFor(takers: readonly number[], done: string): string {
    if (this.hasEnded) return '409 SESSION_ENDED';
    if (takers.length === 0) return '200';
    if (this.isClosed) return '409 SESSION_CLOSED';
    const more = takers.filter((taker) => !this.reserved.has(taker) && !this.isIn.has(taker));
    return more.length > this.free ? '409 SESSION_FULL' : done;
  }
}

/** What is done, and how the model says that it ends. */
type Step = (model: Model) => {
  readonly end: string;
  readonly act: () => Promise<Reply>;
  readonly done: () => void;
};

const member = (number: number): TestCaller => {
  const player = players[number];
  if (player === undefined) throw new Error(`There is no player ${number}`);
  return player;
};

const joinStep =
  (numbers: readonly number[]): Step =>
  (model) => {
    const newcomers = numbers.filter((number) => !model.isIn.has(number));
    const [first = 0] = numbers;
    return {
      end: model.seatsFor(newcomers, '201'),
      act: () =>
        numbers.length === 1
          ? member(first).post(`${model.session}/players`)
          : title.post(`${model.session}/players`, { players: numbers.map(member).map(named) }),
      done: () => {
        for (const number of newcomers) {
          model.reserved.delete(number);
          model.isIn.add(number);
          if (!model.places.includes(number)) model.places.push(number);
        }
      },
    };
  };

const reserveStep =
  (numbers: readonly number[], seconds: number): Step =>
  (model) => {
    const wanted = numbers.filter((number) => !model.isIn.has(number) && !model.reserved.has(number));
    return {
      end: model.seatsFor(wanted, '201'),
      act: () =>
        title.post(`${model.session}/reservations`, {
          players: numbers.map((number) => ({ xuid: xuidOf(member(number).xuid) })),
          seconds,
        }),
      done: () => {
        for (const number of wanted) model.reserved.set(number, service.clock.now() + seconds * 1_000);
      },
    };
  };

const removeStep =
  (number: number, isByTitle: boolean): Step =>
  (model) => ({
    end: model.hasEnded ? '409 SESSION_ENDED' : '204',
    act: () => (isByTitle ? title : member(number)).delete(`${model.session}/players/${member(number).xuid}`),
    done: () => {
      model.isIn.delete(number);
      model.reserved.delete(number);
    },
  });

const changeStep =
  (change: {
    readonly isClosed?: boolean;
    readonly maxPlayers?: number;
    readonly hasEnded?: boolean;
  }): Step =>
  (model) => {
    const { isClosed = model.isClosed, maxPlayers = model.maxPlayers, hasEnded = model.hasEnded } = change;
    const isTooFew = maxPlayers < model.isIn.size + model.reserved.size;
    return {
      end: model.hasEnded ? '409 SESSION_ENDED' : isTooFew ? '400 VALIDATION_ERROR' : '200',
      act: () => creator.patch(model.session, change),
      done: () => {
        Object.assign(model, { isClosed, maxPlayers, hasEnded });
        if (hasEnded) model.reserved.clear();
      },
    };
  };

/** Steps print as what they do, so that a failure reads as a story. */
const told = <T>(name: string, arbitrary: fc.Arbitrary<T>, step: (value: T) => Step): fc.Arbitrary<Step> =>
  arbitrary.map((value) => Object.assign(step(value), { toString: () => `${name} ${fc.stringify(value)}` }));

const anyPlayer = fc.nat({ max: 5 });
const anyPlayers = fc.uniqueArray(anyPlayer, { minLength: 1, maxLength: 3 });

const anyStep: fc.Arbitrary<Step | number> = fc.oneof(
  { weight: 8, arbitrary: told('join', anyPlayers, joinStep) },
  {
    weight: 5,
    arbitrary: told('remove', fc.tuple(anyPlayer, fc.boolean()), ([player, isByTitle]) =>
      removeStep(player, isByTitle),
    ),
  },
  {
    weight: 5,
    arbitrary: told('reserve', fc.tuple(anyPlayers, fc.constantFrom(1, 5, 60)), ([numbers, seconds]) =>
      reserveStep(numbers, seconds),
    ),
  },
  { weight: 2, arbitrary: told('close', fc.boolean(), (isClosed) => changeStep({ isClosed })) },
  {
    weight: 2,
    arbitrary: told('resize', fc.integer({ min: 2, max: 6 }), (maxPlayers) => changeStep({ maxPlayers })),
  },
  { weight: 1, arbitrary: told('end', fc.constant(true), (hasEnded) => changeStep({ hasEnded })) },
  { weight: 4, arbitrary: fc.constantFrom(1, 999, 1_000, 5_000, 60_000) },
);

async function expectShown(model: Model): Promise<void> {
  const shown = v.parse(Shown, (await creator.get(model.session)).body);
  expect(shown).toEqual({
    maxPlayers: model.maxPlayers,
    seatsAvailable: model.free,
    hasEnded: model.hasEnded,
    roster: model.places.map((number, seatIndex) => ({
      gamertag: member(number).gamertag,
      seatIndex,
      isCurrentlyInSession: model.isIn.has(number),
    })),
  });
  const isInCount = shown.roster.filter((player) => player.isCurrentlyInSession).length;
  expect(shown.seatsAvailable + isInCount + model.reserved.size).toBe(shown.maxPlayers);
}

test('whatever happens, seats available, players in and seats reserved are as many as maxPlayers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 15, maxLength: 30 }), async (steps) => {
      const { clock } = service;
      const model = new Model(await create(creator, { maxPlayers: 4 }));
      for (const step of steps) {
        if (typeof step === 'number') clock.turn(step);
        model.lapse();
        if (typeof step !== 'number') {
          const { end, act, done } = step(model);
          expect(endOf(await act())).toBe(end);
          if (end.startsWith('2')) done();
        }
        await expectShown(model);
      }
    }),
    { numRuns: 40, interruptAfterTimeLimit: timeLimit },
  );
});
