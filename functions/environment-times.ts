import * as v from 'valibot';

/** A time that the stack gives in seconds, as milliseconds. */
export const milliseconds = v.pipe(
  v.string(),
  v.regex(/^\d+$/),
  v.transform((seconds) => Number(seconds) * 1_000),
);

/** The same, or undefined where the stack gives none. */
export const optionalMilliseconds = v.union([
  v.pipe(
    v.literal(''),
    v.transform(() => undefined),
  ),
  milliseconds,
]);
