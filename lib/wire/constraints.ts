/** One rule about a value, with the sentence that tells a caller who broke it. */
export interface Constraint<T> {
  readonly text: string;
  readonly admits: (value: T) => boolean;
}

/** What has a length to bound: a string, a list, or a map given by its keys. */
type Measurable = { readonly length: number };

/** The length that a constraint speaks of; it lies between half of `value.length` and all of it. */
type Count<T> = (value: T) => number;

/** Unicode code points: a character outside the basic plane is two UTF-16 units and counts once. */
export const codePoints: Count<string> = (value) => {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
};

export const entries: Count<Measurable> = (value) => value.length;

export const notNull = 'Member must not be null';

export function longest<T extends Measurable>(count: Count<T>, max: number): Constraint<T> {
  return {
    text: `Member must have length less than or equal to ${max}`,
    // Counting is for the few values that their plain length does not settle.
    admits: (value) => value.length <= max || (value.length <= 2 * max && count(value) <= max),
  };
}

export function shortest<T extends Measurable>(count: Count<T>, min: number): Constraint<T> {
  return {
    text: `Member must have length greater than or equal to ${min}`,
    admits: (value) => value.length >= 2 * min || (value.length >= min && count(value) >= min),
  };
}

export function greatest(max: number): Constraint<number> {
  return { text: `Member must have value less than or equal to ${max}`, admits: (value) => value <= max };
}

export function least(min: number): Constraint<number> {
  return { text: `Member must have value greater than or equal to ${min}`, admits: (value) => value >= min };
}

/**
 * The whole string matches the pattern, which is spelled as the service model prints it: escapes such as `\:` rule out
 * the `u` flag. A pattern that does not compile throws when the shape is made.
 *
 * @param worthTrying strings that break it are not searched and pass here: their length is another constraint's
 * finding, and backtracking over a string of any length would let a caller buy seconds of our time.
 */
export function matching(pattern: string, worthTrying: Constraint<string> | undefined): Constraint<string> {
  const whole = new RegExp(`^(?:${pattern})$`);
  return {
    text: `Member must satisfy regular expression pattern: ${pattern}`,
    admits: (value) => (worthTrying !== undefined && !worthTrying.admits(value)) || whole.test(value),
  };
}

export function oneOf(values: readonly string[]): Constraint<string> {
  const known = new Set(values);
  return {
    text: `Member must satisfy enum value set: [${values.join(', ')}]`,
    admits: (value) => known.has(value),
  };
}
