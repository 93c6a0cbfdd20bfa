import { isDeepStrictEqual } from 'node:util';
import { type Decision, type Revision, revise } from '#lib/fleets/revise.ts';
import type { Changes } from '#lib/table/change-item.ts';
import type { Table } from '#lib/table/client.ts';
import { type ProcessAddress, processItemKey } from '#lib/table/keys.ts';
import { parseProcessItem, type ServerProcess } from '#lib/table/process-item.ts';
import { availabilityKeys, lookKeys, removalKey } from '#lib/table/process-requests.ts';
import { availabilityOf, hostingOf, memoryTime, nextEnd } from './server-process.ts';

/** What is to become of a process as it is now. One that becomes what it is already is not written. */
export type ProcessDecision<Refusal> =
  | { readonly kind: 'become'; readonly process: ServerProcess }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/**
 * Changes a process by what it is: one read, which whoever has just `seen` it saves, and one conditional write, and another
 * write whenever somebody else came first. Where the indexes show it follows from what it becomes.
 */
export function reviseProcess<Refusal = never>(
  table: Table,
  address: ProcessAddress,
  decide: (process: ServerProcess) => ProcessDecision<Refusal>,
  seen?: ServerProcess,
): Promise<Revision<ServerProcess, Refusal>> {
  const step = (process: ServerProcess): Decision<Refusal> => {
    const decision = decide(process);
    if (decision.kind === 'refuse') return decision;
    const changes = {
      ...ownChanges(process, decision.process),
      ...indexChanges(address, process, decision.process),
    };
    return Object.keys(changes).length === 0 ? { kind: 'keep' } : { kind: 'change', changes };
  };
  return revise(table, processItemKey(address), parseProcessItem, false, step, seen);
}

/** What the process has now, or, as null, has no more. */
function ownChanges(before: ServerProcess, after: ServerProcess): Changes {
  const was = new Map<string, unknown>(Object.entries(before));
  const is = new Map<string, unknown>(Object.entries(after));
  const names = new Set([...was.keys(), ...is.keys()]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(was.get(name), is.get(name)));
  return Object.fromEntries(changed.map((name) => [name, is.get(name) ?? null]));
}

/** When a process ends it gets its time to live. A heartbeat moves nothing in the indexes: the sweep itself puts off its look. */
function indexChanges(address: ProcessAddress, before: ServerProcess, after: ServerProcess): Changes {
  const [was, is] = [availabilityOf(before), availabilityOf(after)];
  const [look, due] = [before.dt, nextEnd(after)];
  const looksLate = due !== undefined && (look === undefined || due < look);
  const looksInVain = due === undefined && look !== undefined;
  return {
    ...(was !== is && availabilityKeys(address, hostingOf(after), is)),
    ...((looksLate || looksInVain) && lookKeys(address, due)),
    ...(before.endedAt !== after.endedAt &&
      removalKey(Math.ceil(((after.endedAt ?? 0) + memoryTime) / 1_000))),
  };
}
