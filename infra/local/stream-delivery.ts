import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { GivenUp } from './dead-letter.ts';
import type { LocalStream } from './event-sources.ts';
import { type ChangeRecord, lastOf, type Records } from './stream-records.ts';

export type Delivery = {
  readonly stream: Pick<
    LocalStream,
    'batchSize' | 'bisect' | 'reportsFailures' | 'maximumRetries' | 'maximumAgeMs'
  >;
  /** Calls the function; rejects where it failed as a whole. */
  readonly invoke: (records: readonly ChangeRecord[], requestId: string) => Promise<unknown>;
  /** Is told the last record up to which all were taken or given up. */
  readonly advance: (last: ChangeRecord) => void;
  readonly giveUp: (givenUp: GivenUp) => void;
  /** Waits before a batch that has failed so many times is tried again. */
  readonly pause: (failures: number) => Promise<void>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
};

type Batch = { readonly records: Records; readonly failures: number };

/** What Lambda takes in one call: 6 MB, the list around the records included. */
const maxEventBytes = 6 * 1024 * 1024 - 100;

/**
 * Hands records of one shard to the function as an event source mapping does: in order, none before those ahead of it are
 * taken or given up. Returns when all are, or after the batch under way once the signal says so.
 *
 * A batch is tried again from the first record that the function names. One that fails as a whole is halved until what
 * fails is alone. Neither getting on nor halving uses up retries: both leave another batch than the one that failed.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export async function deliver(records: readonly ChangeRecord[], delivery: Delivery): Promise<void> {
  const waiting = batchesOf(records, delivery.stream.batchSize);
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    if (delivery.signal.aborted) return;
    waiting.unshift(...(await attempt(batch, delivery)));
  }
}

/** Tries a batch once. Gives what is left of it to try again. */
async function attempt({ records, failures }: Batch, delivery: Delivery): Promise<readonly Batch[]> {
  const { stream, advance, giveUp, pause, signal } = delivery;
  const requestId = randomUUID();
  const tooOld = nonEmpty(leadingTooOld(records, delivery));
  if (tooOld !== undefined) {
    giveUp({ records: tooOld, requestId, condition: 'RecordAgeExceeded', calls: failures, threw: undefined });
    advance(lastOf(tooOld));
    return batches(records.slice(tooOld.length), failures);
  }

  const { taken, threw } = await call(records, requestId, delivery);
  // Whoever stops may have ended the function as well.
  if (threw && signal.aborted) return [];
  const lastTaken = records[taken - 1];
  if (lastTaken !== undefined) advance(lastTaken);
  const left = nonEmpty(records.slice(taken));
  if (left === undefined) return [];

  const hasGotOn = taken > 0;
  const isHalved = threw && stream.bisect && left.length > 1;
  if (!hasGotOn && !isHalved && failures >= (stream.maximumRetries ?? Number.POSITIVE_INFINITY)) {
    giveUp({ records: left, requestId, condition: 'RetryAttemptsExhausted', calls: failures + 1, threw });
    advance(lastOf(left));
    return [];
  }
  await pause(failures + 1);
  if (!isHalved) return batches(left, hasGotOn ? 0 : failures + 1);
  const middle = Math.ceil(left.length / 2);
  return [...batches(left.slice(0, middle), 0), ...batches(left.slice(middle), 0)];
}

type Outcome = {
  /** How many records come before the first that failed. */
  readonly taken: number;
  /** Whether the function failed as a whole. */
  readonly threw: boolean;
};

async function call(records: Records, requestId: string, { stream, invoke }: Delivery): Promise<Outcome> {
  try {
    const answer = await invoke(records, requestId);
    return { taken: stream.reportsFailures ? takenOf(records, answer) : records.length, threw: false };
  } catch {
    // Its log says why.
    return { taken: 0, threw: true };
  }
}

const answerSchema = v.object({
  batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() }))),
});

/** An answer that says nothing of failures is a success; one that names what is not in the batch, a failure of all of it. */
function takenOf(records: Records, answer: unknown): number {
  if (answer === undefined || answer === null) return records.length;
  const parsed = v.safeParse(answerSchema, answer);
  if (!parsed.success) return 0;
  const failed = (parsed.output.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(records.length, ...failed));
}

function leadingTooOld(records: Records, { stream, now }: Delivery): readonly ChangeRecord[] {
  const { maximumAgeMs } = stream;
  if (maximumAgeMs === undefined) return [];
  const oldest = now() - maximumAgeMs;
  const kept = records.findIndex(({ dynamodb }) => dynamodb.ApproximateCreationDateTime * 1000 >= oldest);
  return kept < 0 ? records : records.slice(0, kept);
}

function batchesOf(records: readonly ChangeRecord[], batchSize: number): Batch[] {
  const made: ChangeRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    const current = made.at(-1);
    if (current !== undefined && current.length < batchSize && bytes + size <= maxEventBytes) {
      current.push(record);
      bytes += size;
    } else {
      made.push([record]);
      bytes = size;
    }
  }
  return made.flatMap((batch) => batches(batch, 0));
}

/** The batch of these records, if there are any. */
function batches(records: readonly ChangeRecord[], failures: number): readonly Batch[] {
  const some = nonEmpty(records);
  return some === undefined ? [] : [{ records: some, failures }];
}

function nonEmpty(records: readonly ChangeRecord[]): Records | undefined {
  const [first, ...rest] = records;
  return first === undefined ? undefined : [first, ...rest];
}
