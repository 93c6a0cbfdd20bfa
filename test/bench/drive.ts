/** What a number of callers got done. */
export type Driven = {
  readonly seconds: number;
  /** Of each call, milliseconds. */
  readonly latencies: readonly number[];
};

/** Makes all calls, `callers` at a time: each caller makes its next call when the last one is answered. */
export async function drive(calls: readonly (() => Promise<void>)[], callers: number): Promise<Driven> {
  const waiting = calls.values();
  const latencies: number[] = [];
  const start = performance.now();
  const caller = async () => {
    // All callers share one iterator, so that none has calls left when the others are done.
    for (const call of waiting) {
      const sent = performance.now();
      await call();
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { seconds: (performance.now() - start) / 1_000, latencies };
}
