import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Names, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** What a front door answers to. `path` is spelled as API Gateway does: `/sessions/{session}`. */
export type Route = { readonly method: HttpMethod; readonly path: string };

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

  private readonly api: HttpApi;

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

  /** Sends these routes to the function and lets the API, and no other, invoke it. */
  connect(lambda: LambdaFunction, routes: readonly Route[]): void {
    // One permission for the API as a whole: a function's policy holds 20 KB, and one for each route would fill it.
    const integration = new HttpLambdaIntegration('Integration', lambda, { scopePermissionToRoute: false });
    for (const { method, path } of routes) {
      const added = this.api.addRoutes({
        path,
        methods: [method],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
      for (const route of added) {
        Validations.of(route).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason:
            'The function itself verifies the SigV4 signature. An IAM authorizer insists on the scope execute-api where game back ends sign for gamelift, and a Lambda authorizer is not given the body that was signed.',
        });
      }
    }
  }
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
