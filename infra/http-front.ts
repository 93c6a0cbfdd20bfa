import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Names, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** What a front door answers to, spelled as API Gateway does: `GET /sessions/{session}`. */
export type RouteKey = `${HttpMethod} /${string}`;

export type Throttling = {
  /** Requests a second that are let through over time. */
  readonly rateLimit: number;
  /** Requests that may arrive at once. */
  readonly burstLimit: number;
};

/** The HTTP API: its access log, its throttling and the routes to the functions. */
export class HttpFront extends Construct {
  /** Without a slash at the end. */
  readonly endpoint: string;

  readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly throttling: Throttling; readonly logRetention: RetentionDays },
  ) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: Names.uniqueResourceName(this, { separator: '-' }),
      createDefaultStage: false,
    });
    this.endpoint = this.api.apiEndpoint;
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: props.throttling,
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: accessLogFormat },
    });
  }

  /**
   * Sends these routes to the function and lets the API, and no other, invoke it.
   *
   * @param authentication How the function makes sure who calls, and why no authorizer of the gateway does.
   */
  connect(lambda: LambdaFunction, routeKeys: readonly RouteKey[], authentication: string): void {
    // One permission for the API as a whole: a function's policy holds 20 KB, and one for each route would fill it.
    const integration = new HttpLambdaIntegration('Integration', lambda, { scopePermissionToRoute: false });
    for (const routeKey of routeKeys) {
      const added = this.api.addRoutes({
        ...methodAndPath(routeKey),
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
      for (const route of added) {
        Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: authentication });
      }
    }
  }
}

function methodAndPath(routeKey: RouteKey) {
  const methods = Object.values(HttpMethod).filter((method) => routeKey.startsWith(`${method} `));
  return { methods, path: routeKey.slice(routeKey.indexOf('/')) };
}

/** No query, and no header but the user agent: what callers send about players stays out of the log. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    functionRequestId: '$context.integration.requestId',
    time: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    userAgent: '$context.identity.userAgent',
    routeKey: '$context.routeKey',
    status: '$context.status',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    errorType: '$context.error.responseType',
    integrationError: '$context.integrationErrorMessage',
  }),
);
