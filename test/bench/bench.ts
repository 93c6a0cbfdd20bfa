import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.ts';
import { measureCost } from './cost.ts';
import { measureCpu } from './cpu.ts';
import { watchMemory } from './memory.ts';
import { tableOf } from './report.ts';
import type { Extent, Result } from './result.ts';
import { measureRosters } from './rosters.ts';
import { measureSearch } from './search.ts';
import { startService } from './service.ts';
import { measureSweep } from './sweep.ts';
import { measureThroughput } from './throughput.ts';

/** `npm run bench`: see docs/benchmark.md. */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const measured = await measureAll({ quick: values.quick });
// A quick run shows that everything runs. Its numbers are of too few calls to be judged.
const results = values.quick ? measured.map(({ target, ...result }) => result) : measured;
const report = {
  measuredAt: new Date().toISOString(),
  node: process.version,
  processors: os.cpus().map(({ model }) => model),
  quick: values.quick,
  results,
};

const file = path.resolve(import.meta.dirname, '../../build/bench.json');
const json = `${JSON.stringify(report, undefined, 2)}\n`;
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, json);
process.stdout.write(values.json ? json : `${tableOf(results)}\n\nAlso written to build/bench.json\n`);

/** One after another, so that no measurement disturbs the next. What is started is stopped, whatever fails. */
async function measureAll(extent: Extent): Promise<readonly Result[]> {
  const functionAlone = [...(await measureCpu(extent)), ...(await measureColdStart(extent))];
  const service = await startService();
  try {
    const memory = watchMemory(service);
    const cost = await measureCost(service, extent);
    const throughput = await measureThroughput(service, extent);
    const loaded = memory.end();
    const rosters = await measureRosters(service, extent);
    const search = await measureSearch(service, extent);
    const swept = await measureSweep(service, extent);
    return [...cost, ...functionAlone, ...throughput, ...loaded, ...rosters, ...search, ...swept];
  } finally {
    await service.stop();
  }
}
