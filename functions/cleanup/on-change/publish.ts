import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DomainEvent } from './event-schemas.ts';

/** By which rules tell our events from those of others. */
export const eventSource = 'openslot';

/**
 * The most events of one call: as many as EventBridge takes. Its limit in bytes is far more than ten of ours, which have
 * hardly more than 1 KB each.
 */
export const mostAtOnce = 10;

/** Hands up to `mostAtOnce` events over, and says of each why it was not taken, undefined where it was. */
export type Publish = (events: readonly DomainEvent[]) => Promise<readonly (string | undefined)[]>;

/** What EventBridge refuses of a call for now, and may take in a moment. The SDK tries whole calls again, and not these. */
const passing: ReadonlySet<string> = new Set(['ThrottlingException', 'InternalFailure', 'InternalException']);

/**
 * The stream's records are tried few times, since one that nobody can process holds up the others meanwhile. So a bus that
 * is not there for some seconds is waited for here.
 */
const maximumTries = 6;

/**
 * Publishes to a bus of EventBridge. An event that it refuses for a passing reason, and a call that fails after the SDK's own
 * retries, is handed over again, after up to 100 ms and then twice as long each time: 3 s in all. What fails as a whole to the
 * end throws.
 */
export const publishTo =
  (client: EventBridgeClient, busName: string, { sleep, random }: Pauses): Publish =>
  async (events) => {
    const refusals: (string | undefined)[] = events.map(() => 'NoAnswer');
    let next = events.map((event, i) => ({ event, i }));
    for (let tries = 1; ; tries++) {
      const isLast = tries === maximumTries;
      const put = putEvents(
        client,
        busName,
        next.map(({ event }) => event),
      );
      const answers = await (isLast ? put : put.catch(() => undefined));
      if (answers !== undefined) {
        for (const [place, { i }] of next.entries()) refusals[i] = answers[place];
        next = next.filter(({ i }) => passing.has(refusals[i] ?? ''));
      }
      if (isLast || next.length === 0) return refusals;
      await sleep(random() * 50 * 2 ** tries);
    }
  };

export type Pauses = {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** A number in [0, 1), as Math.random. */
  readonly random: () => number;
};

async function putEvents(
  client: EventBridgeClient,
  busName: string,
  events: readonly DomainEvent[],
): Promise<readonly (string | undefined)[]> {
  const { Entries: answers = [] } = await client.send(
    new PutEventsCommand({
      Entries: events.map(({ detailType, detail }) => ({
        EventBusName: busName,
        Source: eventSource,
        DetailType: detailType,
        Time: new Date(detail.at),
        Detail: JSON.stringify(detail),
      })),
    }),
  );
  return events.map((_, i) => answers[i]?.ErrorCode ?? (answers[i]?.EventId ? undefined : 'NoAnswer'));
}
