import os from 'node:os';
import { localAwsAccess, region } from './account.ts';
import type { LocalFunction } from './stack.ts';

/** Where the stand-ins of AWS services listen. */
export type ServiceEndpoints = {
  readonly dynamoDb: string;
  readonly eventBridge: string;
  readonly secretsManager: string;
  /** Of the API by which messages are sent on WebSockets. */
  readonly managementApi: string;
};

/**
 * All environment variables of a function: what the template gives it, what Lambda adds, and what points the AWS SDK to
 * this machine. Nothing is passed on from the user's environment, so that an AWS profile of theirs has no effect, but
 * for one setting: AWS_LAMBDA_LOG_LEVEL, by default WARN locally.
 */
export function functionEnvironment(
  declared: LocalFunction,
  endpoints: ServiceEndpoints,
  userEnvironment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, string>> {
  return {
    ...declared.environment,
    AWS_LAMBDA_LOG_LEVEL: userEnvironment['AWS_LAMBDA_LOG_LEVEL'] ?? 'WARN',

    _HANDLER: declared.handler,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(declared.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: declared.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${declared.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: declared.code,
    TZ: ':UTC',

    AWS_ACCESS_KEY_ID: localAwsAccess.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAwsAccess.credentials.secretAccessKey,
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: endpoints.managementApi,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.eventBridge,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
  };
}
