import { shortHash } from '#lib/sessions/ids.ts';
import { sendUpdate, type Table } from '#lib/table/client.ts';
import { type ItemKey, keyOf, type ProcessAddress, processAddressIn } from '#lib/table/keys.ts';
import { parseProcessItem, type ServerProcess } from '#lib/table/process-item.ts';
import { processesIn, type Taking, takeProcess } from '#lib/table/process-requests.ts';
import { queryPage } from '#lib/table/reads.ts';
import { reviseProcess } from './revise-process.ts';
import { hostingOf, silenceTime } from './server-process.ts';

/** Free processes looked at together: many enough that those who want one at once want different ones. */
const candidatesAtOnce = 50;

/** How many processes one caller tries to take. Each that is refused is another caller's, or is not there any more. */
const maximumTries = 50;

export type TakeOutcome =
  | { readonly kind: 'taken'; readonly process: ServerProcess; readonly address: ProcessAddress }
  | { readonly kind: 'none-free' };

/** What is taken, and where. */
export type Wish = Taking & { readonly fleetId: string; readonly location: string };

/**
 * Takes a free process of a fleet in a location: one query (half a read unit), and one conditional write (2 write units, one
 * of them for the index). Which of the free ones is left to chance: if all callers took the first, all but one would have
 * to try again.
 *
 * The index that finds free processes is behind the table by a moment. Those that it shows and that are taken cost another
 * try; one that has just become free may be missed.
 */
export async function takeFree(
  { table, now, random }: { readonly table: Table; readonly now: number; readonly random: () => number },
  { fleetId, location, ...taking }: Wish,
): Promise<TakeOutcome> {
  const tried = new Set<string>();
  for (;;) {
    const candidates = (await findFree(table, { fleetId, location }, taking.claim)).filter(
      (key) => !tried.has(nameOf(key)),
    );
    if (tried.size >= maximumTries) return { kind: 'none-free' };
    const chosen = candidates[Math.floor(random() * candidates.length)];
    if (chosen === undefined) return { kind: 'none-free' };
    tried.add(nameOf(chosen));
    const address = processAddressIn(chosen);
    const write = await sendUpdate(table, takeProcess(address, taking, now - silenceTime));
    const item = write.kind === 'written' ? write.attributes : write.image;
    if (item === undefined) continue;
    const process = parseProcessItem(item);
    // A try whose answer was lost has taken it all the same.
    if (process.claim === taking.claim) return { kind: 'taken', process, address };
  }
}

/** Processes of several computes may have the same name there. */
const nameOf = ({ pk, sk }: ItemKey): string => `${pk}/${sk}`;

/** Some free processes, from a place in their order on that the claim chooses, so that each claim sees others in a large fleet. */
async function findFree(
  table: Table,
  where: Pick<Wish, 'fleetId' | 'location'>,
  claim: string,
): Promise<readonly ItemKey[]> {
  const find = async (from: string, limit: number) =>
    (await queryPage(table, processesIn(hostingOf(where), 'FREE', from), { limit })).items.map(keyOf);
  const found = await find(shortHash(claim, 11), candidatesAtOnce);
  return found.length === candidatesAtOnce
    ? found
    : [...found, ...(await find('', candidatesAtOnce - found.length))];
}

/** Gives a process back that was taken for a session which has not come about, unless it is over or something else by now. */
export async function giveBack(table: Table, address: ProcessAddress, claim: string): Promise<void> {
  await reviseProcess(table, address, (process) => ({
    kind: 'become',
    process: process.claim === claim && process.status !== 'ENDED' ? withoutSession(process) : process,
  }));
}

const withoutSession = (process: ServerProcess): ServerProcess => ({
  ...process,
  sessionKey: undefined,
  sessionReference: undefined,
  claim: undefined,
  takenAt: undefined,
  activateBy: undefined,
  keepTime: undefined,
  startedOn: undefined,
  owesStart: undefined,
});
