import path from 'node:path';
import { ExpiredIteratorException, TrimmedDataAccessException } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPositions } from '#infra/local/stream-positions.ts';
import { startStreamPump } from '#infra/local/stream-pump.ts';
import { openStream } from '#infra/local/stream-source.ts';
import { mapping, pumping } from './made-stream.ts';
import { temporaryDirectory } from './made-template.ts';
import { newStreamedTable } from './streamed-table.ts';

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
