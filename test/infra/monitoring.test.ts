import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { metricNames, metricNamespace } from '#functions/metric-names.ts';
import { logicalId, service, template } from './synthesized.ts';

type Alarm = {
  readonly AlarmDescription: string;
  readonly ComparisonOperator: string;
  readonly DatapointsToAlarm?: number;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly EvaluationPeriods: number;
  readonly MetricName?: string;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Metric: Metric };
  }[];
  readonly Namespace?: string;
  readonly Period?: number;
  readonly Statistic?: string;
  readonly Threshold: number;
  readonly TreatMissingData: string;
};

type Metric = Required<Pick<Alarm, 'MetricName' | 'Namespace' | 'Dimensions'>>;

const alarms: readonly Alarm[] = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
  ({ Properties }) => Properties,
);

/** What goes off when, in one line. */
function rule(alarm: Alarm): string {
  const { Statistic, MetricName, Metrics, ComparisonOperator, Threshold } = alarm;
  const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData } = alarm;
  const [expression] = (Metrics ?? []).flatMap(({ Expression }) => Expression ?? []);
  const watched = expression ?? `${Statistic} of ${ofWhat(alarm)}${MetricName}`;
  const comparison = ComparisonOperator === 'GreaterThanThreshold' ? '>' : ComparisonOperator;
  const periods = `${DatapointsToAlarm} of ${EvaluationPeriods}`;
  return `${watched} ${comparison} ${Threshold}, ${periods}, ${TreatMissingData}`;
}

const functions = Object.fromEntries(
  ['GameLift', 'GameSessions', 'OnChange', 'SweepRun'].map((part) => [
    logicalId('AWS::Lambda::Function', part),
    part,
  ]),
);

function ofWhat({ Dimensions = [] }: Alarm): string {
  const [dimension] = Dimensions;
  const value = JSON.stringify(dimension?.Value);
  const found = Object.entries(functions).find(([id]) => value === JSON.stringify({ Ref: id }));
  return found === undefined ? '' : `${found[1]}.`;
}

describe('The alarms', () => {
  test('go off by these rules, over periods of five minutes', () => {
    expect(alarms.map(rule)).toEqual([
      '100 * FILL(failed, 0) / requests > 1, 2 of 3, notBreaching',
      'SUM(METRICS("throttled")) > 0, 3 of 3, notBreaching',
      ...Object.values(functions).flatMap((name) => [
        `Sum of ${name}.Errors > 0, 2 of 3, notBreaching`,
        `Sum of ${name}.Throttles > 0, 2 of 3, notBreaching`,
      ]),
      'Maximum of ApproximateNumberOfMessagesVisible > 0, 1 of 1, ignore',
      'Maximum of OnChange.IteratorAge > 600000, 1 of 1, notBreaching',
      'Sum of SweepRuns LessThanThreshold 1, 1 of 1, breaching',
      'Minimum of SweepBacklog > 0, 6 of 6, notBreaching',
    ]);
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
