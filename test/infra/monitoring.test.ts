import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { metricNames, metricNamespace } from '#functions/metric-names.ts';
import { service, template } from './synthesized.ts';

type Metric = {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
};

type Alarm = Partial<Metric> & {
  readonly AlarmDescription: string;
  readonly ComparisonOperator: string;
  readonly DatapointsToAlarm?: number;
  readonly EvaluationPeriods: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Metric; readonly Stat: string };
  }[];
  readonly Statistic?: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
};

const resources = template.toJSON()['Resources'];
const alarms: readonly Alarm[] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
);

/** What goes off when, in one line, and behind it one for each figure that a formula is made of. */
function rule(alarm: Alarm): readonly string[] {
  const { Metrics = [], ComparisonOperator, Threshold } = alarm;
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = alarm;
  const [formula = figure(alarm, alarm.Statistic)] = Metrics.flatMap(({ Expression }) => Expression ?? []);
  const comparison = ComparisonOperator === 'GreaterThanThreshold' ? '>' : ComparisonOperator;
  const periods = `${DatapointsToAlarm} of ${EvaluationPeriods}`;
  return [
    `${formula} ${comparison} ${Threshold}, ${periods}, ${TreatMissingData}`,
    ...Metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined ? [] : [`${Id} = ${figure(MetricStat.Metric, MetricStat.Stat)}`],
    ),
  ];
}

/** A figure of CloudWatch with its dimensions, for which the construct stands that has it. */
function figure({ Namespace, MetricName, Dimensions = [] }: Partial<Metric>, statistic = ''): string {
  const dimensions = Dimensions.map(({ Name, Value }) => `${Name}: ${nameOf(Value)}`);
  return `${statistic} of ${Namespace} ${MetricName} {${dimensions.join(', ')}}`;
}

function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [id] = Object.keys(resources).filter((each) => JSON.stringify(value).includes(`"${each}"`));
  // Behind the name that it has in the construct there is a hash.
  return (id ?? '').replace(/^Service(.*)[0-9A-F]{8}$/, '$1');
}

describe('The alarms', () => {
  test('go off by these rules, over periods of five minutes', () => {
    expect(alarms.flatMap(rule)).toMatchInlineSnapshot(`
      [
        "100 * FILL(failed, 0) / requests > 1, 2 of 3, notBreaching",
        "failed = Sum of AWS/ApiGateway 5xx {ApiId: HttpApi}",
        "requests = SampleCount of AWS/ApiGateway Count {ApiId: HttpApi}",
        "Sum of Openslot ServerRequestsFailed {service: Openslot-Service-6897AE5D} > 0, 2 of 3, notBreaching",
        "SUM(METRICS("throttled")) > 0, 3 of 3, notBreaching",
        "throttledGetItem = Sum of AWS/DynamoDB ThrottledRequests {Operation: GetItem, TableName: SessionsTable}",
        "throttledBatchGetItem = Sum of AWS/DynamoDB ThrottledRequests {Operation: BatchGetItem, TableName: SessionsTable}",
        "throttledQuery = Sum of AWS/DynamoDB ThrottledRequests {Operation: Query, TableName: SessionsTable}",
        "throttledPutItem = Sum of AWS/DynamoDB ThrottledRequests {Operation: PutItem, TableName: SessionsTable}",
        "throttledUpdateItem = Sum of AWS/DynamoDB ThrottledRequests {Operation: UpdateItem, TableName: SessionsTable}",
        "throttledDeleteItem = Sum of AWS/DynamoDB ThrottledRequests {Operation: DeleteItem, TableName: SessionsTable}",
        "Sum of AWS/Lambda Errors {FunctionName: GameLiftFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Throttles {FunctionName: GameLiftFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Errors {FunctionName: GameServersFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Throttles {FunctionName: GameServersFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Errors {FunctionName: GameSessionsFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Throttles {FunctionName: GameSessionsFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Errors {FunctionName: EventsOnChangeFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Throttles {FunctionName: EventsOnChangeFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Errors {FunctionName: SweepRunFunction} > 0, 2 of 3, notBreaching",
        "Sum of AWS/Lambda Throttles {FunctionName: SweepRunFunction} > 0, 2 of 3, notBreaching",
        "Maximum of AWS/SQS ApproximateNumberOfMessagesVisible {QueueName: EventsDeadLetters} > 0, 1 of 1, ignore",
        "Maximum of AWS/Lambda IteratorAge {FunctionName: EventsOnChangeFunction} > 600000, 1 of 1, notBreaching",
        "(came > 0) AND (FILL(calls, 0) == 0) > 0, 3 of 12, notBreaching",
        "came = Sum of AWS/DynamoDB ConsumedWriteCapacityUnits {GlobalSecondaryIndexName: playerSessionsByPlayer, TableName: SessionsTable}",
        "calls = Sum of AWS/Lambda Invocations {FunctionName: EventsOnChangeFunction}",
        "Sum of Openslot SweepRuns {service: Openslot-Service-6897AE5D} LessThanThreshold 1, 1 of 1, breaching",
        "Minimum of Openslot SweepBacklog {service: Openslot-Service-6897AE5D} > 0, 6 of 6, notBreaching",
      ]
    `);
    const periods = JSON.stringify(alarms).match(/"Period":\d+/g);
    expect(new Set(periods)).toEqual(new Set(['"Period":300']));
  });

  test('name the part of the operator’s page that says what to do', () => {
    const page = readFileSync(path.join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const { AlarmDescription } of alarms) {
      const [, anchor] = /docs\/operations\.md#([a-z-]+)$/.exec(AlarmDescription) ?? [];
      expect(anchors).toContain(anchor);
    }
  });

  test('tell nobody in the stack as it is: it has no topic', () => {
    for (const alarm of alarms) {
      expect(alarm).not.toHaveProperty('AlarmActions');
      expect(alarm).not.toHaveProperty('OKActions');
    }
  });

  test('watch, of what the service counts, only what the functions count', () => {
    const metrics = alarms.flatMap((alarm): readonly Partial<Metric>[] => [
      alarm,
      ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
    ]);
    const own = metrics.filter(({ Namespace }) => Namespace === metricNamespace);
    expect(own.length).toBeGreaterThan(0);
    for (const { MetricName, Dimensions } of own) {
      expect(metricNames).toContain(MetricName);
      expect(Dimensions).toEqual([{ Name: 'service', Value: service }]);
    }
  });
});

describe('The dashboard', () => {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  /** With something in the place of what CloudFormation fills in. */
  const [, parts] = dashboard?.['Properties'].DashboardBody['Fn::Join'] ?? [];
  const body: string = parts.map((part: unknown) => (typeof part === 'string' ? part : 'Name')).join('');
  const { widgets } = JSON.parse(body);

  test('shows the state of all alarms', () => {
    const [{ type, properties }] = widgets;
    expect(type).toBe('alarm');
    expect(properties.alarms).toHaveLength(alarms.length);
  });

  test('shows everything that the functions count, and nothing of theirs that they do not', () => {
    const shown = [
      ...body.matchAll(new RegExp(`\\["${metricNamespace}","(\\w+)","service","${service}"`, 'g')),
    ].map(([, name]) => name);
    const searched = [...body.matchAll(/MetricName=\\"(\w+)\\" service=\\"([\w-]+)\\"/g)].map(
      ([, name, ofService]) => ({ name, ofService }),
    );
    expect(searched).toEqual([{ name: 'ReservationsRefused', ofService: service }]);
    expect(new Set([...shown, 'ReservationsRefused'])).toEqual(new Set(metricNames));
  });
});
