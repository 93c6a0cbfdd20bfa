import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { readEnvironment as readOnChangeEnvironment } from '#functions/cleanup/on-change/environment.ts';
import { readEnvironment as readSweepEnvironment } from '#functions/cleanup/sweep/environment.ts';
import { readEnvironment as readGameServersEnvironment } from '#functions/game-servers/environment.ts';
import { readEnvironment as readGameSessionsEnvironment } from '#functions/game-sessions/environment.ts';
import { catchAllRouteKeys, routeKeys } from '#functions/game-sessions/paths.ts';
import { readEnvironment as readGameLiftEnvironment } from '#functions/gamelift/environment.ts';
import { readAssets } from '#infra/local/template.ts';
import { indexes, partitionKey, sortKey, timeToLive } from '#lib/table/schema.ts';
import { assembly, attribute, logicalId, service, template } from './synthesized.ts';

describe('The table', () => {
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];

  test('is one, is paid for by the request, and has the keys and the indexes of the schema', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: Match.absent(),
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key(partitionKey, sortKey),
      GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
        IndexName: index.name,
        KeySchema: key(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: index.projection },
      })),
    });
  });

  test('declares every attribute that is a key, as a string, and no other', () => {
    const keys = Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]);
    const [table] = Object.values(template.findResources('AWS::DynamoDB::Table'));
    expect(table?.['Properties'].AttributeDefinitions).toEqual(
      [...new Set([partitionKey, sortKey, ...keys])].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
    );
  });

  test('lets items lapse, and tells of every change with the item before and after it', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  test('outlives mistakes: it can be restored, not deleted, and stays when the stack goes', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });
});

const webSocketApi = logicalId('AWS::ApiGatewayV2::Api', 'WebSocket');

/** Where game servers connect, and where messages to them are sent. */
const gameServers = {
  GAME_SERVER_ENDPOINT: { 'Fn::Join': ['', [attribute(webSocketApi, 'ApiEndpoint'), '/live']] },
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: {
    'Fn::Join': [
      '',
      [
        'https://',
        { Ref: webSocketApi },
        '.execute-api.',
        { Ref: 'AWS::Region' },
        '.',
        { Ref: 'AWS::URLSuffix' },
        '/live',
      ],
    ],
  },
};

/** Each function, and what it is told. */
const functions = [
  {
    part: 'GameLift',
    folder: 'gamelift',
    timeout: 10,
    environment: () => ({
      TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
      ACCESS_KEYS_SECRET: { Ref: logicalId('AWS::SecretsManager::Secret') },
      ACCOUNT_ID: { Ref: 'AWS::AccountId' },
      RETENTION_SECONDS: '2592000',
      IDLE_SECONDS: '604800',
      ...gameServers,
      POWERTOOLS_SERVICE_NAME: service,
    }),
    readEnvironment: readGameLiftEnvironment,
  },
  {
    part: 'GameServers',
    folder: 'game-servers',
    timeout: 10,
    environment: () => ({
      TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
      ACCOUNT_ID: { Ref: 'AWS::AccountId' },
      RETENTION_SECONDS: '2592000',
      ...gameServers,
      POWERTOOLS_SERVICE_NAME: service,
    }),
    readEnvironment: readGameServersEnvironment,
  },
  {
    part: 'GameSessions',
    folder: 'game-sessions',
    timeout: 28,
    environment: () => ({
      TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
      TOKEN_ISSUER: { Ref: 'TokenIssuer' },
      TOKEN_AUDIENCE: { Ref: 'TokenAudience' },
      TOKEN_KEY_SET_URL: { Ref: 'TokenKeySetUrl' },
      RETENTION_SECONDS: '2592000',
      IDLE_SECONDS: '604800',
      POWERTOOLS_SERVICE_NAME: service,
    }),
    readEnvironment: readGameSessionsEnvironment,
  },
  {
    part: 'OnChange',
    folder: 'cleanup/on-change',
    timeout: 60,
    environment: () => ({
      TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
      EVENT_BUS_NAME: { Ref: logicalId('AWS::Events::EventBus') },
      ACCOUNT_ID: { Ref: 'AWS::AccountId' },
      POWERTOOLS_SERVICE_NAME: service,
    }),
    readEnvironment: readOnChangeEnvironment,
  },
  {
    part: 'SweepRun',
    folder: 'cleanup/sweep',
    timeout: 60,
    environment: () => ({
      TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
      RETENTION_SECONDS: '2592000',
      POWERTOOLS_SERVICE_NAME: service,
    }),
    readEnvironment: readSweepEnvironment,
  },
];

