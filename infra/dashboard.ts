import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '#functions/metric-names.ts';
import { counted, period, throttledRequests, type Watched } from './watched.ts';

/** What an operator asks, one row a question: is anything wrong, who gets in, what comes in, who hears of it, what is cleaned up. */
export function dashboard(
  scope: Construct,
  id: string,
  { watched, alarms }: { readonly watched: Watched; readonly alarms: readonly Alarm[] },
): Dashboard {
  return new Dashboard(scope, id, {
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 })],
      reservations(watched),
      requests(watched),
      functionCalls(watched),
      events(watched),
      cleanup(watched),
    ],
  });
}

const graph = (title: string, left: GraphWidgetProps['left'], rest: GraphWidgetProps = {}) =>
  new GraphWidget({ title, ...(left && { left }), ...rest, width: 8, height: 6 });

const sums = ({ service }: Watched, names: readonly MetricName[]) =>
  names.map((name) => counted(service, name, { period, statistic: Stats.SUM }));

const refused: MetricName = 'ReservationsRefused';

const reservations = (watched: Watched): IWidget[] => [
  graph(
    'Reservations, and sessions without a server',
    sums(watched, ['ReservationsMade', 'ReservationsTimedOut', 'PlacementsRefused']),
  ),
  graph('Reservations refused, by reason', [
    // The reasons are the service's answers: a search finds whichever were given.
    new MathExpression({
      expression: `SEARCH('{${metricNamespace},service,reason} MetricName="${refused}" service="${watched.service}"', 'Sum', ${period.toSeconds()})`,
      usingMetrics: {},
      label: '',
      period,
    }),
  ]),
  graph('Slots freed and sessions ended by the sweep', sums(watched, ['SlotsReclaimed', 'SessionsEnded'])),
  graph(
    'Server processes lost, and messages of theirs that failed',
    sums(watched, ['ProcessesLost', 'ServerRequestsFailed']),
  ),
];

const requests = ({ http, table }: Watched): IWidget[] => [
  graph('Requests', [
    http.metricCount({ period }),
    http.metricClientError({ period }),
    http.metricServerError({ period }),
  ]),
  graph('Milliseconds to an answer', [
    http.metricLatency({ period, statistic: Stats.p(50), label: 'half of them' }),
    http.metricLatency({ period, statistic: Stats.p(99), label: '99 %' }),
  ]),
  graph(
    'Capacity units of the table',
    [table.metricConsumedReadCapacityUnits({ period }), table.metricConsumedWriteCapacityUnits({ period })],
    { right: [throttledRequests(table)] },
  ),
];

function functionCalls({ functions }: Watched): IWidget[] {
  const all = Object.entries(functions);
  return [
    graph('Calls that broke off, or were turned away', [
      ...all.map(([name, lambda]) => lambda.metricErrors({ period, label: `${name}: broke off` })),
      ...all.map(([name, lambda]) => lambda.metricThrottles({ period, label: `${name}: turned away` })),
    ]),
    graph(
      'Calls at once',
      all.map(([name, lambda]) =>
        lambda.metric('ConcurrentExecutions', { period, statistic: Stats.MAXIMUM, label: name }),
      ),
    ),
    graph(
      'Milliseconds of a call, 99 %',
      all.map(([name, lambda]) => lambda.metricDuration({ period, statistic: Stats.p(99), label: name })),
    ),
  ];
}

const events = (watched: Watched): IWidget[] => [
  graph('Events published', sums(watched, ['EventsPublished'])),
  graph('Milliseconds that changes wait for', [
    watched.onChange.metric('IteratorAge', { period, statistic: Stats.MAXIMUM }),
  ]),
  graph('Changes that failed and come again, and dead letters', [
    ...sums(watched, ['RecordsFailed']),
    watched.deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
  ]),
];

const cleanup = (watched: Watched): IWidget[] => [
  graph('Sweeps', sums(watched, ['SweepRuns', 'SweepFailures'])),
  graph('Left by the sweep', [
    counted(watched.service, 'SweepBacklog', { period, statistic: Stats.MAXIMUM }),
  ]),
  graph('Items of sessions past their retention that were removed', sums(watched, ['ItemsRemoved'])),
];
