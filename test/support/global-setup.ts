import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDynamoDbLocal } from '#infra/local/dynamodb.ts';
import { openslotApp } from '#infra/openslot-app.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the DynamoDB Local answers that all tests share; each makes its own tables. */
    readonly dynamoDbEndpoint: string;
    /** The directory with the synthesized stack. */
    readonly assembly: string;
  }
}

/** What every test run needs once: a DynamoDB Local in memory, and the stack's template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assembly = mkdtempSync(path.join(tmpdir(), 'openslot-assembly-'));
  // First, since what fails here would leave the database behind.
  openslotApp({ outdir: assembly, checks: false }).synth();
  const dynamoDb = await startDynamoDbLocal({ memory: true });
  project.provide('dynamoDbEndpoint', dynamoDb.endpoint);
  project.provide('assembly', assembly);
  return async () => {
    await dynamoDb.stop();
    rmSync(assembly, { recursive: true });
  };
}
