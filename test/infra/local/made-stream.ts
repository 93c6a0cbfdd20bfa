import { onTestFinished, vi } from 'vitest';
import type { DeadLetter } from '#infra/local/dead-letter.ts';
import type { LocalStream } from '#infra/local/event-sources.ts';
import { openPositions, type StreamPositions } from '#infra/local/stream-positions.ts';
import { type Pauses, startStreamPump } from '#infra/local/stream-pump.ts';
import type { RecordPage, StreamSource } from '#infra/local/stream-source.ts';
import { madeRecord, numberOf } from './made-records.ts';

export const mapping: LocalStream = {
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
  readonly pauses?: Pauses;
  /** What the function does with the records of these numbers. */
  readonly call?: (numbers: readonly number[]) => unknown;
};

/** A pump, and what it hands over. */
export function pumping(told: Told) {
  const { source, stream = {}, positions = openPositions('made', undefined), now, call } = told;
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
    pauses: told.pauses ?? { idle: 1, retry: () => 1 },
    ...(now !== undefined && { now }),
  });
  onTestFinished(pump.stop);
  return { pump, positions, batches, letters, errors, handed: () => batches.flat() };
}

export type MadeShard = {
  readonly parentId?: string;
  /** What each reading gives, one after the other. */
  readonly pages: readonly (readonly number[])[];
  isEnded: boolean;
};

/**
 * A stream of these shards, whose iterators say where they are. One that is taken out ends. Readings can be made to fail.
 */
export function madeSource(shards: Readonly<Record<string, MadeShard>>, failures: Error[] = []) {
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
      if (page === undefined)
        return { records: [], next: shard === undefined || shard.isEnded ? undefined : iterator };
      return { records: page.map((number) => madeRecord(number)), next: `${id}/${Number(index) + 1}` };
    },
  };
  return { source, started };
}

/** Looks more often than vi.waitFor does by itself: these pumps take milliseconds. */
export const until = (check: () => void): Promise<void> => vi.waitFor(check, { interval: 2 });
