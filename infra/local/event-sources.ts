import { type EventPattern, readPattern } from './event-pattern.ts';
import { arnOf, findResource, type Surroundings } from './identities.ts';
import { scheduleProperties, streamProperties } from './resource-properties.ts';
import { type Resource, readProperties } from './template.ts';

/** A function that is handed the changes of a table. */
export type LocalStream = {
  readonly logicalId: string;
  /** The table's logical id. */
  readonly tableId: string;
  /** The stream's ARN, as records name it. */
  readonly arn: string;
  /** The function's logical id. */
  readonly functionId: string;
  readonly functionArn: string;
  /** A record that none of them selects is passed over; without any, none is. */
  readonly filters: readonly EventPattern[];
  readonly batchSize: number;
  /** How long a batch is waited for to fill. */
  readonly windowMs: number;
  /** Whether a batch that fails as a whole is halved. */
  readonly bisect: boolean;
  /** Whether the function says which records of a batch failed. */
  readonly reportsFailures: boolean;
  /** How often a batch is tried again; undefined for as often as it takes. */
  readonly maximumRetries: number | undefined;
  /** The age at which a record is given up; undefined for none but the stream's own. */
  readonly maximumAgeMs: number | undefined;
  /** The logical id of the queue that is told what was given up. */
  readonly deadLetterQueue: string | undefined;
};

/** A function that is called again and again. */
export type LocalSchedule = {
  readonly logicalId: string;
  readonly everyMs: number;
  /** The function's logical id. */
  readonly functionId: string;
  /** The event that it is called with. */
  readonly input: unknown;
};

export function stream(resource: Resource, { identities, resources }: Surroundings): LocalStream {
  const properties = readProperties(resource, streamProperties, identities);
  const { EventSourceArn, FunctionName, MaximumRetryAttempts, MaximumRecordAgeInSeconds } = properties;
  const destination = properties.DestinationConfig?.OnFailure.Destination;
  const find = (type: string, name: string, attribute: string) =>
    findResource(resource, { type, name, attribute }, { identities, resources });
  const invoked = find('AWS::Lambda::Function', FunctionName, 'Arn');
  return {
    logicalId: resource.id,
    tableId: find('AWS::DynamoDB::Table', EventSourceArn, 'StreamArn').id,
    arn: EventSourceArn,
    functionId: invoked.id,
    functionArn: arnOf(invoked, identities),
    filters: properties.FilterCriteria.Filters.map(({ Pattern }, index) =>
      readPattern(Pattern, `${resource.id}.FilterCriteria.Filters.${index}`),
    ),
    batchSize: properties.BatchSize,
    windowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    bisect: properties.BisectBatchOnFunctionError,
    reportsFailures: properties.FunctionResponseTypes.length > 0,
    maximumRetries: limit(MaximumRetryAttempts),
    maximumAgeMs: limit(MaximumRecordAgeInSeconds * 1000),
    deadLetterQueue: destination === undefined ? undefined : find('AWS::SQS::Queue', destination, 'Arn').id,
  };
}

/** Below nought is no limit. */
function limit(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

export function schedule(resource: Resource, surroundings: Surroundings): LocalSchedule {
  const { ScheduleExpression, Target } = readProperties(
    resource,
    scheduleProperties,
    surroundings.identities,
  );
  const sought = { type: 'AWS::Lambda::Function', name: Target.Arn, attribute: 'Arn' };
  return {
    logicalId: resource.id,
    everyMs: ScheduleExpression,
    functionId: findResource(resource, sought, surroundings).id,
    input: Target.Input,
  };
}
