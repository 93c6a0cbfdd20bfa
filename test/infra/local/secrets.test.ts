import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keysCommand } from '#infra/keys/command.ts';
import { readAccessKeysFile, readAccessKeysWithFirst } from '#infra/local/access-keys-file.ts';
import { localAccessKey, localAwsAccess } from '#infra/local/account.ts';
import type { AwsJsonServer } from '#infra/local/aws-json-server.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { serveSecrets } from '#infra/local/secrets.ts';
import { accessKeysFromSecretsManager } from '#lib/auth/access-keys.ts';
import { readIssuedKeys } from '#lib/auth/issued-keys.ts';
import { temporaryDirectory } from './made-template.ts';

const secret = {
  logicalId: 'Keys',
  name: 'keys',
  arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:keys-000000',
  holdsAccessKeys: true,
};

describe('the stand-in of Secrets Manager', () => {
  let server: AwsJsonServer;
  let client: SecretsManagerClient;
  let file: string;
  beforeAll(async () => {
    file = path.join(mkdtempSync(path.join(tmpdir(), 'openslot-keys-')), 'access-keys.json');
    server = await serveSecrets([secret], () => readAccessKeysFile(file));
    client = new SecretsManagerClient({ ...localAwsAccess, endpoint: server.endpoint });
  });
  afterAll(async () => {
    rmSync(path.dirname(file), { recursive: true });
    client.destroy();
    await server.close();
  });

  test.each([secret.arn, secret.name])('gives the AWS SDK the local access key: %s', async (SecretId) => {
    const { ARN, Name, SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    expect([ARN, Name]).toEqual([secret.arn, secret.name]);
    expect(JSON.parse(SecretString ?? '')).toEqual({ [localAccessKey.id]: localAccessKey.secret });
  });

  test('has no other secret', async () => {
    const reading = client.send(new GetSecretValueCommand({ SecretId: 'other' }));
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  });

  test('answers no other operation', async () => {
    const listing = client.send(new ListSecretsCommand({}));
    await expect(listing).rejects.toThrow(expect.objectContaining({ name: 'UnknownOperationException' }));
  });

  test('does not start with a secret that it cannot fill', async () => {
    const starting = serveSecrets([{ ...secret, holdsAccessKeys: false }], () => readAccessKeysFile(file));
    await expect(starting).rejects.toThrow('Keys is a secret');
  });

  test('does not start with access keys that it cannot read', async () => {
    const broken = path.join(temporaryDirectory(), 'access-keys.json');
    writeFileSync(broken, '{"OPENSLOTLOCAL":');
    const starting = serveSecrets([secret], () => readAccessKeysFile(broken));
    await expect(starting).rejects.toThrow(LocalRunError);
    await expect(starting).rejects.toThrow(`${broken} cannot be used: `);
  });

  test('gives the keys as npm run keys has changed them, and the service takes them so', async () => {
    const accessKeys = accessKeysFromSecretsManager({ client, secretId: secret.arn });
    const now = Date.now();
    const first = [localAccessKey.id, { secretAccessKey: localAccessKey.secret, role: 'admin' }];
    expect([...(await accessKeys.current(now))]).toEqual([first]);

    await keysCommand(['add', '--role', 'game-backend', '--id', 'BACKEND'], { file, now });
    const added = await accessKeys.latest(now + 10_001);
    expect([...added.keys()]).toEqual([localAccessKey.id, 'BACKEND']);
    expect(added.get('BACKEND')?.role).toBe('game-backend');

    await keysCommand(['revoke', 'BACKEND'], { file, now });
    expect([...(await accessKeys.current(now + 10 * 60_000))]).toEqual([first]);
  });

  test('has the fixed key for a run that keeps nothing, even where it is revoked', async () => {
    const kept = path.join(temporaryDirectory(), 'access-keys.json');
    const now = Date.now();
    await keysCommand(['add', '--role', 'admin', '--id', 'OTHER'], { file: kept, now });
    await keysCommand(['revoke', localAccessKey.id], { file: kept, now });
    expect([...readIssuedKeys(await readAccessKeysFile(kept)).keys.keys()]).toEqual(['OTHER']);
    expect([...readIssuedKeys(await readAccessKeysWithFirst(kept)).keys.keys()]).toEqual([
      'OTHER',
      localAccessKey.id,
    ]);
  });
});
