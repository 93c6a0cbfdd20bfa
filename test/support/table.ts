import { randomUUID } from 'node:crypto';
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { inject } from 'vitest';
import { readStack } from '#infra/local/stack.ts';
import { createTable } from '#infra/local/tables.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { DynamoDbWire } from './dynamodb-wire.ts';

/** How tests reach DynamoDB Local. Retries are those of production but for the pauses between them. */
export const localDynamoDb = (endpoint: string): DynamoDBClientConfig => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  retryStrategy: new ConfiguredRetryStrategy(3, () => 0),
});

/**
 * A table of the stack's own declaration with nothing in it, and the wire that leads there. It has no stream, which nobody
 * here reads: with each table that has one DynamoDB Local writes more slowly, to all of them.
 */
export async function newTable(): Promise<{ readonly table: Table; readonly wire: DynamoDbWire }> {
  const wire = new DynamoDbWire({});
  const name = `test-${randomUUID()}`;
  const table = openTable(name, { ...localDynamoDb(inject('dynamoDbEndpoint')), requestHandler: wire });
  const [declared] = readStack(inject('assembly')).tables;
  if (declared === undefined) throw new Error('The stack declares no table');
  await createTable(
    table.client,
    { ...declared, input: { ...declared.input, StreamSpecification: undefined } },
    name,
  );
  wire.count();
  return { table, wire };
}
