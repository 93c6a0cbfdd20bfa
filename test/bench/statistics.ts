/** The middle value: one round that something else on the machine disturbed does not move it. */
export const median = (values: readonly number[]): number => percentile(values, 50);

/** The value that `percent` of 100 values do not exceed; NaN where there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

/** The median of the ratios round by round: both sides of a round met the machine in the same mood. */
export const pairedRatio = (values: readonly number[], others: readonly number[]): number =>
  median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
