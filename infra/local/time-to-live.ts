import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { LocalTable } from './stack.ts';

/** How often the local run looks for items that are past their time. DynamoDB takes up to some days. */
export const timeToLiveEveryMs = 60_000;

/**
 * Removes what is past its time, unless it is given more of it meanwhile.
 *
 * DynamoDB Local could do it by itself, every ten seconds, but gives up at the first item that lacks a key of any index:
 * in a table with sparse indexes it removes nothing. (Measured with version 3.3.1.) Here alone a table is scanned: on one
 * machine it is small, and nobody pays for it.
 *
 * @param now Epoch milliseconds.
 */
export async function removeExpired(
  client: DynamoDBClient,
  { input: { TableName, KeySchema = [] }, timeToLive }: LocalTable,
  now: number,
): Promise<void> {
  if (timeToLive === undefined) return;
  const keyNames = KeySchema.flatMap(({ AttributeName = [] }) => AttributeName);
  const expired = paginateScan(
    { client },
    {
      TableName,
      FilterExpression: '#time <= :now',
      ExpressionAttributeNames: { '#time': timeToLive },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(now / 1000)) } },
    },
  );
  for await (const { Items = [] } of expired) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
      await removeAsSeen(client, { TableName, Key, timeToLive, seen: item[timeToLive] });
    }
  }
}

type Seen = {
  readonly TableName: string;
  readonly Key: Record<string, AttributeValue>;
  readonly timeToLive: string;
  readonly seen: AttributeValue | undefined;
};

async function removeAsSeen(
  client: DynamoDBClient,
  { TableName, Key, timeToLive, seen }: Seen,
): Promise<void> {
  const remove = new DeleteItemCommand({
    TableName,
    Key,
    ConditionExpression: '#time = :seen',
    ExpressionAttributeNames: { '#time': timeToLive },
    ExpressionAttributeValues: { ':seen': seen ?? { NULL: true } },
  });
  try {
    await client.send(remove);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
