import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The processes that this one has started and that have not ended. */
export function childrenOf(parent: number): readonly number[] {
  return listProcesses().flatMap(({ pid, ppid, isEnded }) => (ppid === parent && !isEnded ? [pid] : []));
}

export function isRunning(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid && !process.isEnded);
}

type Listed = { readonly pid: number; readonly ppid: number; readonly isEnded: boolean };

/** Ended ones are listed for as long as their parent has not asked how. */
function listProcesses(): readonly Listed[] {
  const lines = existsSync('/proc/self/stat') ? readProc() : runPs();
  return lines.flatMap((line) => {
    const [, pid, state, ppid] = /^\s*(\d+) (?:\(.*\) )?(\S+)\s+(\d+)/s.exec(line) ?? [];
    return [{ pid: Number(pid), ppid: Number(ppid), isEnded: state?.startsWith('Z') ?? true }];
  });
}

function readProc(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [readFileSync(`/proc/${name}/stat`, 'utf8')];
      } catch {
        // It has ended since the directory was read.
        return [];
      }
    });
}

function runPs(): readonly string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,state=,ppid='], { encoding: 'utf8' }).trimEnd().split('\n');
}
