import { beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '#functions/cleanup/sweep/environment.ts';
import { sweepBySchedule } from '#functions/cleanup/sweep/sweep-by-schedule.ts';
import type { Log } from '#functions/log.ts';
import type { Counts } from '#functions/meter.ts';
import { usualIdleTime, usualRetention } from '#lib/sessions/retention.ts';
import type { Table } from '#lib/table/client.ts';
import { payloadItemKey } from '#lib/table/keys.ts';
import { minute, openGameSession, spoil } from '#test/lib/cleanup/swept-table.ts';
import { request, type SessionUnderTest } from '#test/lib/sessions/session-under-test.ts';
import { newTable } from '#test/support/table.ts';

let table: Table;
beforeEach(async () => {
  ({ table } = await newTable());
});

/** One invocation: what it has logged, and what it has counted. */
async function invoke({ clock }: SessionUnderTest) {
  const lines: (readonly [string, ...unknown[]])[] = [];
  const counted: Counts[] = [];
  const line =
    (level: keyof Log) =>
    (...said: readonly unknown[]) =>
      void lines.push([level, ...said]);
  const handler = sweepBySchedule({
    table,
    retention: usualRetention,
    clock: clock.now,
    random: () => 0,
    meter: (counts) => void counted.push(counts),
    log: { info: line('info'), warn: line('warn'), error: line('error') },
  });
  await handler();
  return { lines, counted };
}

test('a run says what it has done, in one line of the log and in its metrics', async () => {
  const session = await openGameSession(table);
  await session.reserve(request('ada', 'bob'));
  await openGameSession(table, { idleTime: minute });
  session.clock.turn(minute);
  expect(await invoke(session)).toEqual({
    lines: [
      [
        'info',
        'Swept',
        { slotsReclaimed: 2, sessionsEnded: 1, processesLost: 0, itemsRemoved: 0, failed: 0, backlog: 0 },
      ],
    ],
    // What has not happened is not counted, but for what alarms go by.
    counted: [{ SweepRuns: 1, SweepBacklog: 0, SlotsReclaimed: 2, SessionsEnded: 1 }],
  });
});

test('a run that has failed to do something says what and why, and is a run all the same', async () => {
  const session = await openGameSession(table, { idleTime: usualIdleTime });
  const key = payloadItemKey(session.sessionKey);
  await spoil(table, key);
  session.clock.turn(usualIdleTime);
  const { lines, counted } = await invoke(session);
  expect(lines).toEqual([
    [
      'error',
      'Could not be swept',
      {
        what: `${key.pk}/${key.sk}`,
        error: 'Error',
        reason: 'An item of the table has unexpected attributes: createdAt',
        stack: expect.any(String),
      },
    ],
    ['info', 'Swept', expect.objectContaining({ failed: 1, backlog: 1 })],
  ]);
  expect(counted).toEqual([expect.objectContaining({ SweepRuns: 1, SweepFailures: 1, SweepBacklog: 1 })]);
});

test('the function does not start without what the stack tells it', () => {
  const environment = { TABLE_NAME: 'table', RETENTION_SECONDS: '3600', AWS_REGION: 'us-east-1' };
  expect(readEnvironment(environment)).toEqual({ ...environment, RETENTION_SECONDS: 3_600_000 });
  for (const name of Object.keys(environment)) {
    expect(() => readEnvironment({ ...environment, [name]: undefined })).toThrow();
  }
  expect(() => readEnvironment({ ...environment, RETENTION_SECONDS: 'a month' })).toThrow();
});
