import path from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  aliasesPartition,
  aliasItemKey,
  computeItemKey,
  connectionItemKey,
  creationsItemKey,
  dataItemKey,
  fleetItemKey,
  fleetsPartition,
  locationItemKey,
  locationsPartition,
  messageItemKey,
  payloadItemKey,
  playerItemKey,
  processItemKey,
  remainsItemKey,
  rosterRecordKey,
  sessionItemKey,
} from '#lib/table/keys.ts';
import { indexes } from '#lib/table/schema.ts';
import { attribute, logicalId, template } from './synthesized.ts';

const table = attribute(logicalId('AWS::DynamoDB::Table'), 'Arn');
const stream = attribute(logicalId('AWS::DynamoDB::Table'), 'StreamArn');
const fleetPartitions = [aliasesPartition, fleetsPartition, locationsPartition];
/** What both functions that clean up remove, but for what only the sweep does. */
const removed = ['SESSION#*', 'PLAYERS#*', 'ROSTER#*', 'MESSAGES#*'];

/** To send messages to those who are connected, and nothing else of the management API. */
const post = [
  'execute-api:ManageConnections',
  {
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':execute-api:',
        { Ref: 'AWS::Region' },
        ':',
        { Ref: 'AWS::AccountId' },
        ':',
        { Ref: logicalId('AWS::ApiGatewayV2::Api', 'WebSocket') },
        '/live/POST/@connections/*',
      ],
    ],
  },
];
const process = processItemKey({ computeKey: 'compute', processHash: 'process' });

/** Each function: the partitions that it may write to, with the items that it does write there, and what else it may do. */
const functions = [
  {
    part: 'GameLift',
    reads: ['BatchGetItem', 'GetItem', 'Query'],
    queries: [indexes.sessionsByFleet, indexes.playerSessionsByPlayer, indexes.searchableSessions],
    puts: ['SESSION#*', 'PLAYERS#*', 'CREATOR#*', 'COMPUTES#*', ...fleetPartitions],
    updates: ['SESSION#*', 'PLAYERS#*', 'CREATOR#*', 'COMPUTES#*', 'PROCESSES#*', ...fleetPartitions],
    deletes: ['COMPUTES#*', ...fleetPartitions],
    put: [
      sessionItemKey('session'),
      payloadItemKey('session'),
      dataItemKey('session'),
      playerItemKey('session', 'token'),
      creationsItemKey('creator'),
      computeItemKey('fleet', 'compute'),
      fleetItemKey('fleet'),
      locationItemKey('location'),
      aliasItemKey('alias'),
    ],
    updated: [
      sessionItemKey('session'),
      payloadItemKey('session'),
      playerItemKey('session', 'token'),
      creationsItemKey('creator'),
      // Tokens.
      computeItemKey('fleet', 'compute'),
      process,
      fleetItemKey('fleet'),
      // Tags.
      locationItemKey('location'),
      aliasItemKey('alias'),
    ],
    others: [['secretsmanager:GetSecretValue', { Ref: logicalId('AWS::SecretsManager::Secret') }], post],
  },
  {
    part: 'GameServers',
    reads: ['BatchGetItem', 'GetItem', 'Query'],
    queries: [indexes.playerSessionsByPlayer],
    puts: ['CONNECTION#*', 'PROCESSES#*'],
    updates: ['SESSION#*', 'PLAYERS#*', 'PROCESSES#*', 'COMPUTES#*'],
    deletes: ['CONNECTION#*'],
    put: [connectionItemKey('L0SM9cOFvHcCIhw='), process],
    updated: [
      sessionItemKey('session'),
      playerItemKey('session', 'token'),
      process,
      // Tokens.
      computeItemKey('fleet', 'compute'),
    ],
    others: [post],
  },
  {
    part: 'GameSessions',
    reads: ['BatchGetItem', 'GetItem', 'Query'],
    queries: [indexes.playerSessionsByPlayer, indexes.sessionsByFleet],
    puts: ['SESSION#*', 'ROSTER#*', 'MESSAGES#*'],
    updates: ['SESSION#*'],
    deletes: ['MESSAGES#*'],
    put: [sessionItemKey('session'), rosterRecordKey('session', 'token'), messageItemKey('session', 3, 1)],
    updated: [sessionItemKey('session')],
    others: [],
  },
  {
    part: 'OnChange',
    reads: ['GetItem', 'Query'],
    queries: [],
    puts: ['REMAINS#*'],
    updates: ['SESSION#*'],
    deletes: removed,
    put: [remainsItemKey('session', 1)],
    updated: [payloadItemKey('session')],
    others: [
      ['events:PutEvents', attribute(logicalId('AWS::Events::EventBus'), 'Arn')],
      ['sqs:SendMessage', attribute(logicalId('AWS::SQS::Queue'), 'Arn')],
      ['dynamodb:DescribeStream', stream],
      ['dynamodb:GetRecords', stream],
      ['dynamodb:GetShardIterator', stream],
      ['dynamodb:ListStreams', stream],
    ],
  },
  {
    part: 'SweepRun',
    reads: ['BatchGetItem', 'GetItem', 'Query'],
    queries: [indexes.sessionsDue],
    puts: ['REMAINS#*'],
    updates: ['SESSION#*', 'PROCESSES#*'],
    deletes: [...removed, 'REMAINS#*'],
    put: [remainsItemKey('session', 1)],
    updated: [sessionItemKey('session'), payloadItemKey('session'), process],
    others: [],
  },
] as const;

