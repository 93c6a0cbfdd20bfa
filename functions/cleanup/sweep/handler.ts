import { clientSettings } from '#functions/client-settings.ts';
import { log } from '#functions/log.ts';
import { meter } from '#functions/meter.ts';
import { openTable } from '#lib/table/client.ts';
import { readEnvironment } from './environment.ts';
import { sweepBySchedule } from './sweep-by-schedule.ts';

const environment = readEnvironment(process.env);

/** The Lambda entry: the sweep with the client that this instance keeps. */
export const handler = sweepBySchedule({
  table: openTable(environment.TABLE_NAME, clientSettings(environment.AWS_REGION)),
  retention: environment.RETENTION_SECONDS,
  clock: Date.now,
  random: Math.random,
  meter,
  log,
});
