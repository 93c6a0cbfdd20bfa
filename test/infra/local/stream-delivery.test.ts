import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GivenUp } from '#infra/local/dead-letter.ts';
import { type Delivery, deliver } from '#infra/local/stream-delivery.ts';
import { madeAt, madeRecord, numberOf } from './made-records.ts';

/** What a function does with the records of these numbers: it throws, or answers. */
type MadeFunction = (numbers: readonly number[]) => unknown;

const failuresAt = (...numbers: readonly number[]) => ({
  batchItemFailures: numbers.map((number) => ({ itemIdentifier: String(number) })),
});

const throwing = (message = 'on purpose'): never => {
  throw new Error(message);
};

const mapping = {
  batchSize: 100,
  bisect: true,
  reportsFailures: true,
  maximumRetries: 2,
  maximumAgeMs: undefined,
};

/** Delivers records 1 to `count`, and notes what happens. */
async function delivering(
  count: number,
  call: MadeFunction,
  {
    stream = {},
    now = () => madeAt,
    signal = new AbortController().signal,
  }: {
    readonly stream?: Partial<Delivery['stream']>;
    readonly now?: () => number;
    readonly signal?: AbortSignal;
  } = {},
) {
  const calls: number[][] = [];
  const positions: number[] = [];
  const pauses: number[] = [];
  const givenUp: GivenUp[] = [];
  const records = Array.from({ length: count }, (_, index) => madeRecord(index + 1));
  await deliver(records, {
    stream: { ...mapping, ...stream },
    invoke: async (given) => {
      calls.push(given.map(numberOf));
      return call(given.map(numberOf));
    },
    advance: (last) => positions.push(numberOf(last)),
    giveUp: (each) => givenUp.push(each),
    pause: async (failures) => void pauses.push(failures),
    now,
    signal,
  });
  const letters = givenUp.map(({ records: lost, requestId, ...rest }) => ({
    lost: lost.map(numberOf),
    ...rest,
  }));
  return { calls, positions, pauses, letters };
}

