/** One row of the benchmark's table, and one object of its JSON. */
export type Result = {
  readonly name: string;
  readonly unit: string;
  readonly openslot: number;
  /** What Openslot is compared with, measured in the same run. */
  readonly beside?: { readonly what: string; readonly value: number };
  /** Openslot by what is beside it. */
  readonly ratio?: number;
  readonly target?: Target;
};

export type Target = { readonly atMost: number } | { readonly atLeast: number };

export const isMet = (ratio: number, target: Target): boolean =>
  'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;

/** How much of each measurement: all of it, or just enough to see that it runs. */
export type Extent = { readonly quick: boolean };
