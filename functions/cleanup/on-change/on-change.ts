import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { describeError, type Log } from '#functions/log.ts';
import { aboveZero, type Meter } from '#functions/meter.ts';
import { removeSession, usualBudget } from '#lib/cleanup/remove-session.ts';
import { someAtOnce } from '#lib/some-at-once.ts';
import { nameOf, sessionOf } from './change.ts';
import type { DomainEvent } from './event-schemas.ts';
import { type PrepareContext, type Prepared, prepare } from './prepare.ts';
import type { Publish } from './publish.ts';
import { publishInOrder } from './publish-in-order.ts';
import { SessionFacts } from './session-facts.ts';

/** What the function needs beside the records: everything that a test may want to turn or to break. */
export type OnChangeContext = Omit<PrepareContext, 'facts' | 'log'> & {
  readonly publish: Publish;
  readonly meter: Meter;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
};

/** Sessions whose records are read at the same time, and of which items are removed. */
const sessionsAtOnce = 8;

/** How many items one call removes at most, of all sessions together: with these it takes about ten seconds. */
const removedAtMost = 5_000;

/** The records of one session in a batch, in order, and how far the function gets with them. */
type Session = {
  readonly records: readonly DynamoDBRecord[];
  /** Those that could be read: all, or the first ones. */
  readonly prepared: Prepared[];
  /** How many of them are done, the first ones. */
  done: number;
};

/**
 * Consumes the table's stream: publishes what has happened, finishes what somebody who ended a session has left, and removes
 * what belonged to a session that is past its retention.
 *
 * Each record may come again, alone or with others: it then gives the same events with the same ids, and what was done
 * already is done again without harm. A record that fails holds back what comes after it in its session, and no other
 * session's records in the same batch.
 *
 * The answer names all records that failed: Lambda goes on with the first of them. Where that is the first one of all, it
 * would give the same batch again and again, until it drops all of it with the one that nobody can process. The function
 * then fails as a whole, so that Lambda halves the batch, which uses up no retry, until such a record is alone.
 */
export function onChange(context: OnChangeContext) {
  const facts = new SessionFacts(context.table);
  return async ({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const sessions: readonly Session[] = [...Map.groupBy(records, sessionOf).values()].map((own) => ({
      records: own,
      prepared: [],
      done: 0,
    }));
    await someAtOnce(sessionsAtOnce, sessions, (session) => prepareAll({ ...context, facts }, session));
    const published = await publishAll(context, sessions);
    const removed = await removeAll(context, sessions);

    const failed = new Set(sessions.flatMap((session) => session.records.slice(session.done)));
    await tell(context, { records: records.length, failed: failed.size, published, removed });
    if (records.length > 1 && records.slice(0, 1).some((first) => failed.has(first))) {
      throw new Error(`${failed.size} records of ${records.length} have failed, the first one among them`);
    }
    return {
      batchItemFailures: records
        .filter((record) => failed.has(record))
        .map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
    };
  };
}

/** Reads the records of a session, up to the first one that fails. */
async function prepareAll(
  context: PrepareContext & Pick<OnChangeContext, 'log'>,
  session: Session,
): Promise<void> {
  for (const record of session.records) {
    try {
      session.prepared.push(await prepare(context, record));
    } catch (error) {
      tellFailure(context, record, error);
      return;
    }
  }
}

/** Publishes the events of all sessions: those that were taken. */
async function publishAll(
  { publish, log }: OnChangeContext,
  sessions: readonly Session[],
): Promise<readonly DomainEvent[]> {
  const queues = sessions.map(({ prepared }) => prepared.flatMap(({ events }) => events));
  const ends = await publishInOrder(publish, queues);
  for (const [i, session] of sessions.entries()) {
    let rest = ends[i]?.taken ?? 0;
    for (const { events } of session.prepared) {
      rest -= events.length;
      if (rest < 0) break;
      session.done++;
    }
  }
  const refusals = ends.flatMap(({ refusal }) => refusal ?? []);
  const [reason] = refusals;
  if (reason !== undefined) log.error('Events were not taken', { sessions: refusals.length, reason });
  return queues.flatMap((events, i) => events.slice(0, ends[i]?.taken));
}

/** Removes what belonged to sessions that are gone. What comes before their end in the same batch was published by then. */
async function removeAll(context: OnChangeContext, sessions: readonly Session[]): Promise<number> {
  const removals = sessions.flatMap((session) =>
    session.prepared
      .slice(0, session.done)
      .flatMap(({ gone }, place) => (gone === undefined ? [] : [{ session, place, gone }])),
  );
  const budget = Math.min(usualBudget, Math.floor(removedAtMost / removals.length));
  let removed = 0;
  await someAtOnce(sessionsAtOnce, removals, async ({ session, place, gone }) => {
    try {
      const { items } = await removeSession({ table: context.table, now: context.now() }, gone, budget);
      removed += items;
    } catch (error) {
      session.done = Math.min(session.done, place);
      tellFailure(context, session.records[place], error);
    }
  });
  return removed;
}

/** What is in a record stays out of the log. */
const tellFailure = (
  { log }: Pick<OnChangeContext, 'log'>,
  record: DynamoDBRecord | undefined,
  error: unknown,
): void =>
  log.error('A record could not be processed', {
    ...(record && nameOf(record)),
    ...describeError(error),
  });

async function tell(
  { meter, log }: OnChangeContext,
  batch: {
    readonly records: number;
    readonly failed: number;
    readonly published: readonly DomainEvent[];
    readonly removed: number;
  },
): Promise<void> {
  const { records, failed, published, removed } = batch;
  const countOf = (...types: readonly DomainEvent['detailType'][]) =>
    published.filter(({ detailType }) => types.includes(detailType)).length;
  const counts = aboveZero({
    EventsPublished: published.length,
    ReservationsMade: countOf('Player Session Reserved', 'Seat Reserved'),
    ReservationsTimedOut: countOf('Player Session Timed Out', 'Seat Timed Out'),
    ItemsRemoved: removed,
    RecordsFailed: failed,
  });
  if (Object.keys(counts).length > 0) await meter(counts);
  log.info('Changes', { records, published: published.length, removed, failed });
}
