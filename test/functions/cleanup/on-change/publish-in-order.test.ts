import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventExamples } from '#docs/event-examples.ts';
import type { DomainEvent } from '#functions/cleanup/on-change/event-schemas.ts';
import { mostAtOnce, type Publish } from '#functions/cleanup/on-change/publish.ts';
import { publishInOrder } from '#functions/cleanup/on-change/publish-in-order.ts';

/** An event that is told from all others. */
function event(session: number, number: number): DomainEvent {
  const [example] = eventExamples;
  if (example?.detailType !== 'Game Session Activated') throw new Error('The first example is another one');
  return { ...example, detail: { ...example.detail, id: `${session}.0.${number}`, number } };
}

const queueOf = (session: number, length: number): readonly DomainEvent[] =>
  Array.from({ length }, (_, number) => event(session, number));

const idsOf = (events: readonly DomainEvent[]) => events.map(({ detail }) => detail.id);

/** A bus that refuses some events, or whole calls, and what it was given. */
function busThat(refuses: (id: string) => boolean, fails: (call: number) => boolean = () => false) {
  const calls: (readonly string[])[] = [];
  const taken: string[] = [];
  const publish: Publish = async (events) => {
    const ids = idsOf(events);
    calls.push(ids);
    const number = calls.length;
    // Others are under way meanwhile.
    await new Promise(setImmediate);
    if (fails(number)) throw Object.assign(new Error('Nobody is there'), { name: 'TimeoutError' });
    taken.push(...ids.filter((id) => !refuses(id)));
    return ids.map((id) => (refuses(id) ? 'ThrottlingException' : undefined));
  };
  return { publish, calls, taken };
}

test('whatever the bus refuses, each session’s events are taken in order, up to the first that is not', async () => {
  const anyPlan = fc.record({
    lengths: fc.array(fc.nat({ max: 5 }), { maxLength: 35 }),
    refused: fc.uniqueArray(fc.tuple(fc.nat({ max: 34 }), fc.nat({ max: 4 })), { maxLength: 10 }),
    failing: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(anyPlan, async ({ lengths, refused, failing }) => {
      const names = refused.map(([session, number]) => `${session}.0.${number}`);
      const bus = busThat(
        (id) => names.includes(id),
        (call) => failing.includes(call),
      );
      const queues = lengths.map((length, session) => queueOf(session, length));
      const ends = await publishInOrder(bus.publish, queues);

      for (const call of bus.calls) {
        expect(call.length).toBeLessThanOrEqual(mostAtOnce);
        expect(new Set(call.map((id) => id.split('.')[0])).size, 'sessions in a call').toBe(call.length);
      }
      const all = bus.calls.flat();
      expect(new Set(all).size, 'each is published once').toBe(all.length);
      for (const [session, queue] of queues.entries()) {
        const { taken = 0, refusal } = ends[session] ?? {};
        const ids = idsOf(queue);
        expect(bus.taken.filter((id) => ids.includes(id))).toEqual(ids.slice(0, taken));
        expect(refusal === undefined).toBe(taken === queue.length);
        if (failing.length === 0 && refusal !== undefined) expect(names).toContain(ids[taken]);
      }
    }),
    { numRuns: 200 },
  );
});

describe('calls', () => {
  test('hold ten events each while there are as many sessions', async () => {
    const bus = busThat(() => false);
    await publishInOrder(
      bus.publish,
      Array.from({ length: 25 }, (_, session) => queueOf(session, 1)),
    );
    expect(bus.calls.map(({ length }) => length)).toEqual([10, 10, 5]);
  });

  test('hold one event each where all are of one session', async () => {
    const bus = busThat(() => false);
    await publishInOrder(bus.publish, [queueOf(0, 3)]);
    expect(bus.calls).toEqual([['0.0.0'], ['0.0.1'], ['0.0.2']]);
  });

  test('are none where nothing has happened', async () => {
    const bus = busThat(() => false);
    expect(await publishInOrder(bus.publish, [[], []])).toMatchObject([{ taken: 0 }, { taken: 0 }]);
    expect(bus.calls).toEqual([]);
  });

  test('that fail as a whole say why, by the name of the error alone', async () => {
    const bus = busThat(
      () => false,
      () => true,
    );
    expect(await publishInOrder(bus.publish, [queueOf(0, 2)])).toMatchObject([
      { taken: 0, refusal: 'TimeoutError' },
    ]);
  });
});
