import type { Meter } from './meter.ts';

/**
 * The meter of a function that seldom counts anything, and whose callers wait for its cold start: what it takes to count,
 * 3 ms, is loaded when something is counted.
 */
export const lazyMeter: Meter = async (counts, dimensions) => {
  const { meter } = await import('./meter.ts');
  await meter(counts, dimensions);
};
