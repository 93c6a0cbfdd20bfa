import { randomUUID } from 'node:crypto';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { inject, onTestFinished } from 'vitest';
import { localAwsAccess } from '#infra/local/account.ts';
import type { LocalTable } from '#infra/local/stack.ts';
import { createTable } from '#infra/local/tables.ts';

/**
 * A table with a stream, a sparse index and a time to live. It is gone after the test: with each stream DynamoDB Local
 * writes more slowly, to all tables.
 */
export async function newStreamedTable() {
  const access = { ...localAwsAccess, endpoint: inject('dynamoDbEndpoint') };
  const client = new DynamoDB(access);
  const streams = new DynamoDBStreamsClient(access);
  const name = `streamed-${randomUUID()}`;
  const table: LocalTable = {
    logicalId: 'Games',
    timeToLive: 'ttl',
    input: {
      TableName: name,
      AttributeDefinitions: ['pk', 'sk', 'f'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byFleet',
          KeySchema: [{ AttributeName: 'f', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  };
  await createTable(client, table);
  onTestFinished(async () => {
    await client.deleteTable({ TableName: name });
    client.destroy();
    streams.destroy();
  });
  const Key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'SESSION' } });
  return {
    client,
    streams,
    table,
    key: Key,
    put: (pk: string, more: NonNullable<Parameters<typeof client.putItem>[0]['Item']> = {}) =>
      client.putItem({ TableName: name, Item: { ...Key(pk), ...more } }),
    remove: (pk: string) => client.deleteItem({ TableName: name, Key: Key(pk) }),
    /** The first halves of the keys that are there. */
    names: async () => {
      const { Items = [] } = await client.scan({ TableName: name });
      return Items.map(({ pk }) => pk?.S).toSorted();
    },
  };
}
