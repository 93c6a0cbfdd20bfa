import { writeSync } from 'node:fs';
import * as v from 'valibot';
import { log } from '#functions/log.ts';
import { logAsLambda } from '#infra/local/function-console.ts';
import { openTable } from '#lib/table/client.ts';
import { stubHandler } from './aws-stub.ts';
import { bareClient, reserveBare } from './bare-writes.ts';
import { openDoor } from './door.ts';
import { answerQuestions } from './own-process.ts';
import { bareReservation, nameSession, signedEvents } from './reservation.ts';

/** Measures both sides with the stub in the place where the SDK would go to the network. */
logAsLambda(console, (line) => writeSync(1, line), 'INFO');
const requestHandler = stubHandler();
const tableName = 'Openslot-ServiceSessionsTable';

const door = openDoor(openTable(tableName, { requestHandler }), log);
// Signed ahead: what the caller pays for its signature is not the function's.
const events = await signedEvents(Array.from({ length: 500 }, () => nameSession()));

async function openslot(call: number): Promise<void> {
  const event = events[call % events.length];
  const statusCode = event && (await door(event));
  if (statusCode !== 200) throw new Error(`The function answered ${statusCode}`);
}

const client = bareClient({ requestHandler });
const session = nameSession();
const bare = () => reserveBare(client, tableName, bareReservation(session));

/** CPU time of one call in milliseconds, all threads of the process included. */
async function cpuTime(reserve: (call: number) => Promise<void>, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let call = 0; call < calls; call++) await reserve(call);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / calls;
}

answerQuestions(v.object({ calls: v.number(), bareFirst: v.boolean() }), async ({ calls, bareFirst }) => {
  const early = bareFirst ? await cpuTime(bare, calls) : undefined;
  const ours = await cpuTime(openslot, calls);
  return { openslot: ours, bare: early ?? (await cpuTime(bare, calls)) };
});
