/** Lets so many tasks run at once. The others wait, in the order in which they came. */
export function turnstile(places: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await task();
    } finally {
      // Whoever waits takes over the place, which nobody else sees free in between.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
