import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { readEnvironment } from '#functions/gamelift/environment.ts';
import { openslotApp } from '#infra/openslot-app.ts';
import { aliasesPartition, fleetsPartition, locationsPartition } from '#lib/table/keys.ts';
import { indexes, partitionKey, sortKey, timeToLive } from '#lib/table/schema.ts';

const outdir = mkdtempSync(path.join(tmpdir(), 'openslot-template-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

openslotApp({ outdir, checks: false }).synth();
const template = Template.fromString(readFileSync(path.join(outdir, 'Openslot.template.json'), 'utf8'));

/** The logical id of the only resource of its type whose logical id contains `part`. */
function logicalId(type: string, part = ''): string {
  const [id, ...others] = Object.keys(template.findResources(type)).filter((each) => each.includes(part));
  if (id === undefined || others.length > 0) {
    throw new Error(`expected one ${type} with ${part} in its name, found ${[id, ...others].join(', ')}`);
  }
  return id;
}

const attribute = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

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

describe('The function', () => {
  const [lambda] = Object.values(template.findResources('AWS::Lambda::Function'));
  const variables = Object.keys(lambda?.['Properties'].Environment.Variables);
  /** As Lambda would set it: what the template names, and the region. */
  const environment = Object.fromEntries([...variables, 'AWS_REGION'].map((name) => [name, 'some-value']));

  test('runs the bundled handler on Node 24 and arm64, for less time than the gateway waits', () => {
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: Match.absent(),
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 1024,
      Timeout: 10,
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
        LogGroup: { Ref: logicalId('AWS::Logs::LogGroup', 'GameLift') },
      },
    });
  });

  test('is given the environment that it reads, and no variable that nobody reads', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.exact({
          TABLE_NAME: { Ref: logicalId('AWS::DynamoDB::Table') },
          ACCESS_KEYS_SECRET: { Ref: logicalId('AWS::SecretsManager::Secret') },
          ACCOUNT_ID: { Ref: 'AWS::AccountId' },
        }),
      },
    });
    expect(Object.keys(readEnvironment(environment)).toSorted()).toEqual(Object.keys(environment).toSorted());
  });

  test('may do exactly what it does, to exactly what it does it to', () => {
    const table = attribute(logicalId('AWS::DynamoDB::Table'), 'Arn');
    const [policy, ...others] = Object.values(template.findResources('AWS::IAM::Policy'));
    expect(others).toEqual([]);
    expect(policy?.['Properties'].PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: attribute(logicalId('AWS::Logs::LogGroup', 'GameLift'), 'Arn'),
      },
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:BatchGetItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        Resource: table,
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:DeleteItem',
        Resource: table,
        Condition: {
          Null: { 'dynamodb:LeadingKeys': 'false' },
          'ForAllValues:StringEquals': {
            'dynamodb:LeadingKeys': [aliasesPartition, fleetsPartition, locationsPartition],
          },
        },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:Query',
        Resource: Object.values(indexes)
          .map((index) => ({ 'Fn::Join': ['', [table, `/index/${index.name}`]] }))
          .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
      },
      {
        Effect: 'Allow',
        Action: 'secretsmanager:GetSecretValue',
        Resource: { Ref: logicalId('AWS::SecretsManager::Secret') },
      },
    ]);
  });

  test('has one role, without a managed policy and without a wildcard', () => {
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
    const permissions = {
      ...template.findResources('AWS::IAM::Role'),
      ...template.findResources('AWS::IAM::Policy'),
    };
    expect(JSON.stringify(permissions)).not.toContain('*');
  });

  test('is uploaded as one file, with the source map left at home', () => {
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    expect(assets.map((asset) => readdirSync(path.join(outdir, asset)))).toEqual([['index.js']]);
    expect(readdirSync(path.join(outdir, 'bundles', 'gamelift'))).toContain('index.js.map');
  });

  test('needs nothing but Node: its bundle loads where there are no packages, and exports the handler', () => {
    const printHandler = "process.stdout.write(typeof require('./index.js').handler)";
    const { status, stdout } = spawnSync(process.execPath, ['-e', printHandler], {
      // Below the system's temporary directory, where no node_modules is in reach.
      cwd: path.join(outdir, 'bundles', 'gamelift'),
      env: environment,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'function' });
  });
});

describe('The HTTP API', () => {
  test('answers these routes', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    expect(routes.map((route) => route['Properties'].RouteKey)).toEqual([
      'POST /',
      'POST /service/{service}/operation/{operation}',
    ]);
  });

  test('sends them to the function as payload 2.0, and may invoke it where no other API may', () => {
    const lambda = attribute(logicalId('AWS::Lambda::Function'), 'Arn');
    template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: lambda,
    });
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: lambda,
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: logicalId('AWS::ApiGatewayV2::Api') }])] },
    });
  });

  test('has one stage at the root, which is throttled and writes an access log', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Stage', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 1000 },
      AccessLogSettings: { DestinationArn: attribute(logicalId('AWS::Logs::LogGroup', 'AccessLog'), 'Arn') },
    });
  });

  test('logs JSON, by which a request is found in the log of the function', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
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

test('Every log group forgets after a month', () => {
  template.resourceCountIs('AWS::Logs::LogGroup', 2);
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

test('The outputs tell what a caller needs, and not the secret itself', () => {
  const secret = template.findResources('AWS::SecretsManager::Secret')[
    logicalId('AWS::SecretsManager::Secret')
  ];
  const outputs = template.findOutputs('*');
  expect(Object.keys(outputs)).toEqual(['Endpoint', 'AccessKeysSecretName', 'AccessKeyId', 'TableName']);
  expect(outputs['Endpoint']?.['Value']).toEqual(
    attribute(logicalId('AWS::ApiGatewayV2::Api'), 'ApiEndpoint'),
  );
  expect(outputs['AccessKeyId']?.['Value']).toBe(
    secret?.['Properties'].GenerateSecretString.GenerateStringKey,
  );
  expect(outputs['TableName']?.['Value']).toEqual({ Ref: logicalId('AWS::DynamoDB::Table') });
  // The name is cut out of the ARN: the deployment chose it.
  expect(JSON.stringify(outputs['AccessKeysSecretName'])).toContain(
    JSON.stringify({ Ref: logicalId('AWS::SecretsManager::Secret') }),
  );
  expect(JSON.stringify(outputs)).not.toContain('resolve:secretsmanager');
});
