import {
  BillingMode,
  KeyType,
  ProjectionType,
  ScalarAttributeType,
  StreamViewType,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';

/**
 * Which properties of each kind of resource the local run reads, and which it may leave aside. One that is in neither
 * list is refused: somebody has to decide what it means on one machine.
 */

const keySchema = v.array(v.strictObject({ AttributeName: v.string(), KeyType: v.enum(KeyType) }));

export const tableProperties = {
  read: {
    TableName: v.optional(v.string()),
    AttributeDefinitions: v.array(
      v.strictObject({ AttributeName: v.string(), AttributeType: v.enum(ScalarAttributeType) }),
    ),
    BillingMode: v.literal(BillingMode.PAY_PER_REQUEST),
    GlobalSecondaryIndexes: v.exactOptional(
      v.array(
        v.strictObject({
          IndexName: v.string(),
          KeySchema: keySchema,
          Projection: v.strictObject({
            ProjectionType: v.enum(ProjectionType),
            NonKeyAttributes: v.exactOptional(v.array(v.string())),
          }),
        }),
      ),
    ),
    KeySchema: keySchema,
    StreamSpecification: v.exactOptional(v.strictObject({ StreamViewType: v.enum(StreamViewType) })),
    TimeToLiveSpecification: v.exactOptional(
      v.strictObject({ AttributeName: v.string(), Enabled: v.boolean() }),
    ),
  },
  ignored: ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification', 'SSESpecification', 'Tags'],
};

export const functionProperties = {
  read: {
    FunctionName: v.optional(v.string()),
    Code: v.object({ S3Key: v.string() }),
    Environment: v.optional(v.strictObject({ Variables: v.record(v.string(), v.string()) }), {
      Variables: {},
    }),
    Handler: v.pipe(v.string(), v.regex(/^[\w/-]+\.\w+$/)),
    MemorySize: v.optional(v.number(), 128),
    Runtime: v.pipe(v.string(), v.startsWith('nodejs')),
    Timeout: v.optional(v.number(), 3),
  },
  ignored: [
    'Architectures',
    'Description',
    'LoggingConfig',
    'ReservedConcurrentExecutions',
    'Role',
    'Tags',
    'TracingConfig',
  ],
};

export const apiProperties = {
  read: { ProtocolType: v.literal('HTTP') },
  ignored: ['Description', 'Name', 'Tags'],
};

export const routeProperties = {
  read: {
    RouteKey: v.pipe(v.string(), v.regex(/^(\$default|[A-Z]+ \/\S*)$/)),
    Target: v.string(),
    AuthorizationType: v.optional(v.literal('NONE')),
  },
  ignored: ['ApiId'],
};

export const integrationProperties = {
  read: {
    IntegrationType: v.literal('AWS_PROXY'),
    IntegrationUri: v.string(),
    PayloadFormatVersion: v.literal('2.0'),
    TimeoutInMillis: v.optional(v.number(), 30_000),
  },
  ignored: ['ApiId', 'Description'],
};

export const secretProperties = {
  read: {
    Name: v.optional(v.string()),
    GenerateSecretString: v.object({ GenerateStringKey: v.optional(v.string()) }),
  },
  ignored: ['Description', 'KmsKeyId', 'Tags'],
};
