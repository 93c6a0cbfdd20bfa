import type { Caller } from '#lib/auth/bearer-tokens.ts';
import { maySee } from '#lib/rosters/access.ts';
import { findRoster } from '#lib/rosters/find.ts';
import type { SessionAddress } from '#lib/rosters/ids.ts';
import { notFound, type Refused } from '#lib/rosters/refusals.ts';
import { readRosteredSession } from '#lib/rosters/rostered-session.ts';
import { type Message, type MessageContext, queueOf } from './message.ts';
import { readStretch } from './read-stretch.ts';

/** From the beginning of one look at the session to that of the next, milliseconds. */
const lookInterval = 1_000;

export type Reading = {
  readonly queueIndex: number;
  /** The last number that the reader has seen, 0 for none. */
  readonly after: number;
  /** The most messages: 1 to `maximumMessages`. */
  readonly max: number;
  /** How long to wait for a message where there is none, milliseconds. */
  readonly wait: number;
};

export type ReadOutcome =
  | { readonly kind: 'read'; readonly messages: readonly Message[] }
  | Refused<'not-found' | 'not-visible'>;

export type ReadContext = MessageContext & {
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
};

/**
 * Reads the messages behind a number, in the order of their numbers: whoever goes on from the last number gets each
 * message once. Where there is none it waits, and looks at the session once a second, which shows by the queue's last
 * number whether there is anything to read. It waits no longer once the session has ended, when nobody posts any more,
 * and stops where the caller may no longer see the session.
 *
 * Costs one read of the session (1 RCU for each 4 KB) for each look, and a query of the messages where there are some.
 */
export async function readOn(
  context: ReadContext,
  address: SessionAddress,
  caller: Caller,
  { queueIndex, after, max, wait }: Reading,
): Promise<ReadOutcome> {
  const { table, clock, sleep } = context;
  const started = clock();
  let seen = after;
  let tick = 0;
  for (;;) {
    const stored = await findRoster(table, address);
    if (stored === undefined) return notFound;
    const session = readRosteredSession(stored, clock());
    if (!maySee(session, caller)) return { kind: 'not-visible' };
    const { messages, through } = await readStretch(context, stored, {
      queueIndex,
      after: seen,
      limit: max,
    });
    // What was posted before the end may still be on its way.
    const isOver = session.hasEnded && through >= queueOf(stored, queueIndex).last;
    if (messages.length > 0 || isOver) return { kind: 'read', messages };

    const passed = clock() - started;
    // Looks keep to whole intervals from the start: neither a slow one nor an early timer brings two closer together.
    tick = Math.max(tick + 1, Math.ceil(passed / lookInterval));
    if (tick * lookInterval > wait) return { kind: 'read', messages: [] };
    seen = through;
    await sleep(tick * lookInterval - passed);
  }
}
