import path from 'node:path';
import { ExpiredIteratorException, TrimmedDataAccessException } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DeadLetter } from '#infra/local/dead-letter.ts';
import type { LocalStream } from '#infra/local/event-sources.ts';
import { openPositions, type StreamPositions } from '#infra/local/stream-positions.ts';
import { startStreamPump } from '#infra/local/stream-pump.ts';
import { openStream, type RecordPage, type StreamSource } from '#infra/local/stream-source.ts';
import { madeAt, madeRecord, numberOf } from './made-records.ts';
import { temporaryDirectory } from './made-template.ts';
import { newStreamedTable } from './streamed-table.ts';

const mapping: LocalStream = {
  logicalId: 'Changes',
  tableId: 'Games',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/games/stream/local',
  functionId: 'Door',
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:door',
  filters: [],
  batchSize: 100,
  windowMs: 0,
  bisect: true,
  reportsFailures: true,
  maximumRetries: 2,
  maximumAgeMs: undefined,
  deadLetterQueue: undefined,
};

type Told = {
  readonly source: StreamSource;
  readonly stream?: Partial<LocalStream>;
  readonly positions?: StreamPositions;
  readonly now?: () => number;
  /** What the function does with the records of these numbers. */
  readonly call?: (numbers: readonly number[]) => unknown;
};

/** A pump, and what it hands over. */
function pumping({ source, stream = {}, positions = openPositions('made', undefined), now, call }: Told) {
  const batches: number[][] = [];
  const letters: DeadLetter[] = [];
  const errors: unknown[] = [];
  const pump = startStreamPump({
    stream: { ...mapping, ...stream },
    source,
    positions,
    invoke: async ({ Records }) => {
      batches.push(Records.map(numberOf));
      return call?.(Records.map(numberOf));
    },
    onDeadLetter: (letter) => letters.push(letter),
    onError: (error) => errors.push(error),
    pauses: { idle: 1, retry: () => 1 },
    ...(now !== undefined && { now }),
  });
  onTestFinished(pump.stop);
  return { pump, positions, batches, letters, errors, handed: () => batches.flat() };
}

type MadeShard = {
  readonly parentId?: string;
  /** What each reading gives, one after the other. */
  readonly pages: readonly (readonly number[])[];
  isEnded: boolean;
};

/** A stream of these shards, whose iterators say where they are. Readings can be made to fail. */
function madeSource(shards: Readonly<Record<string, MadeShard>>, failures: Error[] = []) {
  const started: (readonly [string, string | undefined])[] = [];
  const failAtTimes = () => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
  };
  const source: StreamSource = {
    id: 'made',
    listShards: async () => {
      failAtTimes();
      return Object.entries(shards).map(([id, { parentId }]) => ({ id, parentId }));
    },
    iteratorAfter: async (id, after) => {
      started.push([id, after]);
      const read = shards[id]?.pages.findIndex((page) => page.includes(Number(after))) ?? -1;
      return `${id}/${read + 1}`;
    },
    read: async (iterator): Promise<RecordPage> => {
      failAtTimes();
      const [id = '', index] = iterator.split('/');
      const shard = shards[id];
      const page = shard?.pages[Number(index)];
      if (page === undefined) return { records: [], next: shard?.isEnded ? undefined : iterator };
      return { records: page.map((number) => madeRecord(number)), next: `${id}/${Number(index) + 1}` };
    },
  };
  return { source, started };
}

