import { stopTimeoutMs, within } from './within.ts';

/** Something that is done again and again. */
export type Repeated = {
  /** Does it now, once more. */
  run(): Promise<void>;
  /** Does it no more. Ends once what is under way has, or 2 s are over. */
  stop(): Promise<void>;
};

/**
 * Does the task each time that so many milliseconds are over, at first after the first of them. While it is under way it
 * is not begun again by time.
 *
 * @param onError Is told why it failed when it was begun by time.
 */
export function repeat(
  everyMs: number,
  task: () => Promise<void>,
  onError: (error: unknown) => void,
): Repeated {
  const underWay = new Set<Promise<void>>();
  const run = async () => {
    const running = task();
    underWay.add(running);
    try {
      await running;
    } finally {
      underWay.delete(running);
    }
  };
  const timer = setInterval(() => {
    if (underWay.size === 0) run().catch(onError);
  }, everyMs);
  return {
    run,
    stop: async () => {
      clearInterval(timer);
      await within(stopTimeoutMs, Promise.allSettled(underWay));
    },
  };
}
