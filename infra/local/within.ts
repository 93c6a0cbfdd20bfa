/** How long what is under way is waited for when the local run stops, in milliseconds. */
export const stopTimeoutMs = 2_000;

/** Settles as the promise does, or after so many milliseconds without a result. */
export async function within<Result>(
  milliseconds: number,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
