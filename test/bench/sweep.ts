import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localAwsAccess } from '#infra/local/account.ts';
import { readStack } from '#infra/local/stack.ts';
import { createTable } from '#infra/local/tables.ts';
import { openslotApp } from '#infra/openslot-app.ts';
import { sweep } from '#lib/cleanup/sweep.ts';
import { RecentlyFull } from '#lib/sessions/recently-full.ts';
import { reserve } from '#lib/sessions/reserve.ts';
import { usualRetention } from '#lib/sessions/retention.ts';
import { openTable, type Table } from '#lib/table/client.ts';
import { atOnce } from '#test/support/at-once.ts';
import { CapacityMeter, unitsOf } from '#test/support/capacity-meter.ts';
import { fillFleet } from './fleet.ts';
import { openSessions } from './reservation.ts';
import type { Extent, Result } from './result.ts';
import type { Service } from './service.ts';

/** What a sweep took. */
type Spent = { readonly calls: number; readonly rcu: number; readonly wcu: number };

const isRead = (operation: string): boolean => /^(BatchGet|Get|Query)/.test(operation);

/**
 * DynamoDB calls and capacity units of one sweep that finds a hundred lapsed reservations in as many sessions, among few live
 * sessions and among many. These are counts and no timings.
 */
export async function measureSweep(service: Service, { quick }: Extent): Promise<readonly Result[]> {
  const [few, many, lapsed] = quick ? [20, 100, 10] : [1_000, 10_000, 100];
  const amongFew = await sweepAmong(service, few, lapsed);
  const amongMany = await sweepAmong(service, many, lapsed);
  const row = (unit: string, units: (spent: Spent) => number): Result => ({
    name: `Sweep of ${lapsed} lapsed among ${many} live sessions`,
    unit,
    openslot: units(amongMany),
    beside: { what: `among ${few}`, value: units(amongFew) },
    ratio: units(amongMany) / units(amongFew),
    target: { atMost: 1.1 },
  });
  return [row('calls', ({ calls }) => calls), row('RCU', ({ rcu }) => rcu), row('WCU', ({ wcu }) => wcu)];
}

/** In a table of its own, where nothing else lapses. */
async function sweepAmong({ dynamoDb }: Service, live: number, lapsed: number): Promise<Spent> {
  const table = openTable(`bench-sweep-${live}`, { ...localAwsAccess, endpoint: dynamoDb.endpoint });
  try {
    await createLike(table);
    await fillFleet(table, live);
    await reserveAndLapse(table, lapsed);
    const meter = new CapacityMeter(table);
    const report = await sweep({
      table,
      clock: Date.now,
      random: Math.random,
      retention: usualRetention,
      onFailure: (error) => {
        throw error;
      },
    });
    if (report.slotsReclaimed !== lapsed)
      throw new Error(`The sweep has freed ${report.slotsReclaimed} slots`);
    const readings = meter.take();
    const sum = (ofReads: boolean) =>
      readings
        .filter(({ operation }) => isRead(operation) === ofReads)
        .reduce((total, reading) => total + unitsOf(reading), 0);
    return { calls: readings.length, rcu: sum(true), wcu: sum(false) };
  } finally {
    table.client.destroy();
  }
}

async function createLike(table: Table): Promise<void> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'openslot-bench-'));
  try {
    openslotApp({ outdir, checks: false }).synth();
    const [declared] = readStack(outdir).tables;
    if (declared === undefined) throw new Error('The stack declares no table');
    await createTable(table.client, withoutStream(declared), table.name);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Nobody reads it, and DynamoDB Local writes more slowly with each. */
const withoutStream = (declared: Parameters<typeof createTable>[1]): Parameters<typeof createTable>[1] => ({
  ...declared,
  input: { ...declared.input, StreamSpecification: undefined },
});

/** One reservation in each of as many sessions, two minutes ago. */
async function reserveAndLapse(table: Table, count: number): Promise<void> {
  const now = Date.now() - 120_000;
  const context = { table, recentlyFull: new RecentlyFull(), now, random: Math.random };
  const sessions = await openSessions(table, count, 8);
  await atOnce(8, sessions.length, async (i) => {
    const session = sessions[i];
    if (session === undefined) return;
    const outcome = await reserve(context, {
      ...session,
      players: [{ playerId: `player-${i}`, playerData: undefined }],
      requestToken: `request-${i}`,
      mayBeRetry: false,
    });
    if (outcome.kind !== 'reserved') throw new Error(`A reservation ended as ${outcome.kind}`);
  });
}
