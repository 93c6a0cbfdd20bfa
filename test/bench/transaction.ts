import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { sendPut, type Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { getItem } from '#lib/table/reads.ts';
import { playerWrite } from './bare-writes.ts';
import { bareReservation, type Session } from './reservation.ts';

const counterKey = ({ sessionKey }: Session) => ({ ...sessionItemKey(sessionKey), sk: 'COUNTER' });

/** Puts beside a session a counter of its open slots, which is what it would be in a design by transactions. */
export async function putCounter(table: Table, session: Session): Promise<void> {
  const { s: _, ...counter } = (await getItem(table, sessionItemKey(session.sessionKey))) ?? {};
  await sendPut(table, { Item: { ...counter, ...counterKey(session) } });
}

/** Reserves one slot by a transaction on the counter and the player, same table and indexes. */
export async function reserveByTransaction({ client, name }: Table, session: Session): Promise<void> {
  await client.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Update: {
            TableName: name,
            Key: counterKey(session),
            ConditionExpression: 'st = :active AND attribute_not_exists(deny) AND #open >= :one',
            UpdateExpression: 'SET v = v + :one, #open = #open - :one',
            ExpressionAttributeNames: { '#open': 'open' },
            ExpressionAttributeValues: { ':active': 'ACTIVE', ':one': 1 },
          },
        },
        { Put: { TableName: name, ...playerWrite(bareReservation(session)) } },
      ],
    }),
  );
}
