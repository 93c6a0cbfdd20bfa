import { randomUUID } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, inject, test } from 'vitest';
import { matchesPattern, readPattern } from '#infra/local/event-pattern.ts';
import { readStack } from '#infra/local/stack.ts';
import { createTable } from '#infra/local/tables.ts';
import { createLocation } from '#lib/fleets/locations.ts';
import { post } from '#lib/messages/post.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { RosterUnderTest, xuidOf } from '#test/lib/rosters/roster-under-test.ts';
import { request, SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import { localDynamoDb } from '#test/support/table.ts';
import { assembly, attribute, logicalId, template } from './synthesized.ts';

const mapping = template.findResources('AWS::Lambda::EventSourceMapping')[
  logicalId('AWS::Lambda::EventSourceMapping')
]?.['Properties'];

describe('The changes of the table', () => {
  test('go to the function in batches, from the first one that the stream still has', () => {
    expect(mapping).toMatchObject({
      EventSourceArn: attribute(logicalId('AWS::DynamoDB::Table'), 'StreamArn'),
      FunctionName: { Ref: logicalId('AWS::Lambda::Function', 'OnChange') },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
    });
    // More than one batch of a shard at once would be out of order.
    expect(mapping).not.toHaveProperty('ParallelizationFactor');
  });

  test('are tried again for a bounded number of times, alone in the end, and then told to a queue', () => {
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      // An hour less than what the stream keeps: the queue is told while the record is still there.
      MaximumRecordAgeInSeconds: 23 * 3600,
      DestinationConfig: {
        OnFailure: { Destination: attribute(logicalId('AWS::SQS::Queue'), 'Arn') },
      },
    });
  });
});

/** A table as it is deployed, with its stream, and what it tells of its changes. */
async function newStream(): Promise<{ readonly table: Table; records(): Promise<readonly StreamRecord[]> }> {
  const [declared] = readStack(assembly).tables;
  if (declared === undefined) throw new Error('The stack declares no table');
  const settings = localDynamoDb(inject('dynamoDbEndpoint'));
  const table = openTable(`test-${randomUUID()}`, settings);
  await createTable(table.client, declared, table.name);
  const { Table: described } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
  const StreamArn = described?.LatestStreamArn;
  const streams = new DynamoDBStreamsClient(settings);
  return {
    table,
    async records() {
      const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
      const pages = (StreamDescription?.Shards ?? []).map(async ({ ShardId }) => {
        const { ShardIterator } = await streams.send(
          new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
        );
        const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
        return Records;
      });
      return (await Promise.all(pages)).flat();
    },
  };
}

const keyOf = ({ dynamodb }: StreamRecord) => [dynamodb?.Keys?.['pk']?.S ?? '', dynamodb?.Keys?.['sk']?.S];
const kindOf = (record: StreamRecord): string => {
  const [pk = '', sk] = keyOf(record);
  const [prefix] = pk.split('#');
  return `${record.eventName} ${prefix}${prefix === 'SESSION' ? `/${sk}` : ''}`;
};

describe("The filters of the table's changes", () => {
  const filters = mapping.FilterCriteria.Filters.map(({ Pattern }: { readonly Pattern: string }) =>
    readPattern(JSON.parse(Pattern), 'Pattern'),
  );
  const isTold = (record: unknown): boolean =>
    filters.some((filter: ReturnType<typeof readPattern>) => matchesPattern(filter, record));

  test('let through every change of a session and new messages, and no other', async () => {
    const { table, records } = await newStream();
    await createLocation(table, { name: 'custom-test', createdAt: 1, createdBy: 'the tests' });
    const session = await SessionUnderTest.open(table, 4);
    await session.reserve(request('ada'));
    await session.end();
    const roster = await RosterUnderTest.open(table);
    await roster.join('bob');
    const message = {
      queueIndex: 0,
      sender: xuidOf('bob'),
      data: Buffer.from('hello'),
      mustFollow: undefined,
    };
    await post({ table, clock: roster.clock.now, requestId: randomUUID() }, roster.address, message);

    const all = await records();
    const kinds = (told: boolean) =>
      [...new Set(all.filter((record) => isTold(record) === told).map(kindOf))].toSorted();
    expect(kinds(true)).toEqual(['INSERT MESSAGES', 'INSERT SESSION/SESSION', 'MODIFY SESSION/SESSION']);
    expect(kinds(false)).toEqual([
      'INSERT LOCATIONS',
      'INSERT PLAYERS',
      'INSERT ROSTER',
      'INSERT SESSION/PAYLOAD',
      'MODIFY SESSION/PAYLOAD',
    ]);
  });

  test.each([
    ['REMOVE', 'SESSION#key', 'SESSION', true],
    ['REMOVE', 'SESSION#key', 'PAYLOAD', false],
    ['REMOVE', 'PLAYERS#key', 'token', false],
    ['REMOVE', 'MESSAGES#key.1#0', '0000000001', false],
    ['INSERT', 'REMAINS#key.1', 'REMAINS', false],
  ])('tell of what is removed only where a session is gone: %s of %s/%s: %s', (eventName, pk, sk, told) => {
    expect(isTold({ eventName, dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } } })).toBe(told);
  });
});

test('The queue of dead letters keeps them for two weeks, encrypted, and takes them by TLS alone', () => {
  const id = logicalId('AWS::SQS::Queue');
  template.hasResourceProperties('AWS::SQS::Queue', {
    MessageRetentionPeriod: 14 * 24 * 3600,
    SqsManagedSseEnabled: true,
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: id }],
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Action: 'sqs:*',
          Principal: { AWS: '*' },
          Resource: attribute(id, 'Arn'),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
});
