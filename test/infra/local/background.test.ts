import { readdirSync } from 'node:fs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startBackground } from '#infra/local/background.ts';
import type { DeadLetter } from '#infra/local/dead-letter.ts';
import { FunctionFailedError } from '#infra/local/function-errors.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { type LocalStack, readStack } from '#infra/local/stack.ts';
import { madeAssembly, madeFunction, temporaryDirectory } from './made-template.ts';
import { newStreamedTable } from './streamed-table.ts';

/** A stack of one function, which is called with the changes of games in the table and each minute. */
function madeStack(tableName: string): LocalStack {
  const outdir = madeAssembly(
    {
      Games: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: tableName,
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        },
      },
      Door: madeFunction('door'),
      Lost: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'lost' } },
      Role: { Type: 'AWS::IAM::Role' },
      Changes: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Lost', 'Arn'] } } },
          EventSourceArn: { 'Fn::GetAtt': ['Games', 'StreamArn'] },
          FilterCriteria: {
            Filters: [{ Pattern: '{"dynamodb":{"Keys":{"pk":{"S":[{"anything-but":"player"}]}}}}' }],
          },
          FunctionName: { Ref: 'Door' },
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 1,
          StartingPosition: 'TRIM_HORIZON',
        },
      },
      Each: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          FlexibleTimeWindow: { Mode: 'OFF' },
          ScheduleExpression: 'rate(1 minute)',
          Target: { Arn: { 'Fn::GetAtt': ['Door', 'Arn'] }, Input: '{"sweep":true}', RoleArn: 'arn:role' },
        },
      },
    },
    { door: '' },
  );
  return readStack(outdir);
}

const isChanges = (event: unknown): event is DynamoDBStreamEvent =>
  typeof event === 'object' && event !== null && 'Records' in event;

/** What goes on in that stack, with the calls of its function that `fails` does not refuse. */
async function start(tableName: string, fails: (changed: readonly string[]) => boolean = () => false) {
  const changes: DynamoDBStreamEvent['Records'] = [];
  const others: unknown[] = [];
  const letters: (readonly [string | undefined, DeadLetter])[] = [];
  const directory = temporaryDirectory();
  const background = await startBackground(madeStack(tableName), {
    endpoint: inject('dynamoDbEndpoint'),
    directory,
    invoke: async (functionId, event) => {
      expect(functionId).toBe('Door');
      const records = isChanges(event) ? event.Records : [];
      if (fails(records.map(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S ?? '')))
        throw new FunctionFailedError();
      changes.push(...records);
      if (!isChanges(event)) others.push(event);
    },
    onDeadLetter: (letter, queue) => letters.push([queue, letter]),
  });
  onTestFinished(background.stop);
  const changed = () => changes.map(({ eventName, dynamodb }) => [eventName, dynamodb?.Keys?.['pk']?.S]);
  return { background, directory, changes, changed, others, letters };
}

test('changes of the table reach the function that is to have them, and removals by time are told apart', async () => {
  const { table, put, remove, names } = await newStreamedTable();
  const { background, changed, changes, directory } = await start(table.input.TableName);
  await put('player', { ttl: { N: '1' } });
  await put('over', { ttl: { N: '1' } });
  await put('left');
  await remove('left');
  await background.removeExpired();
  expect(await names()).toEqual([]);
  await vi.waitFor(() =>
    expect(changed()).toEqual([
      ['INSERT', 'over'],
      ['INSERT', 'left'],
      ['REMOVE', 'left'],
      ['REMOVE', 'over'],
    ]),
  );
  const service = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
  expect(changes.map(({ userIdentity }) => userIdentity)).toEqual([undefined, undefined, undefined, service]);
  expect(readdirSync(directory)).toEqual(['Changes.positions.json']);
});

test('a change that the function fails at goes to its queue, and the others do not wait for ever', async () => {
  const { table, put } = await newStreamedTable();
  for (const name of ['before', 'poison', 'after']) await put(name);
  const { changed, letters } = await start(table.input.TableName, (names) => names.includes('poison'));
  await vi.waitFor(() => expect(changed()).toHaveLength(2), { timeout: 10_000 });
  expect(changed()).toEqual([
    ['INSERT', 'before'],
    ['INSERT', 'after'],
  ]);
  expect(letters).toEqual([
    ['lost', expect.objectContaining({ DDBStreamBatchInfo: expect.objectContaining({ batchSize: 1 }) })],
  ]);
});

test('schedules call their function with the event that they name, and fail where it does', async () => {
  const { table } = await newStreamedTable();
  const { background, others } = await start(table.input.TableName);
  await background.runSchedules();
  expect(others).toEqual([{ sweep: true }]);
  await background.stop();

  const failing = await start(table.input.TableName, () => true);
  await expect(failing.background.runSchedules()).rejects.toThrow(FunctionFailedError);
});

test('a table that has lost its stream ends the start', async () => {
  await expect(start('no-such-table')).rejects.toThrow(LocalRunError);
});
