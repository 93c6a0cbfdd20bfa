import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { localAccessKey } from './account.ts';
import { listenOnLoopback } from './http.ts';
import { LocalRunError } from './local-run-error.ts';
import type { LocalSecret } from './stack.ts';

export type SecretsServer = { readonly endpoint: string; close(): Promise<void> };

const target = 'secretsmanager.GetSecretValue';
const requestSchema = v.object({ SecretId: v.string() });

/**
 * Stands in for Secrets Manager: GetSecretValue for the secrets that the template declares, on 127.0.0.1 alone. The
 * access keys are the fixed ones of the local run.
 *
 * @throws LocalRunError for a secret of which it does not know what to put in.
 */
export async function serveSecrets(secrets: readonly LocalSecret[]): Promise<SecretsServer> {
  const values = new Map(secrets.flatMap(namesAndValue));
  const server = createServer((request, response) => {
    answer(request, response, values).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type SecretValue = { readonly ARN: string; readonly Name: string; readonly SecretString: string };

/** A secret is found by its ARN and by its name. */
function namesAndValue({
  logicalId,
  name,
  arn,
  holdsAccessKeys,
}: LocalSecret): readonly [string, SecretValue][] {
  if (!holdsAccessKeys)
    throw new LocalRunError(`${logicalId} is a secret that the local run has no value for`);
  const value = {
    ARN: arn,
    Name: name,
    SecretString: JSON.stringify({ [localAccessKey.id]: localAccessKey.secret }),
  };
  return [
    [arn, value],
    [name, value],
  ];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  values: ReadonlyMap<string, SecretValue>,
): Promise<void> {
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), requestSchema), await text(request));
  if (request.headers['x-amz-target'] !== target) return refuse(response, 'UnknownOperationException');
  if (!body.success) return refuse(response, 'SerializationException');
  const value = values.get(body.output.SecretId);
  if (value === undefined) return refuse(response, 'ResourceNotFoundException');
  const VersionId = '00000000-0000-4000-8000-000000000000';
  send(response, 200, { ...value, VersionId, VersionStages: ['AWSCURRENT'] });
}

function refuse(response: ServerResponse, type: string): void {
  send(response, 400, {
    __type: type,
    Message: `The local run answers ${target} for the stack's own secrets`,
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
