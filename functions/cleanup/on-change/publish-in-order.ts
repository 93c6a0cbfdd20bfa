import { someAtOnce } from '#lib/some-at-once.ts';
import type { DomainEvent } from './event-schemas.ts';
import { mostAtOnce, type Publish } from './publish.ts';

/** Calls under way at the same time, each with events of other sessions. */
const callsAtOnce = 8;

/** How far the events of a session got. */
export type Published = {
  /** How many of them were taken, the first ones. */
  readonly taken: number;
  /** Why the next one was not; undefined where all were. */
  readonly refusal: string | undefined;
};

/**
 * Publishes the events of several sessions, those of each in order. EventBridge promises no order within a call, so that no
 * call holds two events of the same session, and the next event of a session goes out once the one before it was taken. One
 * that is not taken holds back those behind it, and no other session's.
 *
 * @param queues the events of each session
 * @returns for each of them how far it got. Nothing is thrown.
 */
export async function publishInOrder(
  publish: Publish,
  queues: readonly (readonly DomainEvent[])[],
): Promise<readonly Published[]> {
  const states = queues.map((events) => ({ events, taken: 0, refusal: undefined as string | undefined }));
  for (;;) {
    const next = states.flatMap((state) => {
      const event = state.refusal === undefined ? state.events[state.taken] : undefined;
      return event === undefined ? [] : [{ state, event }];
    });
    if (next.length === 0) return states;
    const calls = Array.from({ length: Math.ceil(next.length / mostAtOnce) }, (_, i) =>
      next.slice(i * mostAtOnce, (i + 1) * mostAtOnce),
    );
    await someAtOnce(callsAtOnce, calls, async (call) => {
      const refusals = await publishAll(
        publish,
        call.map(({ event }) => event),
      );
      for (const [i, { state }] of call.entries()) {
        state.refusal = refusals[i];
        if (state.refusal === undefined) state.taken++;
      }
    });
  }
}

/** A call that fails as a whole has published nothing that anybody could rely on. */
async function publishAll(
  publish: Publish,
  events: readonly DomainEvent[],
): Promise<readonly (string | undefined)[]> {
  try {
    return await publish(events);
  } catch (error) {
    // What EventBridge says of a request may quote it.
    return events.map(() => (error instanceof Error ? error.name : 'not an Error'));
  }
}
