import { readFileSync } from 'node:fs';
import path from 'node:path';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { parseRemainsItem, putRemains } from '#lib/table/remains-item.ts';
import { indexes } from '#lib/table/schema.ts';
import { template } from './synthesized.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/operations.md'), 'utf8');

test('The item by which an operator has the remains of a session removed is one that the sweep finds and reads', () => {
  const gone = { sessionKey: 'kQ2vTz81', createdAt: 1_773_500_366_535, removedAfter: 1_776_092_400_000 };
  const { sessionKey: session, createdAt, removedAfter: arrival } = gone;
  const values: Readonly<Record<string, unknown>> = { session, createdAt, arrival };
  const [, given = ''] = /put-item --table-name <TableName> --item '([^']+)'/.exec(page) ?? [];
  const item = unmarshall(JSON.parse(given.replace(/<(\w+)>/g, (_, name: string) => String(values[name]))));
  expect(parseRemainsItem(item)).toEqual(gone);
  // In any of the shards, since all are read.
  expect(item).toEqual({ ...putRemains(gone, 0).Item, [indexes.sessionsDue.partitionKey]: '0' });
});

test('The operator’s page names outputs that the stack has', () => {
  const named = [...page.matchAll(/<([A-Z]\w+)>/g)].map(([, name = '']) => name);
  const others = ['Words', 'UUID'];
  expect(new Set(named).difference(new Set([...Object.keys(template.findOutputs('*')), ...others]))).toEqual(
    new Set(),
  );
  expect(named).toEqual(expect.arrayContaining(['DeadLettersUrl', 'ChangesFunctionName']));
});

test('The operator’s page counts the alarms, and the metrics that they cost by', () => {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties,
  );
  const metrics = alarms.flatMap(({ Metrics = [{ MetricStat: true }] }) =>
    Metrics.filter(({ MetricStat }: { readonly MetricStat?: unknown }) => MetricStat !== undefined),
  );
  const cost = (metrics.length / 10).toFixed(2);
  expect(page).toContain(
    `the ${alarms.length} alarms ($${cost}, by the ${metrics.length} metrics that they watch)`,
  );
});