describe.each(functions)('The function $folder', (each) => {
  const properties =
    template.findResources('AWS::Lambda::Function')[logicalId('AWS::Lambda::Function', each.part)]?.[
      'Properties'
    ];
  const variables = Object.keys(properties.Environment.Variables);
  /** As Lambda would set it: what the template names, and the region. Text that is a number too, for the times among them. */
  const environment = Object.fromEntries([...variables, 'AWS_REGION'].map((name) => [name, '3600']));

  test('runs the bundled handler on Node 24 and arm64, for as long as it may take', () => {
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1024,
      Timeout: each.timeout,
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
        LogGroup: { Ref: logicalId('AWS::Logs::LogGroup', each.part) },
      },
    });
    expect(properties).not.toHaveProperty('FunctionName');
  });

  test('is given the environment that it reads, and no variable that nobody reads', () => {
    expect(properties.Environment.Variables).toEqual(each.environment());
    const own = Object.keys(each.readEnvironment(environment));
    expect(variables.filter((name) => !own.includes(name))).toEqual([
      // Read by what counts: Powertools.
      'POWERTOOLS_SERVICE_NAME',
      // Read by the AWS SDK.
      ...(own.includes('GAME_SERVER_ENDPOINT') ? ['AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI'] : []),
    ]);
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(own));
  });

  test('is uploaded as one file, with the source map left at home', () => {
    expect(readdirSync(assetOf(properties.Code.S3Key))).toEqual(['index.js']);
    expect(readdirSync(path.join(assembly, 'bundles', each.folder))).toContain('index.js.map');
  });

  test('needs nothing but Node: its bundle loads where there are no packages, and exports the handler', () => {
    const printHandler = "process.stdout.write(typeof require('./index.js').handler)";
    const { status, stdout } = spawnSync(process.execPath, ['-e', printHandler], {
      // Below the system's temporary directory, where no node_modules is in reach.
      cwd: path.join(assembly, 'bundles', each.folder),
      env: environment,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'function' });
  });
});

/** The directory of what is uploaded under this name. */
function assetOf(key: string): string {
  const directory = readAssets(assembly).get(key);
  if (directory === undefined) throw new Error(`${key} is no asset`);
  return directory;
}

/** The API's resources of that kind by their logical ids, with their properties. */
function partsOf(api: string, kind: string): ReadonlyMap<string, Properties> {
  const all = Object.entries(template.findResources(`AWS::ApiGatewayV2::${kind}`));
  return new Map(
    all
      .filter(([, { Properties }]) => Properties.ApiId.Ref === api)
      .map(([id, { Properties }]) => [id, Properties]),
  );
}

type Properties = Readonly<Record<string, unknown>>;

