import { isDeepStrictEqual } from 'node:util';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndexDescription,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { LocalRunError } from './local-run-error.ts';
import type { LocalTable } from './stack.ts';

/**
 * Creates the table as declared, under another name if one is given. A table that is already there, from an earlier
 * run, is left as it is. Its time to live is not switched on: time-to-live.ts says why.
 *
 * @throws LocalRunError when the table that is there was declared otherwise: DynamoDB Local could not change its keys.
 */
export async function createTable(
  client: DynamoDBClient,
  { input }: Pick<LocalTable, 'input'>,
  name: string = input.TableName,
): Promise<void> {
  const existing = await describeTable(client, name);
  if (existing !== undefined && !isDeepStrictEqual(shape(existing), shape(input))) throw isOutdated(name);
  if (existing === undefined) await client.send(new CreateTableCommand({ ...input, TableName: name }));
}

async function describeTable(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
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
