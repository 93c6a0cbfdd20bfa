import { describe, expect, inject, test } from 'vitest';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { readStack } from '#infra/local/stack.ts';
import { madeAssembly, madeFunction } from './made-template.ts';

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'games',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};
const mapping = (properties: object = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Games', 'StreamArn'] },
    FunctionName: { Ref: 'Door' },
    StartingPosition: 'TRIM_HORIZON',
    ...properties,
  },
});
const schedule = (properties: object = {}) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    FlexibleTimeWindow: { Mode: 'OFF' },
    ScheduleExpression: 'rate(1 minute)',
    Target: { Arn: { 'Fn::GetAtt': ['Door', 'Arn'] }, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    ...properties,
  },
});
const resources = {
  Games: table,
  Door: madeFunction('door', {
    FunctionName: 'door',
    Environment: { Variables: { BUS: { Ref: 'Bus' }, QUEUE: { 'Fn::GetAtt': ['Queue', 'QueueName'] } } },
  }),
  Role: { Type: 'AWS::IAM::Role' },
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'happenings' } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1209600 } },
  QueuePolicy: { Type: 'AWS::SQS::QueuePolicy' },
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Dimensions: [{ 'Fn::Select': [0, ['a']] }] } },
};
const read = (changes: object) => readStack(madeAssembly({ ...resources, ...changes }, { door: '' }));

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/games/stream/local';
const doorArn = 'arn:aws:lambda:us-east-1:000000000000:function:door';

