import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DomainEvent } from './event-schemas.ts';

/** By which rules tell our events from those of others. */
export const eventSource = 'openslot';

/**
 * The most events of one call: as many as EventBridge takes. It also takes at most 256 KB, which ten of ours, of hardly more
 * than 1 KB each, are far from.
 */
export const mostAtOnce = 10;

/** Hands up to `mostAtOnce` events over, and says of each why it was not taken, undefined where it was. */
export type Publish = (events: readonly DomainEvent[]) => Promise<readonly (string | undefined)[]>;

/** Publishes to a bus of EventBridge. What fails as a whole throws, after the SDK's own retries. */
export const publishTo =
  (client: EventBridgeClient, busName: string): Publish =>
  async (events) => {
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
  };
