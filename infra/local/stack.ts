import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { defaultPort } from './account.ts';
import { type LocalApis, readApis } from './apis.ts';
import { type LocalSchedule, type LocalStream, schedule, stream } from './event-sources.ts';
import { arnOf, givenName, identifyAll, type ParameterValues } from './identities.ts';
import type { Identities } from './intrinsics.ts';
import { LocalRunError } from './local-run-error.ts';
import {
  busProperties,
  functionProperties,
  queueProperties,
  secretProperties,
  tableProperties,
} from './resource-properties.ts';
import { type Resource, readAssets, readProperties, readTemplate } from './template.ts';

export type LocalTable = {
  readonly logicalId: string;
  readonly input: CreateTableCommandInput & { readonly TableName: string };
  /** The attribute with the epoch seconds after which an item may be removed. */
  readonly timeToLive: string | undefined;
};

export type LocalFunction = {
  readonly logicalId: string;
  readonly name: string;
  /** The directory of the bundle. */
  readonly code: string;
  /** `file.export`, as Lambda spells it. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
};

/** What others refer to by its name or its ARN: a bus, a queue. */
export type NamedResource = { readonly logicalId: string; readonly name: string; readonly arn: string };

export type LocalSecret = NamedResource & {
  /** Whether the deployment generates it as a JSON object with one key: so the access keys are declared. */
  readonly holdsAccessKeys: boolean;
};

/** What the template declares and one machine can run. */
export type LocalStack = LocalApis & {
  readonly tables: readonly LocalTable[];
  readonly functions: readonly LocalFunction[];
  readonly secrets: readonly LocalSecret[];
  readonly buses: readonly NamedResource[];
  readonly queues: readonly NamedResource[];
  readonly streams: readonly LocalStream[];
  readonly schedules: readonly LocalSchedule[];
};

/**
 * Reads the stack from the cloud assembly in `outdir`, with these values for its parameters, or else their defaults, and
 * with its APIs on this port.
 *
 * @throws LocalRunError for whatever in the template would be needed and has no local counterpart.
 */
export function readStack(
  outdir: string,
  parameters: ParameterValues = {},
  port: number = defaultPort,
): LocalStack {
  const template = readTemplate(outdir);
  const identities = identifyAll(template, parameters, port);
  const { resources } = template;
  const surroundings = { identities, resources };
  const assets = readAssets(outdir);
  const ofType = (type: string) => resources.filter((resource) => resource.Type === type);

  return {
    ...readApis(surroundings),
    tables: ofType('AWS::DynamoDB::Table').map((resource) => table(resource, identities)),
    functions: ofType('AWS::Lambda::Function').map((resource) => lambda(resource, identities, assets)),
    secrets: ofType('AWS::SecretsManager::Secret').map((resource) => secret(resource, identities)),
    buses: ofType('AWS::Events::EventBus').map((resource) => bus(resource, identities)),
    queues: ofType('AWS::SQS::Queue').map((resource) => queue(resource, identities)),
    streams: ofType('AWS::Lambda::EventSourceMapping').map((resource) => stream(resource, surroundings)),
    schedules: ofType('AWS::Scheduler::Schedule').map((resource) => schedule(resource, surroundings)),
  };
}

function table(resource: Resource, identities: Identities): LocalTable {
  const { TimeToLiveSpecification, StreamSpecification, ...declared } = readProperties(
    resource,
    tableProperties,
    identities,
  );
  const stream = StreamSpecification && { StreamEnabled: true, ...StreamSpecification };
  return {
    logicalId: resource.id,
    input: {
      ...declared,
      TableName: givenName(resource, 'TableName'),
      ...(stream && { StreamSpecification: stream }),
    },
    timeToLive: TimeToLiveSpecification?.Enabled ? TimeToLiveSpecification.AttributeName : undefined,
  };
}

function lambda(
  resource: Resource,
  identities: Identities,
  assets: ReadonlyMap<string, string>,
): LocalFunction {
  const { Code, Handler, Environment, Timeout, MemorySize } = readProperties(
    resource,
    functionProperties,
    identities,
  );
  const code = assets.get(Code.S3Key);
  if (code === undefined) {
    throw new LocalRunError(`${resource.id} has its code in ${Code.S3Key}, which is no asset of this stack`);
  }
  return {
    logicalId: resource.id,
    name: givenName(resource, 'FunctionName'),
    code,
    handler: Handler,
    environment: Environment.Variables,
    timeoutMs: Timeout * 1000,
    memoryMb: MemorySize,
  };
}

function secret(resource: Resource, identities: Identities): LocalSecret {
  const { GenerateSecretString } = readProperties(resource, secretProperties, identities);
  return {
    logicalId: resource.id,
    name: givenName(resource, 'Name'),
    arn: identities.get(resource.id)?.ref ?? '',
    holdsAccessKeys: GenerateSecretString.GenerateStringKey !== undefined,
  };
}

function bus(resource: Resource, identities: Identities): NamedResource {
  const { Name } = readProperties(resource, busProperties, identities);
  return { logicalId: resource.id, name: Name, arn: arnOf(resource, identities) };
}

function queue(resource: Resource, identities: Identities): NamedResource {
  readProperties(resource, queueProperties, identities);
  const name = givenName(resource, 'QueueName');
  return { logicalId: resource.id, name, arn: arnOf(resource, identities) };
}
