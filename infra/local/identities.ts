import { accountId, partition, region } from './account.ts';
import type { Identities, Identity } from './intrinsics.ts';
import { LocalRunError } from './local-run-error.ts';
import { type LocalTemplate, type Parameter, type Resource, stackName } from './template.ts';

/** Resources that guard, watch or join others on AWS: on one machine there is nothing for them to do. */
const withoutLocalMeaning: ReadonlySet<string> = new Set([
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
]);

/** Values of the template's parameters by name. */
export type ParameterValues = Readonly<Record<string, string>>;

/**
 * What each resource, parameter and pseudo parameter gives to those that refer to it.
 *
 * @throws LocalRunError for a type of resource that neither runs locally nor is known to have no meaning there.
 */
export function identifyAll({ resources, parameters }: LocalTemplate, values: ParameterValues): Identities {
  return new Map([
    ...pseudoParameters,
    ...parameters.flatMap((parameter) => identifyParameter(parameter, values)),
    ...resources.flatMap(identify),
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
function identify(resource: Resource): readonly (readonly [string, Identity])[] {
  const { id, Type } = resource;
  switch (Type) {
    case 'AWS::DynamoDB::Table': {
      const name = givenName(resource, 'TableName');
      return [[id, { ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`) } }]];
    }
    case 'AWS::Lambda::Function': {
      const name = givenName(resource, 'FunctionName');
      return [[id, { ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } }]];
    }
    case 'AWS::SecretsManager::Secret':
      // Secrets Manager appends a hyphen and six characters to the name.
      return [[id, { ref: arn('secretsmanager', `secret:${givenName(resource, 'Name')}-000000`) }]];
    case 'AWS::ApiGatewayV2::Api':
    case 'AWS::ApiGatewayV2::Integration':
    case 'AWS::ApiGatewayV2::Route':
      return [[id, { ref: id }]];
    default:
      if (withoutLocalMeaning.has(Type)) return [];
      throw new LocalRunError(`${id} is of the type ${Type}, which the local run does not know`);
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

function arn(service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}
