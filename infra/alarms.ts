import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  type MetricOptions,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { counted, period, throttledRequests, unheardArrivals, type Watched } from './watched.ts';

/** The part of docs/operations.md that says what an alarm means and what to do. */
type Page =
  | 'requests-fail'
  | 'game-servers-are-not-answered'
  | 'a-function-fails'
  | 'a-function-is-throttled'
  | 'the-table-is-throttled'
  | 'dead-letters'
  | 'events-are-late'
  | 'events-have-stopped'
  | 'the-sweep-does-not-run'
  | 'the-sweep-is-behind';

type AlarmRule = Pick<AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods'> &
  Partial<Pick<AlarmProps, 'comparisonOperator' | 'datapointsToAlarm' | 'treatMissingData'>> & {
    readonly says: string;
    readonly page: Page;
  };

const sum: MetricOptions = { period, statistic: Stats.SUM };

/** What somebody has to look at. Each alarm names the part of the operator's page that says what to do. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: { readonly watched: Watched; readonly topic?: ITopic }) {
    super(scope, id);
    const { watched, topic } = props;
    this.all = Object.entries(rules(watched)).map(([name, rule]) => this.add(name, rule));
    if (topic === undefined) return;
    for (const alarm of this.all) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }

  private add(name: string, { says, page, ...rule }: AlarmRule): Alarm {
    return new Alarm(this, name, {
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...rule,
      alarmDescription: `${says} What to do: docs/operations.md#${page}`,
    });
  }
}

function rules(watched: Watched): Readonly<Record<string, AlarmRule>> {
  return {
    ...requestRules(watched),
    ...functionRules(watched),
    ...eventRules(watched),
    ...sweepRules(watched),
  };
}

const requestRules = ({ service, http, table }: Watched): Readonly<Record<string, AlarmRule>> => ({
  RequestsFail: {
    says: 'More than 1 % of the requests are answered by 5xx.',
    page: 'requests-fail',
    metric: new MathExpression({
      // Where nothing failed there may be no figure at all.
      expression: '100 * FILL(failed, 0) / requests',
      usingMetrics: { failed: http.metricServerError({ period }), requests: http.metricCount({ period }) },
      label: 'requests answered by 5xx, in percent',
      period,
    }),
    threshold: 1,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  },
  ServerRequestsFail: {
    // The gateway sees nothing of it: what is wrong stands in the answer itself.
    says: 'Messages of game servers cannot be answered.',
    page: 'game-servers-are-not-answered',
    metric: counted(service, 'ServerRequestsFailed', sum),
    threshold: 0,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
  },
  TableThrottled: {
    says: 'DynamoDB has turned requests away for a quarter of an hour.',
    page: 'the-table-is-throttled',
    metric: throttledRequests(table),
    threshold: 0,
    evaluationPeriods: 3,
  },
});

function functionRules({ functions }: Watched): Readonly<Record<string, AlarmRule>> {
  const rulesOf = Object.entries(functions).flatMap(([name, lambda]): [string, AlarmRule][] => [
    [
      `${name}Fails`,
      {
        says: `The function ${name} has broken off again and again.`,
        page: 'a-function-fails',
        metric: lambda.metricErrors(sum),
        threshold: 0,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
      },
    ],
    [
      `${name}Throttled`,
      {
        says: `Lambda has turned calls of the function ${name} away.`,
        page: 'a-function-is-throttled',
        metric: lambda.metricThrottles(sum),
        threshold: 0,
        evaluationPeriods: 3,
        datapointsToAlarm: 2,
      },
    ],
  ]);
  return Object.fromEntries(rulesOf);
}

const eventRules = ({ table, onChange, deadLetters }: Watched): Readonly<Record<string, AlarmRule>> => ({
  DeadLetters: {
    says: 'Changes could not be processed: their events are missing.',
    page: 'dead-letters',
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
    threshold: 0,
    evaluationPeriods: 1,
    // A queue that nobody touches falls silent after six hours, with the letters still in it.
    treatMissingData: TreatMissingData.IGNORE,
  },
  EventsLate: {
    says: 'Changes wait for more than ten minutes before they become events.',
    page: 'events-are-late',
    metric: onChange.metric('IteratorAge', { period, statistic: Stats.MAXIMUM }),
    threshold: Duration.minutes(10).toMilliseconds(),
    evaluationPeriods: 1,
  },
  EventsStopped: {
    // Whoever is not called has no figure of how late the call was.
    says: 'Players come, and the function for changes is not called.',
    page: 'events-have-stopped',
    metric: unheardArrivals({ table, onChange }),
    threshold: 0,
    evaluationPeriods: 12,
    // In a quiet hour the only player of a period may come in its last second, and the call may be in the next one.
    datapointsToAlarm: 3,
  },
});

const sweepRules = ({ service }: Watched): Readonly<Record<string, AlarmRule>> => ({
  SweepMissing: {
    says: 'No sweep has come to its end for five minutes.',
    page: 'the-sweep-does-not-run',
    metric: counted(service, 'SweepRuns', sum),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.BREACHING,
  },
  SweepBehind: {
    says: 'Each sweep of the last half hour has left something that was due.',
    page: 'the-sweep-is-behind',
    metric: counted(service, 'SweepBacklog', { period, statistic: Stats.MINIMUM }),
    threshold: 0,
    evaluationPeriods: 6,
  },
});