const listed = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** What the policy allows, one row an action and a resource, however the statements are put together. */
function allowedBy(policy: string): readonly unknown[] {
  const properties = template.findResources('AWS::IAM::Policy')[policy]?.['Properties'];
  return properties.PolicyDocument.Statement.flatMap((statement: Statement) => {
    const { Effect, Action, Resource, Condition, ...rest } = statement;
    expect({ Effect, rest }).toEqual({ Effect: 'Allow', rest: {} });
    return listed(Action).flatMap((action) =>
      listed(Resource).map((resource) => [action, resource, ...(Condition === undefined ? [] : [Condition])]),
    );
  });
}

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

const inPartitions = (partitions: readonly string[]) => ({
  Null: { 'dynamodb:LeadingKeys': 'false' },
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
});

const inOrder = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted();

describe.each(functions)('The function $part', (each) => {
  test('may do exactly what it does, to exactly what it does it to', () => {
    const log = attribute(logicalId('AWS::Logs::LogGroup', each.part), 'Arn');
    const allowed = allowedBy(logicalId('AWS::IAM::Policy', each.part));
    expect(inOrder(allowed)).toEqual(
      inOrder([
        ['logs:CreateLogStream', log],
        ['logs:PutLogEvents', log],
        ...each.reads.map((action) => [`dynamodb:${action}`, table]),
        ['dynamodb:PutItem', table, inPartitions(each.puts)],
        ['dynamodb:UpdateItem', table, inPartitions(each.updates)],
        ['dynamodb:DeleteItem', table, inPartitions(each.deletes)],
        ...each.queries.map(({ name }) => [
          'dynamodb:Query',
          { 'Fn::Join': ['', [table, `/index/${name}`]] },
        ]),
        ...each.others,
      ]),
    );
  });

  test('has a role of its own, which that policy is for', () => {
    const role = logicalId('AWS::IAM::Role', each.part);
    const lambda =
      template.findResources('AWS::Lambda::Function')[logicalId('AWS::Lambda::Function', each.part)];
    expect(lambda?.['Properties'].Role).toEqual(attribute(role, 'Arn'));
    const policy = template.findResources('AWS::IAM::Policy')[logicalId('AWS::IAM::Policy', each.part)];
    expect(policy?.['Properties'].Roles).toEqual([{ Ref: role }]);
  });

  test.each(each.put)('may put $pk', ({ pk }) => {
    expect(each.puts.some((partition) => path.matchesGlob(pk, partition))).toBe(true);
  });

  test.each(each.updated)('may update $pk', ({ pk }) => {
    expect(each.updates.some((partition) => path.matchesGlob(pk, partition))).toBe(true);
  });
});

test('There are five functions and the schedule, each with a role of its own, without a managed policy and without a wildcard but for connections', () => {
  template.resourceCountIs('AWS::Lambda::Function', 5);
  template.resourceCountIs('AWS::IAM::Policy', 6);
  template.resourceCountIs('AWS::IAM::Role', 6);
  template.allResourcesProperties('AWS::IAM::Role', {
    ManagedPolicyArns: Match.absent(),
    Policies: Match.absent(),
  });
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const allowed = policies
    .flatMap((policy) => policy['Properties'].PolicyDocument.Statement)
    .map(({ Action, Resource }) => [Action, Resource]);
  const all = JSON.stringify([allowed, template.findResources('AWS::IAM::Role')]);
  expect(all.replaceAll(JSON.stringify(post), '')).not.toContain('*');
});
