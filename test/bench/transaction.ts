import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '#lib/table/client.ts';
import { sessionItemKey } from '#lib/table/keys.ts';
import { playerWrite } from './bare-writes.ts';
import { bareReservation, type Session } from './reservation.ts';

/** Leaves a session with a counter of its open slots and no ledger, as a design by transactions would have it. */
export async function dropLedger({ client, name }: Table, session: Session): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: name,
      Key: sessionItemKey(session.sessionKey),
      UpdateExpression: 'REMOVE s',
    }),
  );
}

/** Reserves one slot by a transaction on the counter and the player, same table and indexes. */
export async function reserveByTransaction({ client, name }: Table, session: Session): Promise<void> {
  await client.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Update: {
            TableName: name,
            Key: sessionItemKey(session.sessionKey),
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
