import type { LocalStream } from './event-sources.ts';
import { type ChangeRecord, lastOf, type Records } from './stream-records.ts';

/** What a queue is told of records that were given up: where they are, and nothing of what is in them. */
export type DeadLetter = {
  readonly version: '1.0';
  /** ISO 8601. */
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
    readonly approximateInvokeCount: number;
  };
  /** What the function did; null where it was not called. */
  readonly responseContext: {
    readonly statusCode: 200;
    readonly executedVersion: '$LATEST';
    readonly functionError: 'Unhandled' | null;
  } | null;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    /** ISO 8601. */
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
};

/** Records that were given up, and after what. */
export type GivenUp = {
  readonly records: Records;
  readonly requestId: string;
  readonly condition: DeadLetter['requestContext']['condition'];
  readonly calls: number;
  /** Whether the function threw, rather than named records; undefined where it was not called. */
  readonly threw: boolean | undefined;
};

/**
 * The message that Lambda sends to the queue for failures of an event source mapping.
 *
 * @param now Epoch milliseconds.
 */
export function deadLetter(
  { records, requestId, condition, calls, threw }: GivenUp,
  { stream, shardId, now }: { readonly stream: LocalStream; readonly shardId: string; readonly now: number },
): DeadLetter {
  return {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId,
      functionArn: stream.functionArn,
      condition,
      approximateInvokeCount: calls,
    },
    responseContext:
      threw === undefined
        ? null
        : { statusCode: 200, executedVersion: '$LATEST', functionError: threw ? 'Unhandled' : null },
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: records[0].dynamodb.SequenceNumber,
      endSequenceNumber: lastOf(records).dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(records[0]),
      approximateArrivalOfLastRecord: arrival(lastOf(records)),
      batchSize: records.length,
      streamArn: stream.arn,
    },
  };
}

function arrival({ dynamodb }: ChangeRecord): string {
  return new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString();
}
