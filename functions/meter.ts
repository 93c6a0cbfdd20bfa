import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type MetricName, metricNamespace } from './metric-names.ts';

/** What is counted at once, by metric. */
export type Counts = { readonly [Name in MetricName]?: number };

/** Those that are more than nought: each metric that is told of costs money by the month. */
export const aboveZero = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Takes counts. A `reason` gives each of them a further dimension. */
export type Meter = (counts: Counts, dimensions?: { readonly reason: string }) => void | Promise<void>;

/**
 * Counts by one line in the function's log, which CloudWatch reads metrics from (its embedded metric format). The name of the
 * service, by which deployments are told apart, is in the environment: POWERTOOLS_SERVICE_NAME.
 */
export const meter: Meter = (counts, dimensions = undefined) => {
  const metrics = new Metrics({ namespace: metricNamespace });
  if (dimensions !== undefined) metrics.addDimensions({ ...dimensions });
  for (const [name, count] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, count);
  metrics.publishStoredMetrics();
};
