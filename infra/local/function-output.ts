import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';

const metricLineSchema = v.looseObject({
  _aws: v.object({
    Timestamp: v.number(),
    CloudWatchMetrics: v.array(
      v.object({
        Namespace: v.string(),
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.object({ Name: v.string(), Unit: v.optional(v.string()) })),
      }),
    ),
  }),
});

/**
 * One line of CloudWatch's embedded metric format. Values of metrics and dimensions are members of their own beside
 * `_aws`, which names them.
 */
export type MetricLine = v.InferOutput<typeof metricLineSchema>;

/** Takes what functions write. */
export type FunctionOutputs = {
  readonly log: Writable;
  /** Takes the lines from which CloudWatch reads metrics; they are not in the log. */
  readonly onMetric: (metric: MetricLine) => void;
};

/** Passes a function's standard output on, line by line. */
export function readFunctionOutput(output: Readable, { log, onMetric }: FunctionOutputs): void {
  createInterface({ input: output }).on('line', (line) => {
    const metric = metricOf(line);
    if (metric === undefined) log.write(`${line}\n`);
    else onMetric(metric);
  });
}

const metricLine = v.pipe(v.string(), v.includes('"_aws"'), v.parseJson(), metricLineSchema);

function metricOf(line: string): MetricLine | undefined {
  const parsed = v.safeParse(metricLine, line);
  return parsed.success ? parsed.output : undefined;
}
