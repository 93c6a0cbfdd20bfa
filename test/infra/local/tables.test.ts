import { randomUUID } from 'node:crypto';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { localAwsAccess } from '#infra/local/account.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { readStack } from '#infra/local/stack.ts';
import { createTable } from '#infra/local/tables.ts';

const client = new DynamoDBClient({ ...localAwsAccess, endpoint: inject('dynamoDbEndpoint') });
afterAll(() => client.destroy());

const [declared] = readStack(inject('assembly')).tables;
if (declared === undefined) throw new Error('The stack declares no table');
const newName = () => `tables-${randomUUID()}`;

describe('a declared table', () => {
  test('is created with its indexes and its stream', async () => {
    const name = newName();
    await createTable(client, declared, name);
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.GlobalSecondaryIndexes).toHaveLength(declared.input.GlobalSecondaryIndexes?.length ?? 0);
    expect(Table?.StreamSpecification?.StreamViewType).toBe('NEW_AND_OLD_IMAGES');
  });

  test('that is there already is left as it is, with its items', async () => {
    const name = newName();
    await createTable(client, declared, name);
    await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'a' }, sk: { S: 'b' } } }));
    await createTable(client, declared, name);
    expect((await client.send(new ScanCommand({ TableName: name }))).Count).toBe(1);
  });

  const { GlobalSecondaryIndexes: indexes = [], ...input } = declared.input;
  test.each([
    ['other indexes', { ...declared, input: { ...input, GlobalSecondaryIndexes: indexes.slice(1) } }],
    [
      'another projection',
      {
        ...declared,
        input: {
          ...input,
          GlobalSecondaryIndexes: indexes.map((index) => ({
            ...index,
            Projection: { ProjectionType: 'ALL' as const },
          })),
        },
      },
    ],
    [
      'no stream',
      { ...declared, input: { ...declared.input, StreamSpecification: { StreamEnabled: false } } },
    ],
  ])('with %s than the one that is there is refused, with what to do', async (_, changed) => {
    const name = newName();
    await createTable(client, declared, name);
    const second = createTable(client, changed, name);
    await expect(second).rejects.toThrow(LocalRunError);
    await expect(second).rejects.toThrow(/delete the directory \.openslot\/data/);
  });
});
