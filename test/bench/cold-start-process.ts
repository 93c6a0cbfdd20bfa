import { readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { logAsLambda } from '#infra/local/function-console.ts';

/**
 * Loads a function's bundle and calls it once, as a new instance does, and prints what that took. It is bundled itself,
 * so that no module that it needs is loaded on the function's behalf.
 */
const [bundle = '', eventFile = ''] = process.argv.slice(2);
const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));
const load = createRequire(bundle);
logAsLambda(console, (line) => writeSync(1, line), 'INFO');

const cpuBefore = process.cpuUsage();
const start = performance.now();
leaveOutUndici();
const { handler } = load(bundle);
const loaded = performance.now();
handler(event, { awsRequestId: 'cold-start' }).then(({ statusCode }: { readonly statusCode: number }) => {
  const answered = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  const report = {
    statusCode,
    init: loaded - start,
    firstCall: answered - loaded,
    cpu: (user + system) / 1_000,
  };
  // Below what the function itself has logged.
  process.stdout.write(`\n${JSON.stringify(report)}`, () => process.exit());
});

/**
 * For an address without TLS, as the stub's, the SDK imports node:http as an ES module, for which Node loads undici: 12 ms
 * that no instance on AWS spends and that would make both sides look more alike than they are.
 */
function leaveOutUndici(): void {
  const http = load('node:http');
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) {
    Object.defineProperty(http, name, { value: undefined });
  }
}
