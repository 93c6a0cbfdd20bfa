import { inject, onTestFinished } from 'vitest';
import { openTable } from '#lib/table/client.ts';
import { InterleavedWire } from '#test/lib/sessions/interleaved-wire.ts';
import { localDynamoDb } from '#test/support/table.ts';
import type { QueueUnderTest } from './queue-under-test.ts';

/** A verb whose requests wait until the test lets them go, on a wire of its own: all others go on meanwhile. */
export type StoppedVerb<Outcome> = {
  /** Lets so many of its requests through: of those that wait side by side the first one, or another. */
  pass(requests: number, which?: number): Promise<void>;
  /** Has its next request carried out, and the answer lost. */
  loseAnswer(): Promise<void>;
  /** Lets it come to its end, and says how it ended. */
  finish(): Promise<Outcome | 'failed' | undefined>;
  /** Ends its process: what waits is never sent. */
  die(): Promise<void>;
};

/** Starts a verb and lets so many of its requests through: the next one waits. */
export async function stopAfter<Outcome>(
  requests: number,
  queue: QueueUnderTest,
  verb: (queue: QueueUnderTest) => Promise<Outcome>,
): Promise<StoppedVerb<Outcome>> {
  const wire = new InterleavedWire();
  const table = openTable(queue.session.table.name, {
    ...localDynamoDb(inject('dynamoDbEndpoint')),
    requestHandler: wire,
  });
  onTestFinished(() => table.client.destroy());
  let ended: Outcome | 'failed' | undefined;
  const caller = wire.start(
    () => verb(queue.by(table)),
    (outcome) => {
      ended = outcome;
    },
  );
  const stopped: StoppedVerb<Outcome> = {
    async pass(count, which = 0) {
      for (let passed = 0; passed < count; passed++) {
        if (caller.waiting === 0) throw new Error(`The verb has ended before its request ${passed + 1}`);
        await wire.meetFate(which, 'answered');
        await wire.settle();
      }
    },
    async loseAnswer() {
      await wire.meetFate(0, 'answer lost');
      await wire.settle();
    },
    async finish() {
      while (caller.state === 'running') await stopped.pass(1);
      return ended;
    },
    die: async () => void (await wire.meetFate(0, 'caller dies before it')),
  };
  await wire.settle();
  await stopped.pass(requests);
  return stopped;
}
