import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
  type Shard as StreamsShard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { LocalRunError } from './local-run-error.ts';
import { type ChangeRecord, changeRecord, type RecordSource } from './stream-records.ts';

export type Shard = { readonly id: string; readonly parentId: string | undefined };

/** A table's stream, for whoever reads on where he stopped. */
export type StreamSource = {
  /** What tells this stream from an earlier one of a table of the same name. */
  readonly id: string;
  listShards(): Promise<readonly Shard[]>;
  /**
   * Where to read after this sequence number, or from the oldest record that there still is. Undefined for a shard that is
   * gone with all its records.
   */
  iteratorAfter(shardId: string, sequenceNumber: string | undefined): Promise<string | undefined>;
  /** The next records, and where to go on: nowhere, where the shard has ended. Undefined for an iterator that is too old. */
  read(iterator: string): Promise<RecordPage | undefined>;
};

export type RecordPage = { readonly records: readonly ChangeRecord[]; readonly next: string | undefined };

/** @throws LocalRunError for a table without a stream. */
export async function openStream(
  client: DynamoDBStreamsClient,
  tableName: string,
  describe: Omit<RecordSource, 'now'>,
): Promise<StreamSource> {
  const { Streams: [stream] = [] } = await client.send(new ListStreamsCommand({ TableName: tableName }));
  const StreamArn = stream?.StreamArn;
  if (StreamArn === undefined) throw new LocalRunError(`The table ${tableName} has no stream`);

  return {
    id: StreamArn,
    listShards: () => listShards(client, StreamArn),
    iteratorAfter: async (ShardId, sequenceNumber) => {
      const start =
        sequenceNumber === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' as const }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: sequenceNumber };
      const iterator = (from: typeof start) =>
        client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ...from }));
      try {
        return (await iterator(start)).ShardIterator;
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        if (!(error instanceof TrimmedDataAccessException)) throw error;
        return (await iterator({ ShardIteratorType: 'TRIM_HORIZON' })).ShardIterator;
      }
    },
    read: async (iterator) => {
      try {
        const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
        const source = { ...describe, now: Date.now() };
        const records = (page.Records ?? []).map((record) => changeRecord(record, source));
        return { records, next: page.NextShardIterator };
      } catch (error) {
        if (error instanceof ExpiredIteratorException || error instanceof TrimmedDataAccessException) {
          return undefined;
        }
        throw error;
      }
    },
  };
}

async function listShards(client: DynamoDBStreamsClient, StreamArn: string): Promise<readonly Shard[]> {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const page = await client.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }));
    shards.push(...(page.StreamDescription?.Shards ?? []).flatMap(shardOf));
    ExclusiveStartShardId = page.StreamDescription?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
}

function shardOf({ ShardId, ParentShardId }: StreamsShard): readonly Shard[] {
  return ShardId === undefined ? [] : [{ id: ShardId, parentId: ParentShardId }];
}
