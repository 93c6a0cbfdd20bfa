import { shortHash } from '#lib/sessions/ids.ts';
import { itemBehind, sendUpdate, type Table } from '#lib/table/client.ts';
import { type ItemKey, keyOf, type ProcessAddress, processAddressIn } from '#lib/table/keys.ts';
import { parseProcessItem, type ServerProcess } from '#lib/table/process-item.ts';
import { freeProcessesIn, type Taking, takeProcess } from '#lib/table/process-requests.ts';
import { type Position, queryPage } from '#lib/table/reads.ts';
import { reviseProcess } from './revise-process.ts';
import { hostingOf, silenceTime } from './server-process.ts';

/** Free processes looked at together: many enough that those who want one at once want different ones. */
const candidatesAtOnce = 50;

/** How many processes one caller tries to take. Each that is refused is another caller's, or has just fallen silent. */
const maximumTries = 100;

export type TakeOutcome =
  | { readonly kind: 'taken'; readonly process: ServerProcess; readonly address: ProcessAddress }
  | { readonly kind: 'none-free' };

/** What is taken, and where. */
export type Wish = Taking & { readonly fleetId: string; readonly location: string };

/**
 * Takes a free process of a fleet in a location: one or two queries (half a read unit each), and one conditional write (3
 * write units, two of them for the index). Which of the free ones is left to chance: if all callers took the first, all but
 * one would have to try again.
 *
 * The index that finds free processes is behind the table by a moment, and shows those that have fallen silent until a sweep
 * has met them. What it shows and cannot be had costs another try; one that has just become free may be missed.
 */
export async function takeFree(
  { table, now, random }: { readonly table: Table; readonly now: number; readonly random: () => number },
  { fleetId, location, ...taking }: Wish,
): Promise<TakeOutcome> {
  const tried = new Set<string>();
  // From a place that the try chooses to the end, and then from the beginning on: in a large fleet each try sees others.
  for (const from of [shortHash(taking.takenBy, 18), '']) {
    const query = freeProcessesIn(hostingOf({ fleetId, location }), from);
    let position: Position | undefined;
    while (tried.size < maximumTries) {
      // Asked anew for each try: others may have taken what was there a moment ago.
      const page = await queryPage(table, query, { limit: candidatesAtOnce, position });
      const candidates = page.items.map(keyOf).filter((key) => !tried.has(nameOf(key)));
      const chosen = candidates[Math.floor(random() * candidates.length)];
      if (chosen === undefined && page.next === undefined) break;
      if (chosen === undefined) {
        position = page.next;
        continue;
      }
      tried.add(nameOf(chosen));
      const process = await take(table, chosen, taking, now);
      if (process !== undefined) return { kind: 'taken', process, address: processAddressIn(chosen) };
    }
  }
  return { kind: 'none-free' };
}

/** Processes of several computes may have the same name there. */
const nameOf = ({ pk, sk }: ItemKey): string => `${pk}/${sk}`;

async function take(
  table: Table,
  key: ItemKey,
  taking: Taking,
  now: number,
): Promise<ServerProcess | undefined> {
  const write = await sendUpdate(table, takeProcess(processAddressIn(key), taking, now - silenceTime));
  const item = itemBehind(write);
  const process = item && parseProcessItem(item);
  // A try whose answer was lost has taken it all the same.
  return process?.takenBy === taking.takenBy ? process : undefined;
}

/** Gives a process back that was taken for a session which has not come about, unless it is over or something else by now. */
export async function giveBack(table: Table, address: ProcessAddress, takenBy: string): Promise<void> {
  await reviseProcess(table, address, (process) => ({
    kind: 'become',
    process: process.takenBy === takenBy && process.status !== 'ENDED' ? withoutSession(process) : process,
  }));
}

const withoutSession = (process: ServerProcess): ServerProcess => ({
  ...process,
  sessionKey: undefined,
  takenBy: undefined,
  takenAt: undefined,
  keepTime: undefined,
  startedOn: undefined,
  owesStart: undefined,
});
