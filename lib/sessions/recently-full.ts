/** How long a session is remembered as full, milliseconds: short enough that nobody notices a slot come free late. */
const memoryTime = 250;

/** Sessions remembered at once. The oldest is forgotten first. */
const memorySize = 1_000;

export type Full = { readonly kind: 'full'; readonly free: number };

/**
 * Remembers which sessions were full a moment ago, in one function instance. DynamoDB charges a refused write like one
 * that is carried out, up to 5 WCU on a full session of 200: callers who hammer on it would cost more than those who
 * get in.
 *
 * What it remembers is never older than 250 ms and never outlives the earliest deadline in the ledger, so that a lapsed
 * seat is offered as soon as it lapses.
 */
export class RecentlyFull {
  readonly #sessions = new Map<string, { readonly full: Full; readonly until: number }>();

  remember(sessionKey: string, full: Full, now: number, earliestDeadline: number | undefined): void {
    this.#sessions.delete(sessionKey);
    this.#sessions.set(sessionKey, { full, until: Math.min(now + memoryTime, earliestDeadline ?? Infinity) });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > memorySize && oldest !== undefined) this.#sessions.delete(oldest);
  }

  recall(sessionKey: string, now: number): Full | undefined {
    const memory = this.#sessions.get(sessionKey);
    return memory && now < memory.until ? memory.full : undefined;
  }

  forget(sessionKey: string): void {
    this.#sessions.delete(sessionKey);
  }
}
