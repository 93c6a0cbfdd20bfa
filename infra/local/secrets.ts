import * as v from 'valibot';
import { type AwsJsonServer, refused, serveAwsJson } from './aws-json-server.ts';
import { LocalRunError } from './local-run-error.ts';
import type { LocalSecret } from './stack.ts';

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
): Promise<AwsJsonServer> {
  const byName = new Map(secrets.flatMap(named));
  await readAccessKeys();
  const getSecretValue = async (input: unknown) => {
    const request = v.safeParse(requestSchema, input);
    if (!request.success) return refused('InvalidParameterException', 'SecretId is no text');
    const secret = byName.get(request.output.SecretId);
    if (secret === undefined) return refused('ResourceNotFoundException', 'The stack has no such secret');
    const SecretString = await readAccessKeys();
    const VersionId = '00000000-0000-4000-8000-000000000000';
    const output = { ...secret, SecretString, VersionId, VersionStages: ['AWSCURRENT'] };
    return { kind: 'output', output } as const;
  };
  return serveAwsJson(new Map([['secretsmanager.GetSecretValue', getSecretValue]]));
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