describe('The HTTP API', () => {
  const api = logicalId('AWS::ApiGatewayV2::Api', 'Http');
  const integrations = template.findResources('AWS::ApiGatewayV2::Integration');
  const gameLift = attribute(logicalId('AWS::Lambda::Function', 'GameLift'), 'Arn');
  const gameSessions = attribute(logicalId('AWS::Lambda::Function', 'GameSessions'), 'Arn');

  test('answers these routes, each by the function of its door', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'))
      .filter(({ Properties }) => Properties.ApiId.Ref === api)
      .map(({ Properties: { RouteKey, Target } }) => {
        const [, [, { Ref: integration }]] = Target['Fn::Join'];
        return [RouteKey, integrations[integration]?.['Properties'].IntegrationUri];
      });
    expect(routes).toEqual([
      ['POST /', gameLift],
      ['POST /service/{service}/operation/{operation}', gameLift],
      ...routeKeys.map((routeKey) => [routeKey, gameSessions]),
      ...catchAllRouteKeys.map((routeKey) => [routeKey, gameSessions]),
    ]);
    expect(catchAllRouteKeys).toEqual(['ANY /sessions', 'ANY /sessions/{proxy+}']);
  });

  test('hands requests over as payload 2.0, to functions that no other API may invoke', () => {
    const own = [...partsOf(api, 'Integration').values()];
    expect(own).toMatchObject(Array(2).fill({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' }));
    template.resourceCountIs('AWS::Lambda::Permission', 3);
    for (const lambda of [gameLift, gameSessions]) {
      template.hasResourceProperties('AWS::Lambda::Permission', {
        FunctionName: lambda,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: api }])] },
      });
    }
  });

  test('has one stage at the root, which is throttled and writes an access log', () => {
    expect([...partsOf(api, 'Stage').values()]).toMatchObject([
      {
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 1000 },
        AccessLogSettings: {
          DestinationArn: attribute(logicalId('AWS::Logs::LogGroup', 'AccessLog'), 'Arn'),
        },
      },
    ]);
  });

  test('logs JSON, by which a request is found in the log of the function', () => {
    const stage =
      template.findResources('AWS::ApiGatewayV2::Stage')[logicalId('AWS::ApiGatewayV2::Stage', 'Http')];
    const format = JSON.parse(stage?.['Properties'].AccessLogSettings.Format);
    expect(format).toMatchObject({
      requestId: '$context.requestId',
      functionRequestId: '$context.integration.requestId',
      routeKey: '$context.routeKey',
      status: '$context.status',
    });
    for (const value of Object.values(format)) {
      expect(value).toMatch(/^\$context\.[A-Za-z.]+$/);
    }
  });
});

describe('The WebSocket API', () => {
  const gameServersFunction = attribute(logicalId('AWS::Lambda::Function', 'GameServers'), 'Arn');
  const [integration = '', ...otherIntegrations] = partsOf(webSocketApi, 'Integration').keys();
  const toFunction = { 'Fn::Join': ['', ['integrations/', { Ref: integration }]] };

  test('finds the route of a message by its Action', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.Action',
    });
  });

  test('hands connections that come and go, and all messages, to the function, with one integration', () => {
    const routes = [...partsOf(webSocketApi, 'Route').values()];
    expect(routes.map(({ RouteKey, Target }) => [RouteKey, Target])).toEqual([
      ['$connect', toFunction],
      ['$disconnect', toFunction],
      ['$default', toFunction],
    ]);
    expect(otherIntegrations).toEqual([]);
    expect(partsOf(webSocketApi, 'Integration').get(integration)).toEqual({
      ApiId: { Ref: webSocketApi },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':apigateway:',
            { Ref: 'AWS::Region' },
            ':lambda:path/2015-03-31/functions/',
            gameServersFunction,
            '/invocations',
          ],
        ],
      },
    });
  });

  test('sends the answer to a message back on the connection, and none to those who come and go', () => {
    const answered = [...partsOf(webSocketApi, 'Route')].filter(
      ([, { RouteResponseSelectionExpression }]) => RouteResponseSelectionExpression !== undefined,
    );
    expect(answered.map(([, { RouteKey }]) => RouteKey)).toEqual(['$default']);
    expect([...partsOf(webSocketApi, 'RouteResponse').values()]).toEqual([
      { ApiId: { Ref: webSocketApi }, RouteId: { Ref: answered[0]?.[0] }, RouteResponseKey: '$default' },
    ]);
  });

  test('has the function itself decide who connects: there is no authorizer', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
    for (const { AuthorizationType } of partsOf(webSocketApi, 'Route').values()) {
      expect(AuthorizationType).toBe('NONE');
    }
  });

  test('may invoke the function from its stage, by one permission', () => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: gameServersFunction,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: webSocketApi }, '/live/*'])] },
    });
  });

  test('has one stage, which is throttled and, as long as the account has no role for it, writes no access log', () => {
    expect([...partsOf(webSocketApi, 'Stage').values()]).toEqual([
      {
        ApiId: { Ref: webSocketApi },
        StageName: 'live',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 1000 },
      },
    ]);
  });
});

test('Every log group forgets after a month', () => {
  template.resourceCountIs('AWS::Logs::LogGroup', 6);
  template.allResourcesProperties('AWS::Logs::LogGroup', {
    RetentionInDays: 30,
    LogGroupName: Match.absent(),
  });
});

