import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { functionEnvironment } from '#infra/local/function-environment.ts';
import { FunctionFailedError, FunctionTimedOutError } from '#infra/local/function-errors.ts';
import type { MetricLine } from '#infra/local/function-output.ts';
import { startFunctionWorker } from '#infra/local/function-worker.ts';
import { readStack } from '#infra/local/stack.ts';
import { madeAssembly, madeFunction, temporaryDirectory } from './made-template.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A function of this text, declared by a template. Its calls are numbered in their request ids. */
async function start(bundle: string, properties: object = {}, environment: Record<string, string> = {}) {
  const outdir = madeAssembly({ Door: madeFunction('door', properties) }, { door: bundle });
  const [declared] = readStack(outdir).functions;
  if (declared === undefined) throw new Error('The template declares no function');
  const log = new PassThrough({ encoding: 'utf8' });
  const metrics: MetricLine[] = [];
  const onMetric = (metric: MetricLine) => void metrics.push(metric);
  const worker = startFunctionWorker(declared, environment, { log, onMetric });
  onTestFinished(() => worker.stop());
  let calls = 0;
  const call = (event: unknown = {}) => worker.invoke(event, `request-${++calls}`);
  return { declared, worker, log, metrics, call };
}

describe('a function in a thread of its own', () => {
  test('is given the event as JSON carries it, and so is its result', async () => {
    const { call } = await start(
      'exports.handler = async (event) => ({ event, at: new Date(0), gone: undefined });',
    );
    expect(await call({ text: 'é', gone: undefined })).toEqual({
      event: { text: 'é' },
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('may return nothing', async () => {
    const { call } = await start('exports.handler = async () => {};');
    expect(await call()).toBeUndefined();
  });

  test("is given Lambda's context", async () => {
    const { call } = await start(
      'exports.handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() });',
      { FunctionName: 'door', MemorySize: 512, Timeout: 7 },
    );
    const { left, ...context } = Object(await call());
    expect(context).toMatchObject({
      awsRequestId: 'request-1',
      functionName: 'door',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:door',
      memoryLimitInMB: '512',
    });
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(7_000);
  });

  test('sees its own environment and nothing of ours', async () => {
    const { call } = await start('exports.handler = async () => process.env;', {}, { ONLY: 'this' });
    expect(process.env['PATH']).toBeDefined();
    expect(await call()).toEqual({ ONLY: 'this' });
  });

  test('is loaded as CommonJS, and can import modules when it needs them', async () => {
    const { call } = await start(
      `const os = require('node:os');
       exports.handler = async () => [typeof os.EOL, typeof (await import('node:http')).get, __filename.endsWith('index.js')];`,
    );
    expect(await call()).toEqual(['string', 'function', true]);
  });

  test('has many calls under way at once', async () => {
    const { call } = await start(
      `let release; const all = new Promise((resolve) => { release = resolve; }); let count = 0;
       exports.handler = async () => { if (++count === 50) release(); await all; return count; };`,
    );
    expect(await Promise.all(Array.from({ length: 50 }, () => call()))).toEqual(Array(50).fill(50));
  });

  test('fails one call when its handler throws, says so in its log, and goes on', async () => {
    const { call, log } = await start(
      `let count = 0; exports.handler = async (event) => { count++; if (event.fail) throw new Error('on purpose'); return count; };`,
    );
    await expect(call({ fail: true })).rejects.toThrow(FunctionFailedError);
    const [logged] = await once(log, 'data');
    expect(logged).toMatch(/^Openslot-Door request-1 Error: on purpose\n/);
    expect(await call()).toBe(2);
  });

  test('has the lines that it writes in its log, but for those that CloudWatch reads metrics from', async () => {
    const { call, log, metrics } = await start(
      `const metric = { _aws: { Timestamp: 1, CloudWatchMetrics: [{ Namespace: 'Games', Dimensions: [['door']], Metrics: [{ Name: 'Joins', Unit: 'Count' }] }] }, door: 'main', Joins: 3 };
       exports.handler = async (lines) => {
         const text = lines.map((line) => line === 'metric' ? JSON.stringify(metric) : line).join('\\n');
         process.stdout.write(text.slice(0, 40));
         process.stdout.write(text.slice(40));
       };`,
    );
    let logged = '';
    log.on('data', (text: string) => {
      logged += text;
    });
    await call(['first', 'metric', '{"_aws":1}', '{"message":"_aws"}', '"_aws"', 'metric', 'last', '']);
    await vi.waitFor(() => expect(metrics).toHaveLength(2));
    expect(metrics[0]).toMatchObject({ door: 'main', Joins: 3, _aws: { Timestamp: 1 } });
    await vi.waitFor(() => expect(logged).toBe('first\n{"_aws":1}\n{"message":"_aws"}\n"_aws"\nlast\n'));
  });

  test('fails what is under way when it crashes, and starts anew for the next call', async () => {
    const { call } = await start(
      `let count = 0; exports.handler = (event) => { count++; if (event.crash) process.exit(1); return event.wait ? new Promise(() => {}) : count; };`,
    );
    expect(await call()).toBe(1);
    const waiting = call({ wait: true });
    const crashing = call({ crash: true });
    await expect(waiting).rejects.toThrow(FunctionFailedError);
    await expect(crashing).rejects.toThrow(FunctionFailedError);
    expect(await call()).toBe(1);
  });

  test('crashes by an exception that nobody caught', async () => {
    const { call } = await start(
      `exports.handler = (event) => { if (!event.crash) return 'fine'; setImmediate(() => { throw new Error('on purpose'); }); return new Promise(() => {}); };`,
    );
    await expect(call({ crash: true })).rejects.toThrow(FunctionFailedError);
    expect(await call()).toBe('fine');
  });

  test('is cut off at its time limit: calls beside it may end, later ones find it new', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const released = path.join(temporaryDirectory(), 'released');
    const { call } = await start(
      `const { existsSync } = require('node:fs');
       let count = 0;
       exports.handler = async ({ hang, until }) => {
         count++;
         if (hang) await new Promise(() => {});
         while (until && !existsSync(until)) await new Promise(setImmediate);
         return count;
       };`,
      { Timeout: 10 },
    );
    const hanging = call({ hang: true });
    vi.advanceTimersByTime(9_999);
    const beside = call({ until: released });
    vi.advanceTimersByTime(1);
    await expect(hanging).rejects.toThrow(FunctionTimedOutError);
    expect(await call()).toBe(1);
    writeFileSync(released, '');
    expect(await beside).toBe(2);
  });

  test('is replaced even when it is busy for ever', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { call } = await start(
      'let count = 0; exports.handler = async (event) => { count++; while (event.busy); return count; };',
    );
    expect(await call()).toBe(1);
    const busy = call({ busy: true });
    vi.advanceTimersByTime(3_000);
    await expect(busy).rejects.toThrow(FunctionTimedOutError);
    expect(await call()).toBe(1);
  });

  test.each([
    ['throws while it loads', "throw new Error('on purpose');"],
    ['exports no handler', 'exports.other = 1;'],
    ['is no JavaScript', '}'],
  ])('does not get ready when its bundle %s', async (_, bundle) => {
    const { worker, call } = await start(bundle);
    await expect(worker.ready).rejects.toThrow();
    await expect(call()).rejects.toThrow(FunctionFailedError);
  });
});

describe("a function's environment", () => {
  const endpoints = {
    dynamoDb: 'http://127.0.0.1:1',
    eventBridge: 'http://127.0.0.1:3',
    secretsManager: 'http://127.0.0.1:2',
    managementApi: 'http://127.0.0.1:4',
  };
  const variables = {
    TABLE_NAME: 'games',
    LEVEL: 'easy',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'https://Servers.execute-api.us-east-1.amazonaws.com/live',
  };
  const read = async (userEnvironment: Record<string, string>) => {
    const { declared } = await start('exports.handler = async () => {};', {
      FunctionName: 'door',
      Environment: { Variables: variables },
    });
    return functionEnvironment(declared, endpoints, userEnvironment);
  };

  test('is what the template says, what Lambda adds, and the way to this machine', async () => {
    expect(await read({})).toMatchObject({
      TABLE_NAME: 'games',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'door',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      _HANDLER: 'index.handler',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: endpoints.managementApi,
      AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
      AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    });
  });

  test('has nothing of the AWS profile of whoever starts it', async () => {
    const environment = await read({
      AWS_PROFILE: 'work',
      AWS_SESSION_TOKEN: 'x',
      AWS_ACCESS_KEY_ID: 'theirs',
    });
    expect(environment).not.toHaveProperty('AWS_PROFILE');
    expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(environment['AWS_ACCESS_KEY_ID']).toBe('local');
  });

  test('logs warnings, or what the user asks for', async () => {
    expect((await read({}))['AWS_LAMBDA_LOG_LEVEL']).toBe('WARN');
    expect((await read({ AWS_LAMBDA_LOG_LEVEL: 'DEBUG' }))['AWS_LAMBDA_LOG_LEVEL']).toBe('DEBUG');
  });
});