describe('an event source mapping', () => {
  test('says which function is handed which changes, and what becomes of those that it fails at', () => {
    const { streams } = read({
      Mapping: mapping({
        BatchSize: 7,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
        Enabled: true,
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT"]}' }, { Pattern: '{"a":[1]}' }] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumBatchingWindowInSeconds: 2,
        MaximumRecordAgeInSeconds: 3600,
        MaximumRetryAttempts: 5,
        ParallelizationFactor: 1,
      }),
    });
    expect(streams).toEqual([
      {
        logicalId: 'Mapping',
        tableId: 'Games',
        arn: streamArn,
        functionId: 'Door',
        functionArn: doorArn,
        filters: [{ eventName: ['INSERT'] }, { a: [1] }],
        batchSize: 7,
        windowMs: 2_000,
        bisect: true,
        reportsFailures: true,
        maximumRetries: 5,
        maximumAgeMs: 3_600_000,
        deadLetterQueue: 'Queue',
      },
    ]);
  });

  test('that says nothing has what AWS has it by default', () => {
    const { streams } = read({ Mapping: mapping({ FunctionName: { 'Fn::GetAtt': ['Door', 'Arn'] } }) });
    expect(streams).toEqual([
      {
        logicalId: 'Mapping',
        tableId: 'Games',
        arn: streamArn,
        functionId: 'Door',
        functionArn: doorArn,
        filters: [],
        batchSize: 100,
        windowMs: 0,
        bisect: false,
        reportsFailures: false,
        maximumRetries: undefined,
        maximumAgeMs: undefined,
        deadLetterQueue: undefined,
      },
    ]);
  });

  test.each([
    [
      'of a table without a stream',
      { Games: { ...table, Properties: { ...table.Properties, StreamSpecification: undefined } } },
      'Games.StreamArn',
    ],
    ['of what is no stream of the stack', { Mapping: mapping({ EventSourceArn: 'arn:other' }) }, 'arn:other'],
    [
      'of what is no table',
      { Mapping: mapping({ EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }) },
      'no AWS::DynamoDB::Table',
    ],
    ['to a function elsewhere', { Mapping: mapping({ FunctionName: 'other' }) }, 'other'],
    [
      'with a queue elsewhere',
      { Mapping: mapping({ DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:other' } } }) },
      'arn:aws:sqs:other',
    ],
    ['from the latest change on', { Mapping: mapping({ StartingPosition: 'LATEST' }) }, 'StartingPosition'],
    [
      'of several batches at once',
      { Mapping: mapping({ ParallelizationFactor: 2 }) },
      'ParallelizationFactor',
    ],
    ['that is switched off', { Mapping: mapping({ Enabled: false }) }, 'Enabled'],
    ['that sums up', { Mapping: mapping({ TumblingWindowInSeconds: 5 }) }, 'TumblingWindowInSeconds'],
    [
      'with a filter that is no JSON',
      { Mapping: mapping({ FilterCriteria: { Filters: [{ Pattern: '{' }] } }) },
      'FilterCriteria.Filters.0.Pattern',
    ],
    [
      'with a filter that the local run does not know',
      { Mapping: mapping({ FilterCriteria: { Filters: [{ Pattern: '{"a":[{"cidr":"10.0.0.0/8"}]}' }] } }) },
      'Mapping.FilterCriteria.Filters.0.a',
    ],
  ])('%s is refused by name', (_, changes, named) => {
    const readIt = () => read({ Mapping: mapping(), ...changes });
    expect(readIt).toThrow(LocalRunError);
    expect(readIt).toThrow(named);
  });
});

describe('a schedule', () => {
  test.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(2 hours)', 7_200_000],
    ['rate(1 day)', 86_400_000],
  ])('calls its function by %s', (ScheduleExpression, everyMs) => {
    const { schedules } = read({ Each: schedule({ ScheduleExpression, State: 'ENABLED' }) });
    expect(schedules).toEqual([{ logicalId: 'Each', everyMs, functionId: 'Door', input: {} }]);
  });

  test('calls it with the event that it names', () => {
    const Target = { ...schedule().Properties.Target, Input: '{"why":"it is time"}' };
    expect(read({ Each: schedule({ Target }) }).schedules).toMatchObject([{ input: { why: 'it is time' } }]);
  });

  test.each([
    ['by the calendar', { ScheduleExpression: 'cron(0 12 * * ? *)' }, 'ScheduleExpression'],
    ['never', { ScheduleExpression: 'rate(0 minutes)' }, 'ScheduleExpression'],
    ['in a window', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'FlexibleTimeWindow'],
    ['switched off', { State: 'DISABLED' }, 'State'],
    ['until a day', { EndDate: '2030-01-01T00:00:00Z' }, 'EndDate'],
    [
      'of another service',
      { Target: { ...schedule().Properties.Target, Arn: 'arn:aws:sqs:x' } },
      'arn:aws:sqs:x',
    ],
  ])('%s is refused by name', (_, properties, named) => {
    const readIt = () => read({ Each: schedule(properties) });
    expect(readIt).toThrow(LocalRunError);
    expect(readIt).toThrow(named);
  });
});

test('buses and queues have their names, and functions can be told them', () => {
  const { buses, queues, functions } = read({});
  expect(buses).toEqual([
    {
      logicalId: 'Bus',
      name: 'happenings',
      arn: 'arn:aws:events:us-east-1:000000000000:event-bus/happenings',
    },
  ]);
  expect(queues).toEqual([
    { logicalId: 'Queue', name: 'Openslot-Queue', arn: 'arn:aws:sqs:us-east-1:000000000000:Openslot-Queue' },
  ]);
  expect(functions[0]?.environment).toEqual({ BUS: 'happenings', QUEUE: 'Openslot-Queue' });
});

test('a queue that keeps an order is refused, for the local run would not', () => {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } };
  expect(() => read({ Queue })).toThrow('FifoQueue');
});

test("the stack's own changes, schedule and bus lead to functions of its own", () => {
  const stack = readStack(inject('assembly'));
  const named = (id: string) => stack.functions.find(({ logicalId }) => logicalId === id);
  expect(stack.streams).toHaveLength(1);
  const [changes] = stack.streams;
  expect(named(changes?.functionId ?? '')?.environment).toMatchObject({
    TABLE_NAME: stack.tables[0]?.input.TableName,
    EVENT_BUS_NAME: stack.buses[0]?.name,
  });
  expect(changes?.tableId).toBe(stack.tables[0]?.logicalId);
  expect(changes?.deadLetterQueue).toBe(stack.queues[0]?.logicalId);
  expect(stack.schedules.map(({ everyMs }) => everyMs)).toEqual([60_000]);
  expect(named(stack.schedules[0]?.functionId ?? '')).toBeDefined();
});
