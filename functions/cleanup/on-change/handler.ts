import { setTimeout } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { clientSettings } from '#functions/client-settings.ts';
import { log } from '#functions/log.ts';
import { meter } from '#functions/meter.ts';
import { openTable } from '#lib/table/client.ts';
import { readEnvironment } from './environment.ts';
import { onChange } from './on-change.ts';
import { publishTo } from './publish.ts';

const environment = readEnvironment(process.env);

const settings = clientSettings(environment.AWS_REGION);
const table = openTable(environment.TABLE_NAME, settings);
const eventBridge = new EventBridgeClient({
  ...settings,
  maxAttempts: table.client.config.maxAttempts,
  requestHandler: table.client.config.requestHandler,
});

/** The Lambda entry: what consumes the table's stream, with the clients that this instance keeps. */
export const handler = onChange({
  table,
  publish: publishTo(eventBridge, environment.EVENT_BUS_NAME, { sleep: setTimeout, random: Math.random }),
  deployment: { region: environment.AWS_REGION, accountId: environment.ACCOUNT_ID },
  meter,
  now: Date.now,
  log,
});
