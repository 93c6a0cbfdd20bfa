import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { bundle } from './bundle.ts';

/** What all functions of a deployment have in common. */
export type FunctionSettings = {
  /** The dimension `service` of what the functions count, by which one deployment is told from another. */
  readonly service: string;
  /** Megabytes. */
  readonly memorySize: number;
  readonly logRetention: RetentionDays;
};

export type ServiceFunctionProps = FunctionSettings & {
  /** The folder below functions/ whose handler.ts exports `handler`. */
  readonly folder: string;
  readonly description: string;
  /** Above all retries of the AWS SDK; behind the gateway below its 30 s, so that a caller is told by us. */
  readonly timeout: Duration;
  /** Calls that run at once; as many as the account has left where undefined. */
  readonly concurrency?: number;
};

/** A function of the service, with its own log group, and a role that may write there and nothing else until connected. */
export class ServiceFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of our own, because the one that CDK makes carries AWSLambdaBasicExecutionRole: it may write to any log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: bundle(this, props.folder),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize,
      ...(props.concurrency !== undefined && { reservedConcurrentExecutions: props.concurrency }),
      timeout: props.timeout,
      environment: { POWERTOOLS_SERVICE_NAME: props.service },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Below it Lambda writes two lines of its own for each call, more than the function writes itself.
      systemLogLevelV2: SystemLogLevel.WARN,
    });
  }
}
