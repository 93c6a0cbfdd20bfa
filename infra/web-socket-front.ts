import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketIntegrationType,
  WebSocketRouteIntegration,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Throttling } from './http-front.ts';

export type WebSocketFrontProps = {
  readonly throttling: Throttling;
  /** How long the access log is kept; undefined for none. */
  readonly accessLog: RetentionDays | undefined;
};

/** The WebSocket API: its stage, its throttling, and the way to the function and back to those who are connected. */
export class WebSocketFront extends Construct {
  readonly api: WebSocketApi;

  /** `wss://...`, without a slash at the end. */
  readonly endpoint: string;

  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string, { throttling, accessLog }: WebSocketFrontProps) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: Names.uniqueResourceName(this, { separator: '-' }),
      routeSelectionExpression: '$request.body.Action',
    });
    this.#stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: 'live',
      autoDeploy: true,
      throttle: throttling,
      ...(accessLog !== undefined && { accessLogSettings: this.accessLog(accessLog) }),
    });
    if (accessLog === undefined) {
      Validations.of(this.#stage).acknowledge({
        id: 'AwsSolutions-APIG1',
        reason:
          'Unlike one of an HTTP API, it takes a role in the settings that API Gateway has for the whole account and region, which are not for one stack to change. The function logs each connection and each message.',
      });
    }
    this.endpoint = `${this.api.apiEndpoint}/${this.#stage.stageName}`;
  }

  /**
   * Hands connections that come and go, and all messages, to the function, and lets the API, and no other, invoke it. What
   * the function returns for a message goes back on its connection.
   *
   * @param authentication How the function makes sure who connects, and why no authorizer of the gateway does.
   */
  connect(lambda: LambdaFunction, authentication: string): void {
    const integration = new FunctionIntegration('Integration', lambda);
    const routes = [
      this.api.addRoute('$connect', { integration }),
      this.api.addRoute('$disconnect', { integration }),
      this.api.addRoute('$default', { integration, returnResponse: true }),
    ];
    for (const route of routes) {
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: authentication });
    }
    lambda.addPermission('InvokedByWebSocketApi', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.api.arnForExecuteApiV2('*', this.#stage.stageName),
    });
  }

  /** Lets the function send messages to those who are connected, and tells it where they connect and where it sends. */
  letPost(lambda: LambdaFunction): void {
    lambda.addEnvironment('GAME_SERVER_ENDPOINT', this.endpoint);
    // The AWS SDK reads it.
    lambda.addEnvironment('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI', this.#stage.callbackUrl);
    // To send, and neither to close connections nor to ask about them. Their ids are known when they come.
    const connections = this.api.arnForExecuteApiV2('POST/@connections/*', this.#stage.stageName);
    lambda.addToRolePolicy(
      new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: [connections] }),
    );
    Validations.of(lambda.role ?? lambda).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${spelledByNag(Stack.of(this).resolve(connections))}]`,
      reason: 'Messages go to connections, whose ids the gateway chooses when they come.',
    });
  }

  private accessLog(retention: RetentionDays) {
    const log = new LogGroup(this, 'AccessLog', { retention, removalPolicy: RemovalPolicy.DESTROY });
    return { destination: new LogGroupLogDestination(log), format: accessLogFormat };
  }
}

/** The one that the CDK has gives each route a permission of its own to invoke the function. */
class FunctionIntegration extends WebSocketRouteIntegration {
  readonly #lambda: LambdaFunction;

  constructor(id: string, lambda: LambdaFunction) {
    super(id);
    this.#lambda = lambda;
  }

  override bind() {
    const uri = Stack.of(this.#lambda).formatArn({
      service: 'apigateway',
      account: 'lambda',
      resource: 'path/2015-03-31/functions',
      resourceName: `${this.#lambda.functionArn}/invocations`,
    });
    return { type: WebSocketIntegrationType.AWS_PROXY, uri };
  }
}

/** A resolved text as cdk-nag spells it in the ids of what it finds: with references in angle brackets. */
function spelledByNag(
  resolved: string | { readonly 'Fn::Join': readonly [string, readonly Part[]] },
): string {
  if (typeof resolved === 'string') return resolved;
  const [separator, parts] = resolved['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join(separator);
}

type Part = string | { readonly Ref: string };

/** No query, which has the token of who connects, and no header but the user agent. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    functionRequestId: '$context.integration.requestId',
    time: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    userAgent: '$context.identity.userAgent',
    connectionId: '$context.connectionId',
    eventType: '$context.eventType',
    routeKey: '$context.routeKey',
    status: '$context.status',
    integrationLatency: '$context.integrationLatency',
    errorType: '$context.error.responseType',
    integrationError: '$context.integrationErrorMessage',
  }),
);
