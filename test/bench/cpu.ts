import * as v from 'valibot';
import { localEnvironment } from './local-environment.ts';
import { startProcess } from './own-process.ts';
import type { Extent, Result } from './result.ts';
import { median, pairedRatio } from './statistics.ts';

const Round = v.object({ openslot: v.number(), bare: v.number() });

/**
 * CPU time of CreatePlayerSession inside the function, from the gateway's event to its answer, beside the bare SDK
 * making the same two calls against the same stub. Both sides take turns in one process that has warmed up.
 */
export async function measureCpu({ quick }: Extent): Promise<readonly Result[]> {
  const [rounds, calls] = quick ? [2, 20] : [20, 400];
  const measured = startProcess('./cpu-process.ts', localEnvironment());
  try {
    const warmUp = { calls: quick ? 20 : 3_000, bareFirst: false };
    await measured.ask(Round, warmUp);
    const times: v.InferOutput<typeof Round>[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(await measured.ask(Round, { calls, bareFirst: round % 2 === 1 }));
    }
    const openslot = times.map((round) => round.openslot);
    const bare = times.map((round) => round.bare);
    return [
      {
        name: 'CPU time of a reservation in the function',
        unit: 'ms',
        openslot: median(openslot),
        beside: { what: 'bare SDK', value: median(bare) },
        ratio: pairedRatio(openslot, bare),
        target: { atMost: 1.5 },
      },
    ];
  } finally {
    await measured.stop();
  }
}
