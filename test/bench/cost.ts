import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { localAwsAccess } from '#infra/local/account.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { CapacityMeter, type Reading, unitsOf } from '#test/support/capacity-meter.ts';
import { type Door, openDoor, silentLog } from './door.ts';
import { openSessions, type Session, signedEvents } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import type { Service } from './service.ts';
import { putCounter, reserveByTransaction } from './transaction.ts';

/** What calls to DynamoDB cost: requests sent, and write capacity units, those of indexes included. */
type Spent = { readonly calls: number; readonly wcu: number };

/**
 * DynamoDB calls and WCU of CreatePlayerSession in sessions that are filled one by one, beside a TransactWriteItems that
 * does the same. These are counts and no timings: one run is as good as another.
 */
export async function measureCost(service: Service, { quick }: Extent): Promise<readonly Result[]> {
  const table = openTable(service.tableName, { ...localAwsAccess, endpoint: service.dynamoDb.endpoint });
  const meter = new CapacityMeter(table);
  const door = openDoor(table, silentLog);
  const results: Result[] = [];
  for (const slots of quick ? [4] : [4, 16, 50, 100, 200]) {
    const [session, other] = await openSessions(table, 2, slots);
    if (session === undefined || other === undefined) throw new Error('There is no session to fill');
    meter.take();
    const filling = await fill(door, meter, session, slots);
    const refusal = await refuse(door, meter, table, session);
    const transactions = await fillByTransactions(meter, table, other, slots);
    results.push(...rows(slots, filling, refusal, transactions));
  }
  table.client.destroy();
  return results;
}

async function fill(door: Door, meter: CapacityMeter, session: Session, slots: number): Promise<Spent> {
  const events = await signedEvents(Array.from({ length: slots }, () => session));
  for (const event of events) expectStatus(200, await door(event));
  const readings = meter.take();
  return { calls: readings.length, wcu: sum(readings.map(unitsOf)) };
}

/**
 * One caller too many. What a refused write is charged DynamoDB does not say, but it charges by the size of the item that
 * is there: as for a write that changes nothing.
 */
async function refuse(door: Door, meter: CapacityMeter, table: Table, session: Session): Promise<Spent> {
  const [event] = await signedEvents([session]);
  expectStatus(400, event && (await door(event)));
  const calls = meter.refused;
  meter.take();
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: sessionItemKey(session.sessionKey),
      UpdateExpression: 'SET cap = cap',
    }),
  );
  return { calls, wcu: calls * sum(meter.take().map(unitsOf)) };
}

async function fillByTransactions(
  meter: CapacityMeter,
  table: Table,
  session: Session,
  slots: number,
): Promise<Spent> {
  await putCounter(table, session);
  meter.take();
  for (let taken = 0; taken < slots; taken++) await reserveByTransaction(table, session);
  const readings = meter.take();
  return { calls: readings.length, wcu: sum(readings.map(transactionUnits)) };
}

/**
 * DynamoDB Local counts two units for what a transaction writes to an index, as for an item. AWS documents that of items
 * alone, so the index is counted once, in the transaction's favour.
 */
const transactionUnits = ({ table, indexes }: Reading): number => table + sum(Object.values(indexes)) / 2;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function expectStatus(expected: number, answered: number | undefined): void {
  if (answered !== expected) throw new Error(`The function answered ${answered} instead of ${expected}`);
}

function rows(slots: number, filling: Spent, refusal: Spent, transactions: Spent): readonly Result[] {
  const row = (name: string, unit: string, openslot: number, transaction: number): Result => ({
    name: `${name}, ${slots} slots`,
    unit,
    openslot,
    beside: { what: 'transaction', value: transaction },
    ratio: openslot / transaction,
  });
  return [
    row('Reservation', 'calls', filling.calls / slots, transactions.calls / slots),
    row('Reservation', 'WCU', filling.wcu / slots, transactions.wcu / slots),
    row('All reservations', 'WCU', filling.wcu, transactions.wcu),
    { name: `Refusal, ${slots} slots`, unit: 'calls', openslot: refusal.calls },
    { name: `Refusal, ${slots} slots`, unit: 'WCU', openslot: refusal.wcu },
  ];
}
