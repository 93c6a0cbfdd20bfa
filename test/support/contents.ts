import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { StoredItem, Table } from '#lib/table/client.ts';
import { keyOf, sessionItemKey } from '#lib/table/keys.ts';
import { type Ledger, parseSessionItem } from '#lib/table/session-item.ts';

/** Every item of the table, in the order of their keys: two calls agree unless something was written in between. */
export async function contentsOf({ client, name }: Table): Promise<readonly StoredItem[]> {
  const items: StoredItem[] = [];
  let from: StoredItem | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

const nameOf = (item: StoredItem): string => JSON.stringify(keyOf(item));

/** The ledger of every game session, as stored. */
export async function ledgersOf(table: Table): Promise<readonly Ledger[]> {
  const items = await contentsOf(table);
  return items.filter(({ sk }) => sk === sessionItemKey('').sk).map(parseSessionItem);
}

/** How many slots each ledger accounts for, as open or as somebody's seat, beside how many its session has. */
export async function slotAccounts(
  table: Table,
): Promise<readonly { readonly accounted: number; readonly capacity: number }[]> {
  const ledgers = await ledgersOf(table);
  return ledgers.map(({ open, seats, capacity }) => ({
    accounted: open + Object.keys(seats).length,
    capacity,
  }));
}

/** Turns newcomers away from a game session, as UpdateGameSession with DENY_ALL does. */
export async function denyPlayers({ client, name }: Table, sessionKey: string): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: name,
      Key: sessionItemKey(sessionKey),
      ConditionExpression: 'attribute_exists(pk)',
      UpdateExpression: 'SET deny = :true',
      ExpressionAttributeValues: { ':true': true },
    }),
  );
}
