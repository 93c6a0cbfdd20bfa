import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export type SecretsManagerStandIn = {
  readonly client: SecretsManagerClient;
  /** What GetSecretValue answers; undefined for an outage, a function to hold an answer back. */
  answer: string | Uint8Array | undefined | (() => Promise<string>);
  /** The GetSecretValue inputs received. */
  readonly requests: readonly unknown[];
  stop(): Promise<void>;
};

/** Answers GetSecretValue on a loopback port as Secrets Manager does, for a real client that never retries. */
export async function startSecretsManager(): Promise<SecretsManagerStandIn> {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    requests.push(await inputOf(request));
    const answer = typeof standIn.answer === 'function' ? await standIn.answer() : standIn.answer;
    response.writeHead(answer === undefined ? 500 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(outputOf(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port to listen on.');
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${address.port}`,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  const standIn: SecretsManagerStandIn = {
    client,
    answer: undefined,
    requests,
    stop: async () => {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

async function inputOf(request: IncomingMessage): Promise<unknown> {
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') return 'another operation';
  return JSON.parse(await text(request));
}

function outputOf(answer: string | Uint8Array | undefined): object {
  if (answer === undefined) return { __type: 'InternalServiceError', Message: 'An error occurred.' };
  if (typeof answer === 'string') return { SecretString: answer };
  return { SecretBinary: Buffer.from(answer).toString('base64') };
}