describe('records of a shard', () => {
  test('are handed over in order, so many at a time, each batch after the one before it', async () => {
    const { calls, positions, letters } = await delivering(7, () => undefined, { stream: { batchSize: 3 } });
    expect(calls).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
    expect(positions).toEqual([3, 6, 7]);
    expect(letters).toEqual([]);
  });

  test('are no more at a time than Lambda takes in bytes', async () => {
    const sizes: number[] = [];
    const large = Array.from({ length: 12 }, (_, number) =>
      madeRecord(number, { NewImage: { text: { S: 'é'.repeat(600_000) } } }),
    );
    await deliver(large, {
      stream: mapping,
      invoke: async (Records) => void sizes.push(Buffer.byteLength(JSON.stringify({ Records }))),
      advance: () => {},
      giveUp: () => {},
      pause: async () => {},
      now: () => madeAt,
      signal: new AbortController().signal,
    });
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['no list of failures', {}],
    ['null for the list', { batchItemFailures: null }],
    ['an empty list', failuresAt()],
  ])('count as taken when the function answers %s', async (_, answer) => {
    const { calls, positions } = await delivering(3, () => answer);
    expect([calls, positions]).toEqual([[[1, 2, 3]], [3]]);
  });

  test('count as taken whatever the answer is where the mapping asks for no report', async () => {
    const { calls } = await delivering(3, () => failuresAt(1), { stream: { reportsFailures: false } });
    expect(calls).toEqual([[1, 2, 3]]);
  });

  test('are tried again from the first that failed, wherever the function names it', async () => {
    const failures = [failuresAt(5, 3), failuresAt(4)];
    const { calls, positions, letters } = await delivering(5, () => failures.shift());
    expect(calls).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
      [4, 5],
    ]);
    expect(positions).toEqual([2, 3, 5]);
    expect(letters).toEqual([]);
  });

  test('use up no retries for as long as the first that failed is another one each time', async () => {
    const failures = [failuresAt(2), failuresAt(3), failuresAt(3), failuresAt(4), failuresAt(4)];
    const { calls, letters } = await delivering(4, () => failures.shift(), { stream: { maximumRetries: 1 } });
    expect(calls).toEqual([[1, 2, 3, 4], [2, 3, 4], [3, 4], [3, 4], [4], [4]]);
    expect(letters).toEqual([]);
  });

  test.each([
    ['names what is not in the batch', failuresAt(2, 9)],
    ['names nothing', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['is spelled otherwise', { batchItemFailures: [{ id: '2' }] }],
    ['is no object', 'failed'],
  ])('are all tried again when the answer %s', async (_, answer) => {
    const answers = [answer];
    const { calls, positions } = await delivering(3, () => answers.shift());
    expect([calls, positions]).toEqual([
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [3],
    ]);
  });

  test('that fail as a whole are halved until the one at fault is alone, which is then tried and given up', async () => {
    const poison: MadeFunction = (numbers) => (numbers.includes(3) ? throwing() : undefined);
    const { calls, positions, letters } = await delivering(8, poison);
    expect(calls).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [1, 2, 3, 4],
      [1, 2],
      [3, 4],
      [3],
      [3],
      [3],
      [4],
      [5, 6, 7, 8],
    ]);
    expect(positions).toEqual([2, 3, 4, 8]);
    expect(letters).toEqual([{ lost: [3], condition: 'RetryAttemptsExhausted', calls: 3, threw: true }]);
  });

  test('that fail as a whole stay together where the mapping does not halve', async () => {
    const poison: MadeFunction = (numbers) => (numbers.includes(2) ? throwing() : undefined);
    const { calls, positions, letters } = await delivering(4, poison, {
      stream: { bisect: false, batchSize: 2 },
    });
    expect(calls).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [3, 4],
    ]);
    expect(positions).toEqual([2, 4]);
    expect(letters).toMatchObject([{ lost: [1, 2], calls: 3 }]);
  });

  test('of which the first is named again and again are given up together with it', async () => {
    const { calls, letters, positions } = await delivering(3, () => failuresAt(1));
    expect(calls).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(letters).toEqual([
      { lost: [1, 2, 3], condition: 'RetryAttemptsExhausted', calls: 3, threw: false },
    ]);
    expect(positions).toEqual([3]);
  });

  test('are tried for as long as it takes where no number of retries is set', async () => {
    let left = 500;
    const stream = { maximumRetries: undefined };
    const { calls, letters } = await delivering(1, () => (left-- > 0 ? throwing() : undefined), { stream });
    expect([calls.length, letters]).toEqual([501, []]);
  });

  test('are tried again after pauses that know how often they have failed', async () => {
    const { pauses } = await delivering(1, () => throwing(), { stream: { maximumRetries: 4 } });
    expect(pauses).toEqual([1, 2, 3, 4]);
  });

  test('that are too old are given up without a call, and the others handed over', async () => {
    let now = madeAt + 1_000;
    const poison: MadeFunction = () => {
      now += 1_000;
      return throwing();
    };
    const stream = { maximumAgeMs: 2_000, maximumRetries: undefined };
    const { calls, letters, positions } = await delivering(1, poison, { stream, now: () => now });
    expect(calls).toEqual([[1], [1]]);
    expect(letters).toEqual([{ lost: [1], condition: 'RecordAgeExceeded', calls: 2, threw: undefined }]);
    expect(positions).toEqual([1]);
  });

  test('that are under way when the pump stops are not given up, and none are handed over after them', async () => {
    const stopping = new AbortController();
    const stopped: MadeFunction = () => {
      stopping.abort();
      return throwing('the thread has ended');
    };
    const stream = { batchSize: 1, maximumRetries: 0 };
    const { calls, letters, positions } = await delivering(3, stopped, { stream, signal: stopping.signal });
    expect([calls, letters, positions]).toEqual([[[1]], [], []]);
  });

  test('are each taken or given up in the end, in order, whatever the function does', async () => {
    const behaviour = fc.array(fc.constantFrom('take', 'throw', 'first', 'middle', 'last'), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        behaviour,
        fc.record({ batchSize: fc.integer({ min: 1, max: 8 }), bisect: fc.boolean() }),
        async (count, behaviours, stream) => {
          const waiting = [...behaviours];
          const taken = new Set<number>();
          const call: MadeFunction = (numbers) => {
            const what = waiting.shift() ?? 'take';
            if (what === 'throw') throwing();
            const failed = {
              take: numbers.length,
              first: 0,
              middle: numbers.length >> 1,
              last: numbers.length - 1,
            }[what === 'throw' ? 'first' : what];
            for (const number of numbers.slice(0, failed)) taken.add(number);
            return failuresAt(...numbers.slice(failed));
          };
          const { positions, letters } = await delivering(count, call, { stream });
          expect(positions).toEqual(positions.toSorted((one, other) => one - other));
          expect(positions.at(-1)).toBe(count);
          const lost = letters.flatMap((letter) => letter.lost);
          expect([...taken, ...lost].toSorted((one, other) => one - other)).toEqual(
            Array.from({ length: count }, (_, index) => index + 1),
          );
        },
      ),
    );
  });
});
