import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { repeat } from '#infra/local/repeated.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A task that ends when it is told to, each minute. */
function minutely() {
  const ends: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const task = () => {
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  return { ends, errors, repeated: repeat(60_000, task, (error) => errors.push(error)) };
}

describe('what is done each minute', () => {
  test('is done after the first one, and not begun again while it is under way', async () => {
    const { ends, repeated } = minutely();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(ends).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends).toHaveLength(1);
    ends[0]?.resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends).toHaveLength(2);
    ends[1]?.resolve();
    await repeated.stop();
  });

  test('goes on after a failure, of which somebody is told', async () => {
    const { ends, errors, repeated } = minutely();
    await vi.advanceTimersByTimeAsync(60_000);
    ends[0]?.reject(new Error('on purpose'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([errors, ends.length]).toEqual([[new Error('on purpose')], 2]);
    ends[1]?.resolve();
    await repeated.stop();
  });

  test('can be done now, and then fails for whoever asked', async () => {
    const { ends, errors, repeated } = minutely();
    const asked = repeated.run();
    ends[0]?.reject(new Error('on purpose'));
    await expect(asked).rejects.toThrow('on purpose');
    expect(errors).toEqual([]);
    await repeated.stop();
  });

  test('is waited for at the end, but no longer than 2 s, and done no more', async () => {
    const { ends, repeated } = minutely();
    await vi.advanceTimersByTimeAsync(60_000);
    let isStopped = false;
    const stopping = repeated.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await stopping;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends).toHaveLength(1);
  });

  test('lets go at once where nothing is under way', async () => {
    const { ends, repeated } = minutely();
    const asked = repeated.run();
    ends[0]?.resolve();
    await asked;
    await repeated.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
