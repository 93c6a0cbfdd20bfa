import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lazyMeter } from '#functions/lazy-meter.ts';
import { aboveZero, type Meter, meter } from '#functions/meter.ts';
import { type MetricName, metricNames, metricNamespace } from '#functions/metric-names.ts';

/** What CloudWatch makes of a line in its embedded metric format. */
const MetricLine = v.looseObject({
  _aws: v.object({
    Timestamp: v.pipe(v.number(), v.integer()),
    CloudWatchMetrics: v.array(
      v.object({
        Namespace: v.string(),
        Dimensions: v.array(v.array(v.string())),
        Metrics: v.array(v.looseObject({ Name: v.string(), Unit: v.string() })),
      }),
    ),
  }),
});

let written: string;
beforeEach(() => {
  written = '';
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'openslot-of-the-tests');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The lines that were written since the last look, as JSON that CloudWatch takes. */
const lines = () =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => v.parse(MetricLine, JSON.parse(line)));

describe.each<[string, Meter]>([
  ['the meter', meter],
  ['the meter that is loaded when something is counted', lazyMeter],
])('%s', (_, count) => {
  test('writes one line for all that is counted at once, by deployment', async () => {
    await count({ SweepRuns: 1, SweepBacklog: 0, SlotsReclaimed: 12 });
    const [line, ...more] = lines();
    expect(more).toEqual([]);
    expect(line?._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: metricNamespace,
        Dimensions: [['service']],
        Metrics: ['SweepRuns', 'SweepBacklog', 'SlotsReclaimed'].map((Name) => ({ Name, Unit: 'Count' })),
      },
    ]);
    expect(line).toMatchObject({
      service: 'openslot-of-the-tests',
      SweepRuns: 1,
      SweepBacklog: 0,
      SlotsReclaimed: 12,
    });
    expect(Math.abs((line?._aws.Timestamp ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('tells a reason by a further dimension, and of that line alone', async () => {
    await count({ ReservationsRefused: 1 }, { reason: 'full' });
    await count({ ReservationsRefused: 1 }, { reason: 'denied' });
    await count({ EventsPublished: 3 });
    expect(
      lines().map(({ _aws, reason }) => [
        _aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions),
        reason,
      ]),
    ).toEqual([
      [[['service', 'reason']], 'full'],
      [[['service', 'reason']], 'denied'],
      [[['service']], undefined],
    ]);
  });
});

test('of counts that say nothing where they are nought those are left that are not', () => {
  expect(aboveZero({ EventsPublished: 3, RecordsFailed: 0, ItemsRemoved: 1 })).toEqual({
    EventsPublished: 3,
    ItemsRemoved: 1,
  });
  expect(aboveZero({ RecordsFailed: 0 })).toEqual({});
});

test('every metric can be counted, each by its own name', () => {
  const counts: Partial<Record<MetricName, number>> = Object.fromEntries(
    metricNames.map((name, i) => [name, i]),
  );
  meter(counts);
  const [line] = lines();
  expect(line).toMatchObject(counts);
  expect(new Set(metricNames).size).toBe(metricNames.length);
});
