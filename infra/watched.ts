import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Operation, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { type MetricName, metricNamespace } from '#functions/metric-names.ts';
import { indexes } from '#lib/table/schema.ts';

/** What an operator watches. */
export type Watched = {
  /** The dimension of what the functions count. */
  readonly service: string;
  readonly http: HttpApi;
  readonly table: Table;
  /** All of them, by what alarms and graphs call them. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** The one among them that reads the table's changes. */
  readonly onChange: LambdaFunction;
  readonly deadLetters: Queue;
};

/** Of what alarms look at and of what graphs show. */
export const period = Duration.minutes(5);

/** What the functions of this deployment count by themselves. */
export const counted = (service: string, metricName: MetricName, options: MetricOptions): Metric =>
  new Metric({ namespace: metricNamespace, metricName, dimensionsMap: { service }, ...options });

/** The operations that functions call the table with. */
const operations = [
  Operation.GET_ITEM,
  Operation.BATCH_GET_ITEM,
  Operation.QUERY,
  Operation.PUT_ITEM,
  Operation.UPDATE_ITEM,
  Operation.DELETE_ITEM,
];

/** How many requests DynamoDB turned away, for the table or for one of its indexes. */
export function throttledRequests(table: Table): MathExpression {
  const usingMetrics = Object.fromEntries(
    operations.map((Operation) => [
      `throttled${Operation}`,
      table.metric('ThrottledRequests', {
        dimensionsMap: { TableName: table.tableName, Operation },
        statistic: Stats.SUM,
        period,
      }),
    ]),
  );
  // An operation that was never turned away has no figures, and a plain sum with it would have none either.
  return new MathExpression({
    expression: 'SUM(METRICS("throttled"))',
    usingMetrics,
    label: 'requests turned away by DynamoDB',
    period,
  });
}

/**
 * Whether players came while the function for changes was not called at all: 1 or 0. Who comes is written to the index by
 * player, which nothing writes to that does not change a session too, but for removals. The table's own figures would not do:
 * they count writes that were refused, and what the sweep puts off, and neither is a change that anybody is called for.
 */
export function unheardArrivals({ table, onChange }: Pick<Watched, 'table' | 'onChange'>): MathExpression {
  const came = table.metric('ConsumedWriteCapacityUnits', {
    dimensionsMap: {
      TableName: table.tableName,
      GlobalSecondaryIndexName: indexes.playerSessionsByPlayer.name,
    },
    statistic: Stats.SUM,
    period,
  });
  const calls = onChange.metricInvocations({ statistic: Stats.SUM, period });
  return new MathExpression({
    // A function that was not called has no figure at all.
    expression: '(came > 0) AND (FILL(calls, 0) == 0)',
    usingMetrics: { came, calls },
    label: 'players came, and nobody was called',
    period,
  });
}
