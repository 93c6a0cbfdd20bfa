import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { closeAtOnce, listenOnLoopback } from './http.ts';
import { LocalRunError } from './local-run-error.ts';
import type { LocalSecret } from './stack.ts';

export type SecretsServer = { readonly endpoint: string; close(): Promise<void> };

const target = 'secretsmanager.GetSecretValue';
const requestSchema = v.object({ SecretId: v.string() });

/**
 * Stands in for Secrets Manager: GetSecretValue for the secrets that the template declares, on 127.0.0.1 alone. The
 * access keys are read anew at each call, so that the service learns of a change as a deployed one does.
 *
 * @throws LocalRunError for a secret of which it does not know what to put in, and where access keys cannot be read.
 */
export async function serveSecrets(
  secrets: readonly LocalSecret[],
  readAccessKeys: () => Promise<string>,
): Promise<SecretsServer> {
  const byName = new Map(secrets.flatMap(named));
  await readAccessKeys();
  const server = createServer((request, response) => {
    answer(request, response, byName, readAccessKeys).catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => closeAtOnce(server),
  };
}

type NamedSecret = { readonly ARN: string; readonly Name: string };

/** A secret is found by its ARN and by its name. */
function named({ logicalId, name, arn, holdsAccessKeys }: LocalSecret): readonly [string, NamedSecret][] {
  if (!holdsAccessKeys)
    throw new LocalRunError(`${logicalId} is a secret that the local run has no value for`);
  const secret = { ARN: arn, Name: name };
  return [
    [arn, secret],
    [name, secret],
  ];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: ReadonlyMap<string, NamedSecret>,
  readAccessKeys: () => Promise<string>,
): Promise<void> {
  const body = v.safeParse(v.pipe(v.string(), v.parseJson(), requestSchema), await text(request));
  if (request.headers['x-amz-target'] !== target) return refuse(response, 'UnknownOperationException');
  if (!body.success) return refuse(response, 'SerializationException');
  const secret = secrets.get(body.output.SecretId);
  if (secret === undefined) return refuse(response, 'ResourceNotFoundException');
  const SecretString = await readAccessKeys();
  const VersionId = '00000000-0000-4000-8000-000000000000';
  send(response, 200, { ...secret, SecretString, VersionId, VersionStages: ['AWSCURRENT'] });
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
