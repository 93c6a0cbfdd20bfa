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

export const httpApiProperties = {
  read: { ProtocolType: v.literal('HTTP') },
  ignored: ['Description', 'Name', 'Tags'],
};

export const webSocketApiProperties = {
  read: {
    ProtocolType: v.literal('WEBSOCKET'),
    RouteSelectionExpression: v.pipe(
      v.string(),
      v.regex(/^\$request\.body(\.\w+)+$/),
      v.transform((expression) => expression.split('.').slice(2)),
    ),
  },
  ignored: ['Description', 'Name', 'Tags'],
};

const ignoredOfStages = ['AccessLogSettings', 'ApiId', 'DefaultRouteSettings', 'Description', 'Tags'];

/** Only the stage that has no name of its own is at the root, where the local run serves. */
export const httpStageProperties = {
  read: { StageName: v.literal('$default'), AutoDeploy: v.literal(true) },
  ignored: ignoredOfStages,
};

export const webSocketStageProperties = {
  read: { StageName: v.pipe(v.string(), v.regex(/^[\w-]+$/)), AutoDeploy: v.literal(true) },
  ignored: ignoredOfStages,
};

const routeRead = { Target: v.string(), AuthorizationType: v.optional(v.literal('NONE')) };

export const httpRouteProperties = {
  read: { ...routeRead, RouteKey: v.pipe(v.string(), v.regex(/^(\$default|[A-Z]+ \/\S*)$/)) },
  ignored: ['ApiId'],
};

export const webSocketRouteProperties = {
  read: {
    ...routeRead,
    RouteKey: v.string(),
    RouteResponseSelectionExpression: v.optional(v.literal('$default')),
  },
  ignored: ['ApiId'],
};

export const routeResponseProperties = {
  read: { RouteId: v.string(), RouteResponseKey: v.literal('$default') },
  ignored: ['ApiId'],
};

export const httpIntegrationProperties = {
  read: {
    IntegrationType: v.literal('AWS_PROXY'),
    IntegrationUri: v.string(),
    PayloadFormatVersion: v.literal('2.0'),
    TimeoutInMillis: v.optional(v.number(), 30_000),
  },
  ignored: ['ApiId', 'Description'],
};

/** How a WebSocket API names a function: by the ARN of its invocation, of which the function's is a part. */
const invocation = v.pipe(
  v.string(),
  v.regex(/^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/.+\/invocations$/),
  v.transform((uri) => uri.replace(/^.*\/functions\/|\/invocations$/g, '')),
);

export const webSocketIntegrationProperties = {
  read: {
    IntegrationType: v.literal('AWS_PROXY'),
    IntegrationUri: invocation,
    TimeoutInMillis: v.optional(v.number(), 29_000),
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

export const streamProperties = {
  read: {
    BatchSize: v.optional(v.number(), 100),
    BisectBatchOnFunctionError: v.optional(v.boolean(), false),
    DestinationConfig: v.optional(v.strictObject({ OnFailure: v.strictObject({ Destination: v.string() }) })),
    Enabled: v.optional(v.literal(true)),
    EventSourceArn: v.string(),
    FilterCriteria: v.optional(
      v.strictObject({
        Filters: v.array(v.strictObject({ Pattern: v.pipe(v.string(), v.parseJson()) })),
      }),
      { Filters: [] },
    ),
    FunctionName: v.string(),
    FunctionResponseTypes: v.optional(v.array(v.literal('ReportBatchItemFailures')), []),
    MaximumBatchingWindowInSeconds: v.optional(v.number(), 0),
    MaximumRecordAgeInSeconds: v.optional(v.number(), -1),
    MaximumRetryAttempts: v.optional(v.number(), -1),
    ParallelizationFactor: v.optional(v.literal(1)),
    StartingPosition: v.literal('TRIM_HORIZON'),
  },
  ignored: ['KmsKeyArn', 'MetricsConfig', 'Tags'],
};

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(5 minutes)`, in milliseconds. */
const rate = v.pipe(
  v.string(),
  v.regex(/^rate\([1-9]\d* (minute|hour|day)s?\)$/),
  v.transform((text) => {
    const [, count, unit = ''] = /(\d+) (minute|hour|day)/.exec(text) ?? [];
    return Number(count) * (unitMs[unit] ?? Number.NaN);
  }),
);

export const scheduleProperties = {
  read: {
    FlexibleTimeWindow: v.strictObject({ Mode: v.literal('OFF') }),
    ScheduleExpression: rate,
    State: v.optional(v.literal('ENABLED')),
    Target: v.object({ Arn: v.string(), Input: v.optional(v.pipe(v.string(), v.parseJson()), '{}') }),
  },
  ignored: ['Description', 'GroupName', 'Name', 'ScheduleExpressionTimezone'],
};

export const busProperties = {
  read: { Name: v.string() },
  ignored: ['Description', 'KmsKeyIdentifier', 'LogConfig', 'Tags'],
};

export const queueProperties = {
  read: { QueueName: v.optional(v.string()) },
  ignored: [
    'KmsDataKeyReusePeriodSeconds',
    'KmsMasterKeyId',
    'MessageRetentionPeriod',
    'SqsManagedSseEnabled',
    'Tags',
    'VisibilityTimeout',
  ],
};
