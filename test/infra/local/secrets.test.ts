import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localAccessKey, localAwsAccess } from '#infra/local/account.ts';
import { type SecretsServer, serveSecrets } from '#infra/local/secrets.ts';

const secret = {
  logicalId: 'Keys',
  name: 'keys',
  arn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:keys-000000',
  holdsAccessKeys: true,
};

describe('the stand-in of Secrets Manager', () => {
  let server: SecretsServer;
  let client: SecretsManagerClient;
  beforeAll(async () => {
    server = await serveSecrets([secret]);
    client = new SecretsManagerClient({ ...localAwsAccess, endpoint: server.endpoint });
  });
  afterAll(async () => {
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
    await expect(serveSecrets([{ ...secret, holdsAccessKeys: false }])).rejects.toThrow('Keys is a secret');
  });
});
