/** Runs a task for each number below `count`, as many as `limit` of them at a time, and gives the results in order. */
export async function atOnce<Result>(
  limit: number,
  count: number,
  task: (number: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async () => {
    while (next < count) {
      const number = next++;
      results[number] = await task(number);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, count) }, work));
  return results;
}
