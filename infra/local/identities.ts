import { accountId, partition, region } from './account.ts';
import type { Identities, Identity } from './intrinsics.ts';
import { LocalRunError } from './local-run-error.ts';
import { type LocalTemplate, type Parameter, type Resource, stackName } from './template.ts';

/** Resources that guard, watch or join others on AWS: on one machine there is nothing for them to do. */
const withoutLocalMeaning: ReadonlySet<string> = new Set([
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::SQS::QueuePolicy',
]);

/** Why a resource that one might expect to run locally does not. */
const reasonAgainst: Readonly<Record<string, string>> = {
  'AWS::Events::Rule': 'does not run locally, where npm start -- --events prints all events',
};

/** Values of the template's parameters by name. */
export type ParameterValues = Readonly<Record<string, string>>;

/**
 * What each resource, parameter and pseudo parameter gives to those that refer to it. APIs are on this port.
 *
 * @throws LocalRunError for a type of resource that neither runs locally nor is known to have no meaning there.
 */
export function identifyAll(
  { resources, parameters }: LocalTemplate,
  values: ParameterValues,
  port: number,
): Identities {
  return new Map([
    ...pseudoParameters,
    ...parameters.flatMap((parameter) => identifyParameter(parameter, values)),
    ...resources.flatMap((resource) => identify(resource, port)),
  ]);
}

/** Nothing for one that has no value, or one that AWS would look up in the account: to refer to it is refused by name. */
function identifyParameter(
  { id, Type, Default }: Parameter,
  values: ParameterValues,
): readonly (readonly [string, Identity])[] {
  const value = values[id] ?? Default;
  return Type === 'String' && typeof value === 'string' ? [[id, { ref: value }]] : [];
}

const pseudoParameters: readonly (readonly [string, Identity])[] = [
  ['AWS::AccountId', { ref: accountId }],
  ['AWS::Partition', { ref: partition }],
  ['AWS::Region', { ref: region }],
  ['AWS::StackName', { ref: stackName }],
  ['AWS::URLSuffix', { ref: 'amazonaws.com' }],
];

/** What others get who refer to the resource; nothing for one that cannot be referred to locally. */
function identify(resource: Resource, port: number): readonly (readonly [string, Identity])[] {
  const { id, Type } = resource;
  switch (Type) {
    case 'AWS::DynamoDB::Table': {
      const name = givenName(resource, 'TableName');
      const Arn = arn('dynamodb', `table/${name}`);
      // The time of its creation stands at the end of a stream's ARN.
      const stream = 'StreamSpecification' in resource.Properties && { StreamArn: `${Arn}/stream/local` };
      return [[id, { ref: name, attributes: { Arn, ...stream } }]];
    }
    case 'AWS::Lambda::Function': {
      const name = givenName(resource, 'FunctionName');
      return [[id, { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }]];
    }
    case 'AWS::Events::EventBus': {
      const name = givenName(resource, 'Name');
      return [[id, { ref: name, attributes: { Arn: arn('events', `event-bus/${name}`), Name: name } }]];
    }
    case 'AWS::SQS::Queue': {
      const name = givenName(resource, 'QueueName');
      const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
      return [[id, { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } }]];
    }
    case 'AWS::IAM::Role': {
      const name = givenName(resource, 'RoleName');
      const Arn = `arn:${partition}:iam::${accountId}:role/${name}`;
      return [[id, { ref: name, attributes: { Arn } }]];
    }
    case 'AWS::SecretsManager::Secret':
      // Secrets Manager appends a hyphen and six characters to the name.
      return [[id, { ref: arn('secretsmanager', `secret:${givenName(resource, 'Name')}-000000`) }]];
    case 'AWS::ApiGatewayV2::Api': {
      const scheme = resource.Properties['ProtocolType'] === 'WEBSOCKET' ? 'ws' : 'http';
      return [[id, { ref: id, attributes: { ApiEndpoint: `${scheme}://127.0.0.1:${port}` } }]];
    }
    case 'AWS::ApiGatewayV2::Stage':
      return [[id, { ref: givenName(resource, 'StageName') }]];
    case 'AWS::ApiGatewayV2::Integration':
    case 'AWS::ApiGatewayV2::Route':
    case 'AWS::ApiGatewayV2::RouteResponse':
    case 'AWS::Lambda::EventSourceMapping':
    case 'AWS::Scheduler::Schedule':
      return [[id, { ref: id }]];
    default:
      if (withoutLocalMeaning.has(Type)) return [];
      throw new LocalRunError(
        `${id} is of the type ${Type}, which ${reasonAgainst[Type] ?? 'the local run does not know'}: declare it in another stack than ${stackName}`,
      );
  }
}

/** CloudFormation names what has no name after the stack and the logical id. */
export function givenName(resource: Resource, property: string): string {
  const name = resource.Properties[property] ?? `${stackName}-${resource.id}`;
  if (typeof name !== 'string') {
    throw new LocalRunError(`${resource.id}.${property} is computed: the local run wants a plain name`);
  }
  return name;
}

/** The ARN of a resource that has one locally. */
export function arnOf({ id, Type }: Resource, identities: Identities): string {
  const found = identities.get(id)?.attributes?.['Arn'];
  if (found === undefined) throw new LocalRunError(`${id} (${Type}) has no ARN in the local run`);
  return found;
}

/** What the template says elsewhere. */
export type Surroundings = {
  readonly identities: Identities;
  readonly resources: readonly Resource[];
};

type Sought = { readonly type: string; readonly name: string; readonly attribute: string };

/**
 * The resource of that type that has this name, or this for the attribute.
 *
 * @throws LocalRunError where there is none.
 */
export function findResource(
  user: Resource,
  { type, name, attribute }: Sought,
  { identities, resources }: Surroundings,
): Resource {
  const found = resources.find(({ id, Type }) => {
    const { ref, attributes } = identities.get(id) ?? {};
    return Type === type && (ref === name || attributes?.[attribute] === name);
  });
  if (found === undefined)
    throw new LocalRunError(`${user.id} names ${name}, which is no ${type} of this stack`);
  return found;
}

function arn(service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
