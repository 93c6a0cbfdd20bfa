import { sendUpdate, type Table } from '#lib/table/client.ts';
import type { ProcessAddress } from '#lib/table/keys.ts';
import { type OwedEvent, parseProcessItem, type ServerProcess } from '#lib/table/process-item.ts';
import { claimOwed } from '#lib/table/process-requests.ts';
import { reviseProcess } from './revise-process.ts';
import { terminationTime } from './server-process.ts';

/**
 * Events that a process is to be told of, and how it is made sure that it is told once.
 *
 * Nobody acknowledges an event, and a process that was told twice of its session starts its game twice. What is owed stands
 * with the process. Whoever wants to tell it takes it upon oneself first (`claim`), and of several who see it one does. Where
 * it surely was not sent it is owed again, and whoever hears of the process next sends it.
 *
 * An event may be posted and never arrive, on a connection that is dead, which nobody knows yet, or nobody may know whether it
 * was posted. Of a session the process is then told once more, where it has lost that connection (`mayHaveMissedStart`). When
 * the caller dies between its claim and the post, nobody knows of that: the session is not activated in time, and ends with its
 * process. An update that is lost so is told of with the next one, and whoever has missed that it is to end is taken as ended
 * when its time is over.
 */

/** Takes it upon the caller to tell a process of an event: one write. False where it is owed no more, or another has taken it. */
export async function claim(
  table: Table,
  address: ProcessAddress,
  event: OwedEvent,
  by: { readonly connectionId: string; readonly teller: string },
): Promise<boolean> {
  const write = await sendUpdate(table, claimOwed(address, event, by));
  if (write.kind === 'written') return true;
  // A try whose answer was lost has claimed it all the same.
  return write.mayBeDone && write.image !== undefined && parseProcessItem(write.image).teller === by.teller;
}

/** Has a process be told of an event, once there is somebody who can. One that is over is told nothing. */
export async function owe(table: Table, address: ProcessAddress, event: OwedEvent): Promise<void> {
  await reviseProcess(table, address, (process) => ({
    kind: 'become',
    process: process.status === 'ENDED' ? process : { ...process, [event]: true },
  }));
}

/**
 * Asks a process to end itself within the time that games are told. It gets no session any more, and is asked once: later
 * calls do not put off its end.
 *
 * @param hosting the session that it is to host still, or undefined where it is to host none: one that has got another in
 *   the meantime is left alone
 * @returns whether there is a process that can be asked
 */
export async function askToEnd(
  { table, now }: { readonly table: Table; readonly now: number },
  address: ProcessAddress,
  hosting: string | undefined,
): Promise<boolean> {
  const outcome = await reviseProcess<'not-there'>(table, address, (process) => {
    return process.status === 'ENDED' || process.sessionKey !== hosting
      ? { kind: 'refuse', refusal: 'not-there' }
      : { kind: 'become', process: asked(process, now) };
  });
  if (outcome.kind === 'contended') throw new Error('A server process is changed by too many at once');
  return outcome.kind === 'revised';
}

const asked = (process: ServerProcess, now: number): ServerProcess =>
  process.terminateBy === undefined
    ? {
        ...process,
        terminateBy: now + terminationTime,
        owesEnd: true,
        // What it would be told of before it ends is of no use to it.
        owesStart: undefined,
        owesUpdate: undefined,
      }
    : process;
