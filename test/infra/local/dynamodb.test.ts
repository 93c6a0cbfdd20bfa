import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { localAwsAccess } from '#infra/local/account.ts';
import { type DynamoDbLocalStore, startDynamoDbLocal } from '#infra/local/dynamodb.ts';
import { javaCommand, oldestJava } from '#infra/local/java.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { temporaryDirectory } from './made-template.ts';
import { connecting, otherAddresses } from './outside.ts';
import { isRunning } from './processes.ts';

async function start(store: DynamoDbLocalStore) {
  const dynamoDb = await startDynamoDbLocal(store);
  onTestFinished(() => dynamoDb.stop());
  const client = new DynamoDBClient({ ...localAwsAccess, endpoint: dynamoDb.endpoint });
  onTestFinished(() => client.destroy());
  return { dynamoDb, client };
}

const createTable = (client: DynamoDBClient, TableName: string) =>
  client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
const listTables = async (client: DynamoDBClient) =>
  (await client.send(new ListTablesCommand({}))).TableNames;

describe('DynamoDB Local', () => {
  test('answers as soon as it has started, on this machine alone, and ends when it is stopped', async () => {
    const { dynamoDb, client } = await start({ memory: true });
    expect(await listTables(client)).toEqual([]);
    const port = Number(new URL(dynamoDb.endpoint).port);
    for (const address of otherAddresses()) {
      await expect(connecting(address, port), address).rejects.toThrow('ECONNREFUSED');
    }
    expect(isRunning(dynamoDb.pid)).toBe(true);
    await dynamoDb.stop();
    expect(isRunning(dynamoDb.pid)).toBe(false);
  });

  test('keeps tables in its directory, which one process has open at a time', async () => {
    const directory = path.join(temporaryDirectory(), 'data');
    const first = await start({ directory });
    await createTable(first.client, 'games');
    const second = startDynamoDbLocal({ directory });
    await expect(second).rejects.toThrow(LocalRunError);
    await expect(second).rejects.toThrow(`Another local run has ${directory} open`);
    await first.dynamoDb.stop();

    const third = await start({ directory });
    expect(await listTables(third.client)).toEqual(['games']);
  });

  test('ends when the process that started it is killed', async () => {
    const module = new URL('../../../infra/local/dynamodb.ts', import.meta.url).href;
    const parent = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { startDynamoDbLocal } = await import(${JSON.stringify(module)});
       process.stdout.write(String((await startDynamoDbLocal({ memory: true })).pid));`,
    ]);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [printed] = await once(parent.stdout, 'data');
    const pid = Number(printed);
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });
});

describe('a Java that does not do', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  /** A `java` that answers -version with this text, and any other call with an error. */
  function madeJava(version: string): string {
    const home = temporaryDirectory();
    mkdirSync(path.join(home, 'bin'));
    const script = `#!/bin/sh
if [ "$1" = -version ]; then echo '${version}' >&2; else echo 'Error: something odd' >&2; exit 1; fi
`;
    writeFileSync(path.join(home, 'bin', 'java'), script, { mode: 0o755 });
    return home;
  }

  test('because there is none is named in one line', async () => {
    vi.stubEnv('PATH', temporaryDirectory());
    vi.stubEnv('JAVA_HOME', undefined);
    const starting = startDynamoDbLocal({ memory: true });
    await expect(starting).rejects.toThrow(LocalRunError);
    await expect(starting).rejects.toThrow(/^Java 17 or later is needed .*none was found.*$/);
  });

  test.each([
    ['11.0.2', 'openjdk version "11.0.2" 2019-01-15'],
    ['1.8.0_402', 'java version "1.8.0_402"'],
  ])('because it is too old is named in one line, with its version: %s', async (version, printed) => {
    const home = madeJava(printed);
    vi.stubEnv('JAVA_HOME', home);
    await expect(startDynamoDbLocal({ memory: true })).rejects.toThrow(
      `Java 17 or later is needed to run DynamoDB Local, but ${home}/bin/java is version ${version}: `,
    );
  });

  test('for another reason is quoted', async () => {
    vi.stubEnv('JAVA_HOME', madeJava('openjdk version "21" 2023-09-19'));
    await expect(startDynamoDbLocal({ memory: true })).rejects.toThrow(
      'DynamoDB Local did not start: Error: something odd',
    );
  });

  test('is passed over when JAVA_HOME leads nowhere', () => {
    expect(javaCommand({ JAVA_HOME: temporaryDirectory() })).toMatch(/^java(\.exe)?$/);
  });

  test('is any before the one that the launcher was compiled for', () => {
    const launcher = new URL('../../../infra/local/java/LoopbackDynamoDb.class', import.meta.url);
    // Class files have the version of Java, plus 44, in their eighth byte.
    expect(readFileSync(fileURLToPath(launcher))[7]).toBe(oldestJava + 44);
  });
});
