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

const maximumTries = 4;

/**
 * Publishes to a bus of EventBridge. An event that it refuses for a passing reason is handed over again, after up to 100, 200
 * and 400 ms. What fails as a whole throws, after the SDK's own retries.
 */
export const publishTo =
  (client: EventBridgeClient, busName: string, { sleep, random }: Pauses): Publish =>
  async (events) => {
    const refusals = await put(client, busName, events);
    for (let tries = 1; tries < maximumTries; tries++) {
      const again = events.flatMap((event, i) => (passing.has(refusals[i] ?? '') ? [{ event, i }] : []));
      if (again.length === 0) break;
      await sleep(random() * 50 * 2 ** tries);
      const retried = await put(
        client,
        busName,
        again.map(({ event }) => event),
      );
      for (const [place, { i }] of again.entries()) refusals[i] = retried[place];
    }
    return refusals;
  };

export type Pauses = {
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** A number in [0, 1), as Math.random. */
  readonly random: () => number;
};

async function put(
  client: EventBridgeClient,
  busName: string,
  events: readonly DomainEvent[],
): Promise<(string | undefined)[]> {
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
