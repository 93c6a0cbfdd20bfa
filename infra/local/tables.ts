import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { LocalRunError } from './local-run-error.ts';
import type { LocalTable } from './stack.ts';

/**
 * Creates the table as declared, under another name if one is given. A table that is already there, from an earlier
 * run, is left as it is.
 *
 * @throws LocalRunError when the table that is there was declared otherwise: DynamoDB Local could not change its keys.
 */
export async function createTable(
  client: DynamoDBClient,
  { input, timeToLive }: Omit<LocalTable, 'logicalId'>,
  name: string = input.TableName,
): Promise<void> {
  const existing = await describeTable(client, name);
  if (existing !== undefined && !isDeepStrictEqual(shape(existing), shape(input))) throw isOutdated(name);
  if (existing === undefined) await client.send(new CreateTableCommand({ ...input, TableName: name }));

  if (timeToLive === undefined) return;
  const enabled = await describeTimeToLive(client, name);
  if (enabled !== undefined && enabled !== timeToLive) throw isOutdated(name);
  if (enabled === undefined) {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
      }),
    );
  }
}

async function describeTable(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** The attribute that says when an item may be removed, where that is switched on. */
async function describeTimeToLive(client: DynamoDBClient, name: string): Promise<string | undefined> {
  const answer = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  const { TimeToLiveStatus, AttributeName } = answer.TimeToLiveDescription ?? {};
  return TimeToLiveStatus === 'ENABLED' || TimeToLiveStatus === 'ENABLING' ? AttributeName : undefined;
}

type Index = Pick<GlobalSecondaryIndexDescription, 'IndexName' | 'KeySchema' | 'Projection'>;

/** What a declaration and a description have in common, in one order. */
function shape(table: CreateTableCommandInput | TableDescription): unknown {
  const indexes: readonly Index[] = table.GlobalSecondaryIndexes ?? [];
  return {
    keys: table.KeySchema,
    attributes: sortedBy(({ AttributeName }) => AttributeName, table.AttributeDefinitions ?? []),
    indexes: sortedBy(({ IndexName }) => IndexName, indexes).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    stream: table.StreamSpecification,
  };
}

function sortedBy<Row>(name: (row: Row) => string | undefined, rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((one, other) => (name(one) ?? '').localeCompare(name(other) ?? ''));
}

function isOutdated(name: string): LocalRunError {
  return new LocalRunError(
    `The table ${name} was created by another version of the stack: delete the directory .openslot/data, which holds what was made, or start with --memory`,
  );
}
