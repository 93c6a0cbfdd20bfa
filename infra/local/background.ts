import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { localAwsAccess } from './account.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { LocalSchedule, LocalStream } from './event-sources.ts';
import { tellUnexpected } from './invoke-in-time.ts';
import { LocalRunError } from './local-run-error.ts';
import { type Repeated, repeat } from './repeated.ts';
import type { LocalStack } from './stack.ts';
import { openPositions } from './stream-positions.ts';
import { type PumpOptions, startStreamPump } from './stream-pump.ts';
import { openStream } from './stream-source.ts';
import { removeExpired, timeToLiveEveryMs } from './time-to-live.ts';

export type BackgroundOptions = {
  /** Where DynamoDB Local answers. */
  readonly endpoint: string;
  /** Calls a function by its logical id; rejects where it failed, of which its log says more. */
  readonly invoke: (functionId: string, event: unknown, requestId: string) => Promise<unknown>;
  /** Where to keep how far streams were read; undefined for nowhere. */
  readonly directory: string | undefined;
  /** Is told what was given up, and the name of the queue that it is for, if there is one. */
  readonly onDeadLetter: (letter: DeadLetter, queue: string | undefined) => void;
};

/** What goes on in the stack without being asked. */
export type Background = {
  /** Runs each schedule now, once. */
  runSchedules(): Promise<void>;
  /** Removes what is past its time, now. */
  removeExpired(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts what AWS does by itself: functions are handed the changes of tables and called by schedules, and items that are
 * past their time are removed.
 *
 * @throws LocalRunError for a stream that leads nowhere, and for kept positions that cannot be read.
 */
export async function startBackground(stack: LocalStack, options: BackgroundOptions): Promise<Background> {
  const { endpoint, invoke } = options;
  const access = { ...localAwsAccess, endpoint };
  const dynamoDb = new DynamoDBClient(access);
  const streams = new DynamoDBStreamsClient(access);
  const close = () => {
    for (const client of [dynamoDb, streams]) client.destroy();
  };
  const opening = stack.streams.map((stream) => openPump(stream, stack, streams, options));
  const prepared = await Promise.all(opening).catch((error) => {
    close();
    throw error;
  });

  const pumps = prepared.map(startStreamPump);
  const runSchedule = async ({ functionId, input }: LocalSchedule) => {
    await invoke(functionId, input, randomUUID());
  };
  const schedules = stack.schedules.map((schedule) =>
    repeat(schedule.everyMs, () => runSchedule(schedule), tellUnexpected),
  );
  const timesToLive = stack.tables.map((table) =>
    repeat(timeToLiveEveryMs, () => removeExpired(dynamoDb, table, Date.now()), tellUnexpected),
  );
  const runAll = async (all: readonly Repeated[]) => {
    await Promise.all(all.map(({ run }) => run()));
  };
  return {
    runSchedules: () => runAll(schedules),
    removeExpired: () => runAll(timesToLive),
    stop: async () => {
      await Promise.all([...pumps, ...schedules, ...timesToLive].map((each) => each.stop()));
      close();
    },
  };
}

async function openPump(
  stream: LocalStream,
  { tables, queues }: LocalStack,
  client: DynamoDBStreamsClient,
  { invoke, directory, onDeadLetter }: BackgroundOptions,
): Promise<PumpOptions> {
  const table = declared(tables, stream.tableId);
  const queue = stream.deadLetterQueue === undefined ? undefined : declared(queues, stream.deadLetterQueue);
  const source = await openStream(client, table.input.TableName, {
    streamArn: stream.arn,
    timeToLive: table.timeToLive,
  });
  const file =
    directory === undefined ? undefined : path.join(directory, `${stream.logicalId}.positions.json`);
  return {
    stream,
    source,
    positions: openPositions(source.id, file),
    invoke: (event, requestId) => invoke(stream.functionId, event, requestId),
    onDeadLetter: (letter) => onDeadLetter(letter, queue?.name),
    onError: tellUnexpected,
  };
}

/** What the stack's reader has found to be there. */
function declared<Declared extends { readonly logicalId: string }>(
  all: readonly Declared[],
  logicalId: string,
): Declared {
  const found = all.find((each) => each.logicalId === logicalId);
  if (found === undefined) throw new LocalRunError(`${logicalId} is not declared by the template`);
  return found;
}
