import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { openPositions } from '#infra/local/stream-positions.ts';
import { madeAt } from './made-records.ts';
import { type MadeShard, madeSource, mapping, pumping, until } from './made-stream.ts';
import { temporaryDirectory } from './made-template.ts';

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
    await until(() => expect(handed()).toEqual([1, 2, 3]));
    old.isEnded = true;
    await until(() => expect(handed()).toHaveLength(6));
    expect(handed().slice(0, 3)).toEqual([1, 2, 3]);
    expect(handed().indexOf(11)).toBeGreaterThan(handed().indexOf(10));
    expect(handed()).toContain(20);
  });

  test('begins with a shard whose parent is gone, and forgets what it knew of that one', async () => {
    const positions = openPositions('made', undefined);
    positions.finish('gone');
    const { source } = madeSource({ here: { parentId: 'gone', pages: [[1]], isEnded: false } });
    const { handed } = pumping({ source, positions });
    await until(() => expect(handed()).toEqual([1]));
    expect(positions.isFinished('gone')).toBe(false);
  });

  test('goes on where the one before it stopped, and reads no finished shard again', async () => {
    const shards = {
      old: { pages: [[1, 2], [3]], isEnded: true },
      young: { parentId: 'old', pages: [[4], [5], [6]], isEnded: false },
    };
    const positions = openPositions('made', path.join(temporaryDirectory(), 'positions.json'));
    const first = pumping({ source: madeSource(shards).source, positions });
    await until(() => expect(first.handed()).toEqual([1, 2, 3, 4, 5, 6]));
    await first.pump.stop();

    positions.advance('young', '4');
    const { source, started } = madeSource(shards);
    const second = pumping({ source, positions });
    await until(() => expect(second.handed()).toEqual([5, 6]));
    expect(started).toEqual([['young', '4']]);
  });

  test('goes on where a shard is gone together with the one that continues it', async () => {
    const shards: Record<string, MadeShard> = { old: { pages: [[1]], isEnded: false } };
    const { source } = madeSource(shards);
    const { handed } = pumping({ source });
    await until(() => expect(handed()).toEqual([1]));
    delete shards['old'];
    shards['here'] = { parentId: 'gone', pages: [[10]], isEnded: true };
    shards['next'] = { parentId: 'here', pages: [[11]], isEnded: false };
    await until(() => expect(handed()).toEqual([1, 10, 11]));
  });

  test('waits for a call under way with the last of a shard that is gone, and begins no shard twice', async () => {
    const shards: Record<string, MadeShard> = {
      slow: { pages: [[1]], isEnded: false },
      other: { pages: [[20]], isEnded: true },
      long: { pages: [[30]], isEnded: false },
    };
    const { source, started } = madeSource(shards);
    const listing = vi.spyOn(source, 'listShards');
    const under = Promise.withResolvers<void>();
    const { handed } = pumping({ source, call: ([first]) => (first === 1 ? under.promise : undefined) });
    await until(() => expect(handed()).toHaveLength(3));
    delete shards['slow'];
    delete shards['other'];
    shards['child'] = { parentId: 'slow', pages: [[2]], isEnded: false };
    const before = listing.mock.calls.length;
    await until(() => expect(listing.mock.calls.length).toBeGreaterThan(before + 3));
    expect(handed()).toHaveLength(3);
    under.resolve();
    await until(() => expect(handed()).toHaveLength(4));
    expect(started.map(([id]) => id)).toEqual(['slow', 'other', 'long', 'child']);
  });

  test('hands over what a filter selects, and is done with the rest', async () => {
    const { source } = madeSource({ only: { pages: [[1, 2, 3], [4], [5]], isEnded: false } });
    const numbered = (number: string) => ({ dynamodb: { NewImage: { number: { N: [number] } } } });
    const { batches, positions } = pumping({ source, stream: { filters: [numbered('2'), numbered('4')] } });
    await until(() => expect(positions.after('only')).toBe('5'));
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
    await until(() => expect(batches).toEqual([[1, 2, 3]]));
    const before = read.mock.calls.length;
    await until(() => expect(read.mock.calls.length).toBeGreaterThan(before + 5));
    expect([batches, positions.after('only')]).toEqual([[[1, 2, 3]], '3']);
    now = 1_000;
    await until(() => expect(positions.after('only')).toBe('4'));
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  test('tries again what it could not read, from where it was, and says so', async () => {
    const failures = [1, 2, 3].map((number) => new Error(`failure ${number}`));
    const { source } = madeSource({ only: { pages: [[1], [2]], isEnded: false } }, [...failures]);
    const { handed, errors } = pumping({ source });
    await until(() => expect(handed()).toEqual([1, 2]));
    expect(errors).toEqual(failures);
  });

  test('gets another iterator where one is too old', async () => {
    const { source, started } = madeSource({ only: { pages: [[1], [2]], isEnded: false } });
    const tooOld = ['only/1'];
    const read = (iterator: string) =>
      tooOld.includes(iterator) && tooOld.pop() ? Promise.resolve(undefined) : source.read(iterator);
    const { handed } = pumping({ source: { ...source, read } });
    await until(() => expect(handed()).toEqual([1, 2]));
    expect(started).toEqual([
      ['only', undefined],
      ['only', '1'],
    ]);
  });

  test('pauses before it reads on where an iterator is too old, as all may be', async () => {
    const { source } = madeSource({ only: { pages: [[1]], isEnded: false } });
    let readings = 0;
    const read = async () => {
      readings++;
      await setImmediate();
      return undefined;
    };
    pumping({ source: { ...source, read }, pauses: { idle: 60_000, retry: () => 1 } });
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    expect(readings).toBe(1);
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
    await until(() => expect(handed().at(-1)).toBe(3));
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
    await until(() => expect(handed()).toEqual([1]));
    const stopping = pump.stop();
    under.resolve();
    await stopping;
    expect([positions.after('only'), handed()]).toEqual(['1', [1]]);
  });

  test('leaves to the next pump what was not handed over by the end, of a page that is half done', async () => {
    const { source } = madeSource({ only: { pages: [[1, 2]], isEnded: false } });
    const under = Promise.withResolvers<void>();
    const stream = { batchSize: 1 };
    const first = pumping({ source, stream, call: () => under.promise });
    await until(() => expect(first.handed()).toEqual([1]));
    const stopping = first.pump.stop();
    under.resolve();
    await stopping;
    expect([first.positions.after('only'), first.handed()]).toEqual(['1', [1]]);
  });
});
