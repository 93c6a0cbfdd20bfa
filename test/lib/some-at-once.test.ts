import { expect, test } from 'vitest';
import { someAtOnce } from '#lib/some-at-once.ts';

const numbers = Array.from({ length: 20 }, (_, number) => number);

test('each item is worked on once, and never more at a time than may be', async () => {
  const begun: number[] = [];
  let underWay = 0;
  let most = 0;
  await someAtOnce(3, numbers, async (number) => {
    begun.push(number);
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay--;
  });
  expect(begun).toEqual(numbers);
  expect(most).toBe(3);
});

test('a failure is told once nothing is under way any more', async () => {
  let underWay = 0;
  const work = someAtOnce(3, numbers, async (number) => {
    underWay++;
    if (number > 0) for (let turn = 0; turn < number; turn++) await new Promise(setImmediate);
    underWay--;
    if (number === 0) throw new Error('The first one fails');
  });
  await expect(work).rejects.toThrow('The first one fails');
  expect(underWay).toBe(0);
});

test('of nothing there is nothing to be done', async () => {
  await expect(someAtOnce(3, [], () => Promise.reject(new Error('Not to be called')))).resolves.toBe(
    undefined,
  );
});