describe('the pump', () => {
  test('reads a shard to its end before those that continue it, and these beside each other', async () => {
    const old: MadeShard = { pages: [[1], [], [2, 3]], isEnded: false };
    const { source } = madeSource({
      younger: { parentId: 'old', pages: [[10]], isEnded: true },
      old,
      other: { parentId: 'old', pages: [[20]], isEnded: false },
      youngest: { parentId: 'younger', pages: [[11]], isEnded: false },
    });
    const { handed } = pumping({ source });
    await vi.waitFor(() => expect(handed()).toEqual([1, 2, 3]));
    old.isEnded = true;
    await vi.waitFor(() => expect(handed()).toHaveLength(6));
    expect(handed().slice(0, 3)).toEqual([1, 2, 3]);
    expect(handed().indexOf(11)).toBeGreaterThan(handed().indexOf(10));
    expect(handed()).toContain(20);
  });

  test('begins with a shard whose parent is gone, and forgets what it knew of that one', async () => {
    const positions = openPositions('made', undefined);
    positions.finish('gone');
    const { source } = madeSource({ here: { parentId: 'gone', pages: [[1]], isEnded: false } });
    const { handed } = pumping({ source, positions });
    await vi.waitFor(() => expect(handed()).toEqual([1]));
    expect(positions.isFinished('gone')).toBe(false);
  });

  test('goes on where the one before it stopped, and reads no finished shard again', async () => {
    const shards = {
      old: { pages: [[1, 2], [3]], isEnded: true },
      young: { parentId: 'old', pages: [[4], [5], [6]], isEnded: false },
    };
    const positions = openPositions('made', path.join(temporaryDirectory(), 'positions.json'));
    const first = pumping({ source: madeSource(shards).source, positions });
    await vi.waitFor(() => expect(first.handed()).toEqual([1, 2, 3, 4, 5, 6]));
    await first.pump.stop();

    positions.advance('young', '4');
    const { source, started } = madeSource(shards);
    const second = pumping({ source, positions });
    await vi.waitFor(() => expect(second.handed()).toEqual([5, 6]));
    expect(started).toEqual([['young', '4']]);
  });

  test('hands over what a filter selects, and is done with the rest', async () => {
    const { source } = madeSource({ only: { pages: [[1, 2, 3], [4], [5]], isEnded: false } });
    const numbered = (number: string) => ({ dynamodb: { NewImage: { number: { N: [number] } } } });
    const { batches, positions } = pumping({ source, stream: { filters: [numbered('2'), numbered('4')] } });
    await vi.waitFor(() => expect(positions.after('only')).toBe('5'));
    expect(batches).toEqual([[2], [4]]);
  });

  test('waits for a batch to fill where the mapping has it wait, and is done with none of it before', async () => {
    let now = 0;
    const { source } = madeSource({ only: { pages: [[1], [2], [3], [4]], isEnded: false } });
    const read = vi.spyOn(source, 'read');
    const { batches, positions } = pumping({
      source,
      stream: { windowMs: 1_000, batchSize: 3 },
      now: () => now,
    });
    await vi.waitFor(() => expect(batches).toEqual([[1, 2, 3]]));
    const before = read.mock.calls.length;
    await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThan(before + 5));
    expect([batches, positions.after('only')]).toEqual([[[1, 2, 3]], '3']);
    now = 1_000;
    await vi.waitFor(() => expect(positions.after('only')).toBe('4'));
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  test('tries again what it could not read, from where it was, and says so', async () => {
    const failures = [1, 2, 3].map((number) => new Error(`failure ${number}`));
    const { source } = madeSource({ only: { pages: [[1], [2]], isEnded: false } }, [...failures]);
    const { handed, errors } = pumping({ source });
    await vi.waitFor(() => expect(handed()).toEqual([1, 2]));
    expect(errors).toEqual(failures);
  });

  test('gets another iterator where one is too old', async () => {
    const { source, started } = madeSource({ only: { pages: [[1], [2]], isEnded: false } });
    const tooOld = ['only/1'];
    const read = (iterator: string) =>
      tooOld.includes(iterator) && tooOld.pop() ? Promise.resolve(undefined) : source.read(iterator);
    const { handed } = pumping({ source: { ...source, read } });
    await vi.waitFor(() => expect(handed()).toEqual([1, 2]));
    expect(started).toEqual([
      ['only', undefined],
      ['only', '1'],
    ]);
  });

  test('tells of records that it gave up what Lambda tells, and nothing of what is in them', async () => {
    const { source } = madeSource({ only: { pages: [[1, 2, 3]], isEnded: false } });
    const { letters, handed } = pumping({
      source,
      now: () => madeAt + 5_000,
      call: (numbers) => {
        if (numbers.includes(2)) throw new Error('on purpose');
      },
    });
    await vi.waitFor(() => expect(handed().at(-1)).toBe(3));
    expect(letters).toEqual([
      {
        version: '1.0',
        timestamp: '2026-11-22T00:00:05.000Z',
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn: mapping.functionArn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 3,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        DDBStreamBatchInfo: {
          shardId: 'only',
          startSequenceNumber: '2',
          endSequenceNumber: '2',
          approximateArrivalOfFirstRecord: '2026-11-22T00:00:00.000Z',
          approximateArrivalOfLastRecord: '2026-11-22T00:00:00.000Z',
          batchSize: 1,
          streamArn: mapping.arn,
        },
      },
    ]);
  });

  test('waits at the end for the call under way, and is done with what that one took', async () => {
    const { source } = madeSource({ only: { pages: [[1], [2]], isEnded: false } });
    const under = Promise.withResolvers<void>();
    const { pump, positions, handed } = pumping({ source, call: () => under.promise });
    await vi.waitFor(() => expect(handed()).toEqual([1]));
    const stopping = pump.stop();
    under.resolve();
    await stopping;
    expect([positions.after('only'), handed()]).toEqual(['1', [1]]);
  });
});

describe("the pump of DynamoDB Local's stream", () => {
  test('hands over what happens to a table, in order, and goes on after a restart', async () => {
    const { streams, table, put, remove } = await newStreamedTable();
    const file = path.join(temporaryDirectory(), 'positions.json');
    const start = async () => {
      const source = await openStream(streams, table.input.TableName, {
        streamArn: mapping.arn,
        timeToLive: 'ttl',
      });
      const names: unknown[] = [];
      const pump = startStreamPump({
        stream: { ...mapping, filters: [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'game' }] } } } }] },
        source,
        positions: openPositions(source.id, file),
        invoke: async ({ Records }) => {
          names.push(
            ...Records.map(({ eventName, dynamodb }) => `${eventName} ${dynamodb?.Keys?.['pk']?.S}`),
          );
        },
        onDeadLetter: () => {},
        onError: () => {},
        pauses: { idle: 20, retry: () => 20 },
      });
      onTestFinished(pump.stop);
      return { pump, names };
    };
    await put('game 1');
    await put('player');
    const first = await start();
    await put('game 1', { f: { S: 'fleet' } });
    await vi.waitFor(() => expect(first.names).toEqual(['INSERT game 1', 'MODIFY game 1']));
    await first.pump.stop();

    await remove('game 1');
    await put('game 2');
    const second = await start();
    await vi.waitFor(() => expect(second.names).toEqual(['REMOVE game 1', 'INSERT game 2']));
  });

  test('reads on where records are gone that it has read, or an iterator has become too old', async () => {
    const { streams, table, put } = await newStreamedTable();
    await put('game');
    const source = await openStream(streams, table.input.TableName, {
      streamArn: mapping.arn,
      timeToLive: 'ttl',
    });
    const failure = { message: 'on purpose', $metadata: {} };
    streams.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if ('SequenceNumber' in args.input) throw new TrimmedDataAccessException(failure);
          if (commandName === 'GetRecordsCommand' && !isRead) {
            isRead = true;
            throw new ExpiredIteratorException(failure);
          }
          return next(args);
        },
      { step: 'initialize' },
    );
    let isRead = false;
    const positions = openPositions(source.id, undefined);
    const [shard] = await source.listShards();
    positions.advance(shard?.id ?? '', '0'.repeat(21));
    const { batches, errors } = pumping({ source, positions });
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    expect([isRead, errors]).toEqual([true, []]);
  });

  test('begins with the oldest record where the one that it stopped at is gone, with its shard', async () => {
    const { streams, table, put } = await newStreamedTable();
    await put('game');
    const source = await openStream(streams, table.input.TableName, {
      streamArn: mapping.arn,
      timeToLive: 'ttl',
    });
    expect(
      await source.iteratorAfter('shardId-00000000000000000001-00000001', '0'.repeat(21)),
    ).toBeUndefined();
    const positions = openPositions(source.id, undefined);
    positions.advance('shardId-00000000000000000001-00000001', '0'.repeat(21));
    const { batches } = pumping({ source, positions });
    await vi.waitFor(() => expect(batches).toHaveLength(1));
  });
});