test('The deployment generates one access key, which stays when the stack goes', () => {
  template.resourceCountIs('AWS::SecretsManager::Secret', 1);
  template.hasResource('AWS::SecretsManager::Secret', {
    Properties: {
      Name: Match.absent(),
      SecretString: Match.absent(),
      GenerateSecretString: Match.exact({
        SecretStringTemplate: '{}',
        GenerateStringKey: Match.stringLikeRegexp('^OPENSLOT[A-Z0-9]{12}$'),
        PasswordLength: 40,
        ExcludePunctuation: true,
      }),
    },
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

test('The outputs tell what a caller and an operator need, and not the secret itself', () => {
  const secret = template.findResources('AWS::SecretsManager::Secret')[
    logicalId('AWS::SecretsManager::Secret')
  ];
  const outputs = template.findOutputs('*');
  expect(Object.keys(outputs)).toEqual([
    'Endpoint',
    'GameServerEndpoint',
    'AccessKeysSecretName',
    'AccessKeyId',
    'TableName',
    'EventBusName',
    'DashboardName',
    'ChangesFunctionName',
    'DeadLettersUrl',
  ]);
  expect(outputs['Endpoint']?.['Value']).toEqual(
    attribute(logicalId('AWS::ApiGatewayV2::Api', 'Http'), 'ApiEndpoint'),
  );
  expect(outputs['GameServerEndpoint']?.['Value']).toEqual(gameServers.GAME_SERVER_ENDPOINT);
  expect(outputs['AccessKeyId']?.['Value']).toBe(
    secret?.['Properties'].GenerateSecretString.GenerateStringKey,
  );
  expect(outputs['TableName']?.['Value']).toEqual({ Ref: logicalId('AWS::DynamoDB::Table') });
  expect(outputs['EventBusName']?.['Value']).toEqual({ Ref: logicalId('AWS::Events::EventBus') });
  expect(outputs['DashboardName']?.['Value']).toEqual({ Ref: logicalId('AWS::CloudWatch::Dashboard') });
  expect(outputs['ChangesFunctionName']?.['Value']).toEqual({
    Ref: logicalId('AWS::Lambda::Function', 'OnChange'),
  });
  // Of a queue, that is its URL.
  expect(outputs['DeadLettersUrl']?.['Value']).toEqual({ Ref: logicalId('AWS::SQS::Queue') });
  // The name is cut out of the ARN: the deployment chose it.
  expect(JSON.stringify(outputs['AccessKeysSecretName'])).toContain(
    JSON.stringify({ Ref: logicalId('AWS::SecretsManager::Secret') }),
  );
  expect(JSON.stringify(outputs)).not.toContain('resolve:secretsmanager');
});

describe('The parameters', () => {
  const { TokenIssuer, TokenAudience, TokenKeySetUrl } = template.findParameters('*');

  test('say whose tokens to trust, and may be left out', () => {
    for (const parameter of [TokenIssuer, TokenAudience, TokenKeySetUrl]) {
      expect(parameter).toMatchObject({ Type: 'String', Default: '', Description: expect.any(String) });
    }
  });

  test.each([
    ['', true],
    ['https://accounts.example/.well-known/jwks.json', true],
    ['http://accounts.example/jwks.json', false],
    ['accounts.example', false],
    ['https://', false],
    ['https://a b', false],
  ])('take a key set at https alone: %j is good: %s', (url, isGood) => {
    expect(new RegExp(TokenKeySetUrl?.['AllowedPattern'], 'v').test(url)).toBe(isGood);
  });

  test('are given together or not at all', () => {
    const names = ['TokenIssuer', 'TokenAudience', 'TokenKeySetUrl'];
    const missing = names.map((name) => ({ 'Fn::Equals': [{ Ref: name }, ''] }));
    const given = missing.map((condition) => ({ 'Fn::Not': [condition] }));
    const [assertion, ...others] = template.toJSON()['Rules'].TokensInFull.Assertions;
    expect(assertion.Assert).toEqual({ 'Fn::Or': [{ 'Fn::And': given }, { 'Fn::And': missing }] });
    expect(assertion.AssertDescription).toContain(names.join(', '));
    expect(others).toEqual([]);
  });
});
