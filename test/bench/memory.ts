import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Result } from './result.ts';
import type { Service } from './service.ts';

export type MemoryWatch = {
  /** Ends the watch and gives what it saw: at rest, when it began, and the most under load since. */
  end(): readonly Result[];
};

const samplingMs = 100;

/** Watches the memory of the service's two processes while others load it. */
export function watchMemory(service: Service): MemoryWatch {
  const parts = [
    { name: 'Node', pid: service.pid },
    { name: 'DynamoDB Local', pid: service.dynamoDb.pid },
  ].map((part) => {
    const atRest = residentMemory(part.pid);
    return { ...part, atRest, peak: atRest };
  });
  const sampling = setInterval(() => {
    for (const part of parts) part.peak = Math.max(part.peak, residentMemory(part.pid));
  }, samplingMs);
  return {
    end() {
      clearInterval(sampling);
      return parts.flatMap(({ name, atRest, peak }) => [
        { name: `Memory of ${name} at rest`, unit: 'MiB', openslot: atRest },
        { name: `Memory of ${name} under load`, unit: 'MiB', openslot: peak },
      ]);
    },
  };
}

/** Resident memory of a process in MiB. */
function residentMemory(pid: number): number {
  const status = `/proc/${pid}/status`;
  const kibibytes = existsSync(status)
    ? /^VmRSS:\s*(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1]
    : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kibibytes) / 1024;
}
