/** Values on both sides of what a member may be. */
export type Limit = {
  readonly accepts: readonly unknown[];
  /** Values with the constraint that each breaks, as the answer says it. */
  readonly refuses: readonly Broken[];
  readonly wrongTypes: readonly unknown[];
  readonly isSensitive: boolean;
};

type Broken = readonly [value: unknown, constraint: string];

type Length = { readonly min?: number; readonly max?: number };

type Text = Length & {
  /** A fitting string of that length, if there can be one. */
  readonly like?: (length: number) => string;
  readonly pattern?: string;
  /** Other strings that fit. */
  readonly fits?: readonly string[];
  /** Strings that do not match the pattern. */
  readonly breaks?: readonly string[];
  readonly values?: readonly string[];
  readonly isSensitive?: boolean;
};

const repeated = (length: number) => 'x'.repeat(length);

/** Strings of any length that begin alike. */
export const prefixed = (prefix: string) => (length: number) => prefix.padEnd(length, 'x').slice(0, length);

/** A string. */
export function text(limits: Text): Limit {
  const { max, like = repeated, pattern, fits = [], breaks = [], values = [], isSensitive = false } = limits;
  // A character counts once, however many bytes or UTF-16 units it takes.
  const wide = max !== undefined && pattern === undefined ? ['🎮'.repeat(max)] : [];
  const valueSet = `Member must satisfy enum value set: [${values.join(', ')}]`;
  return {
    accepts: [...(max === undefined ? [] : [like(max)]), ...wide, ...fits, ...values],
    refuses: [
      ...tooLongOrShort(limits, like),
      ...breaks.map((value): Broken => [value, `Member must satisfy regular expression pattern: ${pattern}`]),
      ...(values.length === 0 ? [] : ['x', '', ` ${values[0]}`]).map((value): Broken => [value, valueSet]),
    ],
    wrongTypes: [5, true, [], {}, 'half a character: \ud83c'],
    isSensitive,
  };
}

/** A whole number of 32 bits. */
export function whole({ min, max, isSensitive = false }: Length & { isSensitive?: boolean }): Limit {
  const tooGreat = `Member must have value less than or equal to ${max}`;
  const tooSmall = `Member must have value greater than or equal to ${min}`;
  return {
    accepts: [min ?? -(2 ** 31), max ?? 2 ** 31 - 1],
    refuses: [
      ...(max === undefined ? [] : [max + 1, 2 ** 31 - 1]).map((value): Broken => [value, tooGreat]),
      ...(min === undefined ? [] : [min - 1, -(2 ** 31)]).map((value): Broken => [value, tooSmall]),
    ],
    wrongTypes: ['1', 1.5, 2 ** 31, -(2 ** 31) - 1, true, [1], {}],
    isSensitive,
  };
}

/** A list by the number of its entries; `entry` makes one that fits. */
export function list(length: Length, entry: (number: number) => unknown, isSensitive = false): Limit {
  const like = (count: number) => Array.from({ length: count }, (_, number) => entry(number));
  return {
    accepts: [like(length.min ?? 0), like(length.max ?? 100)],
    refuses: tooLongOrShort(length, like),
    wrongTypes: ['x', 5, {}, true],
    isSensitive,
  };
}

/** A structure or a map, whose members have limits of their own. */
export const object = (fits: object, isSensitive = false): Limit => ({
  accepts: [fits],
  refuses: [],
  wrongTypes: ['x', 5, [], true],
  isSensitive,
});

function tooLongOrShort({ min = 0, max }: Length, like: (length: number) => unknown): readonly Broken[] {
  const tooLong = `Member must have length less than or equal to ${max}`;
  const tooShort = `Member must have length greater than or equal to ${min}`;
  return [
    ...(max === undefined ? [] : [max + 1, max * 2]).map((length): Broken => [like(length), tooLong]),
    ...(min === 0 ? [] : [min - 1]).map((length): Broken => [like(length), tooShort]),
  ];
}
