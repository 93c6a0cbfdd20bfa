import { openTable } from '#lib/table/client.ts';
import { localAwsAccess } from './account.ts';
import { createFirstFleet } from './first-fleet.ts';
import { LocalRunError } from './local-run-error.ts';
import type { LocalStack } from './stack.ts';
import { createTable } from './tables.ts';

/**
 * Creates the one table, and in it the first fleet, where they are missing. Gives the table's name.
 *
 * @param endpoint Where DynamoDB Local answers.
 * @throws LocalRunError for a stack of more tables or none, and for a table that was created by another version of it.
 */
export async function prepareTable(
  { tables }: Pick<LocalStack, 'tables'>,
  endpoint: string,
): Promise<string> {
  const [declared, ...others] = tables;
  if (declared === undefined || others.length > 0) {
    throw new LocalRunError(`The stack declares ${tables.length} tables: the local run expects one`);
  }
  const table = openTable(declared.input.TableName, {
    ...localAwsAccess,
    endpoint,
    // On a busy machine the first answers take seconds, and a table is not created twice without complaint.
    requestHandler: { requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  try {
    await createTable(table.client, declared);
    await createFirstFleet(table, Date.now());
  } finally {
    table.client.destroy();
  }
  return table.name;
}
