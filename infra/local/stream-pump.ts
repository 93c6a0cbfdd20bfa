import { setTimeout } from 'node:timers/promises';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { type DeadLetter, deadLetter } from './dead-letter.ts';
import { matchesPattern } from './event-pattern.ts';
import type { LocalStream } from './event-sources.ts';
import { type Delivery, deliver } from './stream-delivery.ts';
import type { StreamPositions } from './stream-positions.ts';
import type { ChangeRecord } from './stream-records.ts';
import type { Shard, StreamSource } from './stream-source.ts';
import { stopTimeoutMs, within } from './within.ts';

export type StreamPump = {
  /** Ends once the call under way has, or 2 s are over. What was not taken by then is handed over by the next pump. */
  stop(): Promise<void>;
};

export type PumpOptions = {
  readonly stream: LocalStream;
  readonly source: StreamSource;
  readonly positions: StreamPositions;
  /** Calls the stream's function; rejects where it failed. */
  readonly invoke: (event: DynamoDBStreamEvent, requestId: string) => Promise<unknown>;
  readonly onDeadLetter: (letter: DeadLetter) => void;
  /** Is told why something has to be tried again that is not the function's. */
  readonly onError: (error: unknown) => void;
  readonly pauses?: Pauses;
  /** Epoch milliseconds. */
  readonly now?: () => number;
};

/** How long to wait, in milliseconds. */
export type Pauses = {
  /** Until what was read to its end is read again. */
  readonly idle: number;
  /** Before a batch that has failed so many times, from 1 on, is tried again. */
  readonly retry: (failures: number) => number;
};

const defaultPauses: Pauses = { idle: 200, retry: (failures) => Math.min(50 * 2 ** failures, 500) };

/**
 * Hands the changes of a table to a function as an event source mapping does: those of a shard in order, a shard after the
 * one that it continues, and of all of them what the filters select.
 */
export function startStreamPump(options: PumpOptions): StreamPump {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number) => setTimeout(ms, undefined, { signal }).catch(() => {});
  const followed = new Set<string>();
  const done = followAll({ pauses: defaultPauses, now: Date.now, ...options, signal, pause, followed });
  return {
    stop: async () => {
      stopping.abort();
      await within(stopTimeoutMs, done);
    },
  };
}

type Pump = Required<PumpOptions> & {
  readonly signal: AbortSignal;
  /** Ends early where the pump is stopped. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** The shards that `follow` was given. */
  readonly followed: Set<string>;
};

async function followAll(pump: Pump): Promise<void> {
  const shards = (await persist(() => pump.source.listShards(), pump)) ?? [];
  pump.positions.keepOnly(shards.map(({ id }) => id));
  await Promise.all(unfollowedRoots(shards, pump).map(({ id }) => follow(id, pump)));
}

/** Shards that nobody follows and that have nothing to wait for: what they continue is gone, and nobody follows it. */
function unfollowedRoots(shards: readonly Shard[], { followed }: Pump): readonly Shard[] {
  const isAwaited = (parentId: string) => followed.has(parentId) || shards.some(({ id }) => id === parentId);
  return shards.filter(
    ({ id, parentId }) => !followed.has(id) && (parentId === undefined || !isAwaited(parentId)),
  );
}

/** Reads a shard and then those that continue it. A shard ends only where there are some, or soon will be. */
async function follow(shardId: string, pump: Pump): Promise<void> {
  const { positions, source, signal, pause, pauses, followed } = pump;
  followed.add(shardId);
  if (!positions.isFinished(shardId)) await persist(() => readShard(shardId, pump), pump);
  while (!signal.aborted) {
    const shards = (await persist(() => source.listShards(), pump)) ?? [];
    const children = shards.filter(({ parentId }) => parentId === shardId);
    // Where the records of a shard are gone, those of its children may be, and what there is continues one of these.
    const isGone = shards.every(({ id }) => id !== shardId);
    const next = children.length === 0 && isGone ? unfollowedRoots(shards, pump) : children;
    if (next.length > 0) {
      await Promise.all(next.map(({ id }) => follow(id, pump)));
      return;
    }
    await pause(pauses.idle);
  }
}

/** Tries until it succeeds. Undefined where the pump was stopped before. */
async function persist<Result>(
  task: () => Promise<Result>,
  { signal, onError, pause, pauses }: Pump,
): Promise<Result | undefined> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await task();
    } catch (error) {
      await pause(pauses.retry(failures));
      // Not when DynamoDB Local has ended, of which the pump is told only a moment later.
      if (!signal.aborted) onError(error);
    }
  }
  return undefined;
}

/** Returns at the end of the shard, or when the pump is stopped. */
async function readShard(shardId: string, pump: Pump): Promise<void> {
  const { source, positions, stream, signal, pause, pauses, now } = pump;
  let iterator = await source.iteratorAfter(shardId, positions.after(shardId));
  let collected: readonly ChangeRecord[] = [];
  let collectedSince = now();
  while (iterator !== undefined && !signal.aborted) {
    const page = await source.read(iterator);
    if (page === undefined) {
      // What was collected is read again.
      collected = [];
      await pause(pauses.idle);
      iterator = await source.iteratorAfter(shardId, positions.after(shardId));
      continue;
    }
    if (collected.length === 0) collectedSince = now();
    collected = [...collected, ...page.records.filter((record) => isSelected(record, stream))];
    const isDue =
      collected.length >= stream.batchSize ||
      now() - collectedSince >= stream.windowMs ||
      page.next === undefined;
    if (isDue) {
      await deliver(collected, deliveryFrom(shardId, pump));
      collected = [];
    }
    const last = page.records.at(-1);
    // What the filters pass over is done with as well. Of what was to be delivered some may be left where the pump stops.
    if (last !== undefined && collected.length === 0 && !signal.aborted) {
      positions.advance(shardId, last.dynamodb.SequenceNumber);
    }
    iterator = page.next;
    if (last === undefined && iterator !== undefined) await pause(pauses.idle);
  }
  if (!signal.aborted) positions.finish(shardId);
}

function isSelected(record: ChangeRecord, { filters }: LocalStream): boolean {
  return filters.length === 0 || filters.some((pattern) => matchesPattern(pattern, record));
}

function deliveryFrom(shardId: string, pump: Pump): Delivery {
  const { stream, positions, invoke, onDeadLetter, pause, pauses, now, signal } = pump;
  return {
    stream,
    invoke: (records, requestId) => invoke({ Records: [...records] }, requestId),
    advance: ({ dynamodb }) => positions.advance(shardId, dynamodb.SequenceNumber),
    giveUp: (givenUp) => onDeadLetter(deadLetter(givenUp, { stream, shardId, now: now() })),
    pause: (failures) => pause(pauses.retry(failures)),
    now,
    signal,
  };
}
