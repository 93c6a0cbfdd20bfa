import { expect, test } from 'vitest';
import { turnstile } from '#infra/local/turnstile.ts';

test('so many tasks run at once, the others in their turn, and one that fails gives its place up', async () => {
  const inTurn = turnstile(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
  const results = ends.map(({ promise }, number) =>
    inTurn(() => {
      begun.push(number);
      return promise;
    }),
  );
  const failed = expect(results[1]).rejects.toThrow('broken');
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error('broken'));
  await failed;
  expect(begun).toEqual([0, 1, 2]);
  ends[2]?.resolve(2);
  expect(await results[2]).toBe(2);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[0]?.resolve(0);
  ends[3]?.resolve(3);
  expect(await Promise.all([results[0], results[3]])).toEqual([0, 3]);
});
