import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, test } from 'vitest';
import { Openslot, type OpenslotProps } from '#infra/openslot.ts';
import { openslotApp } from '#infra/openslot-app.ts';

const outdir = mkdtempSync(path.join(tmpdir(), 'openslot-construct-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

function otherStack(): Stack {
  return new Stack(new App({ outdir, builtinCloudFormationValidation: false }), 'Game');
}

describe('Openslot in a stack of somebody else', { timeout: 30_000 }, () => {
  test('takes its settings from there', () => {
    const stack = otherStack();
    new Openslot(stack, 'Sessions', {
      removalPolicy: RemovalPolicy.DESTROY,
      deletionProtection: false,
      logRetention: RetentionDays.ONE_WEEK,
      throttling: { rateLimit: 50, burstLimit: 20 },
      memorySize: 512,
    });
    const template = Template.fromStack(stack);
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: { DeletionProtectionEnabled: false },
      DeletionPolicy: 'Delete',
    });
    template.hasResource('AWS::SecretsManager::Secret', { DeletionPolicy: 'Delete' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    template.allResourcesProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 20 },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 512 });
  });

  test('gives that stack the endpoints, the table and the access keys, and no outputs of its own', () => {
    const stack = otherStack();
    const openslot = new Openslot(stack, 'Sessions');
    expect(Template.fromStack(stack).findOutputs('*')).toEqual({});
    expect(openslot.accessKeyId).toMatch(/^[A-Z0-9]{20}$/);

    const withOutputs = otherStack();
    const { endpoint, gameServerEndpoint, table, accessKeysSecret } = new Openslot(withOutputs, 'Sessions');
    new CfnOutput(withOutputs, 'Url', { value: endpoint });
    new CfnOutput(withOutputs, 'ServerUrl', { value: gameServerEndpoint });
    new CfnOutput(withOutputs, 'Stream', { value: table.tableStreamArn ?? '' });
    new CfnOutput(withOutputs, 'Keys', { value: accessKeysSecret.secretArn });
    expect(Template.fromStack(withOutputs).findOutputs('*')).toMatchObject({
      Url: { Value: { 'Fn::GetAtt': [expect.stringContaining('HttpApi'), 'ApiEndpoint'] } },
      ServerUrl: {
        Value: {
          'Fn::Join': [
            '',
            [{ 'Fn::GetAtt': [expect.stringContaining('WebSocketApi'), 'ApiEndpoint'] }, '/live'],
          ],
        },
      },
      Stream: { Value: { 'Fn::GetAtt': [expect.stringContaining('Table'), 'StreamArn'] } },
      Keys: { Value: { Ref: expect.stringContaining('AccessKeys') } },
    });
  });

  test('stands beside another one, with other access keys and without a name that both want', () => {
    const stack = otherStack();
    const live = new Openslot(stack, 'Live');
    const trial = new Openslot(stack, 'Trial');
    expect(live.accessKeyId).not.toBe(trial.accessKeyId);

    const template = Template.fromStack(stack);
    const fixedNames = {
      'AWS::CloudWatch::Alarm': 'AlarmName',
      'AWS::CloudWatch::Dashboard': 'DashboardName',
      'AWS::DynamoDB::Table': 'TableName',
      'AWS::IAM::Role': 'RoleName',
      'AWS::Lambda::Function': 'FunctionName',
      'AWS::Logs::LogGroup': 'LogGroupName',
      'AWS::Scheduler::Schedule': 'Name',
      'AWS::SecretsManager::Secret': 'Name',
      'AWS::SQS::Queue': 'QueueName',
    };
    for (const [type, name] of Object.entries(fixedNames)) {
      template.allResourcesProperties(type, { [name]: Match.absent() });
    }
    // A bus must have a name, and metrics are told apart by one.
    const busNames = Object.values(template.findResources('AWS::Events::EventBus')).map(
      ({ Properties }) => Properties.Name,
    );
    const services = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME,
    );
    expect([new Set(busNames).size, new Set(services).size]).toEqual([2, 2]);
    template.resourceCountIs('AWS::DynamoDB::Table', 2);
  });
});

describe('The access log of the endpoint of game servers', { timeout: 30_000 }, () => {
  const stageWith = (props: OpenslotProps) => {
    const stack = otherStack();
    new Openslot(stack, 'Sessions', props);
    const template = Template.fromStack(stack);
    const stages = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    return { template, stage: stages.find(({ Properties }) => Properties.StageName === 'live') };
  };

  test('is written where the stack says so, and tells neither the query, which has the token, nor a message', () => {
    const { template, stage } = stageWith({
      gameServerAccessLog: true,
      logRetention: RetentionDays.ONE_WEEK,
    });
    const settings = stage?.['Properties'].AccessLogSettings;
    const format = JSON.parse(settings.Format);
    expect(format).toMatchObject({
      requestId: '$context.requestId',
      functionRequestId: '$context.integration.requestId',
      connectionId: '$context.connectionId',
      eventType: '$context.eventType',
      status: '$context.status',
    });
    for (const value of Object.values(format)) {
      expect(value).toMatch(/^\$context\.[A-Za-z.]+$/);
    }
    expect(settings.Format).not.toMatch(/query|path|body|authoriz/i);
    const [log] = settings.DestinationArn['Fn::GetAtt'];
    expect(template.findResources('AWS::Logs::LogGroup')[log]).toMatchObject({
      Properties: { RetentionInDays: 7 },
    });
  });

  test('is not written else, since the account may lack what it takes', () => {
    expect(stageWith({}).stage?.['Properties']).not.toHaveProperty('AccessLogSettings');
  });
});

describe('The alarms', { timeout: 30_000 }, () => {
  test('tell a topic of the stack that they go off, and that they are over', () => {
    const stack = otherStack();
    const alarmTopic = new Topic(stack, 'OnCall');
    const { alarms } = new Openslot(stack, 'Sessions', { alarmTopic });
    const { Ref: topic } = stack.resolve(alarmTopic.topicArn);
    const told = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => [Properties.AlarmActions, Properties.OKActions],
    );
    expect(told).toEqual(alarms.map(() => [[{ Ref: topic }], [{ Ref: topic }]]));
  });
});

describe('How long sessions are there', { timeout: 30_000 }, () => {
  const times = (props: OpenslotProps) => {
    const stack = otherStack();
    new Openslot(stack, 'Sessions', props);
    const functions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    const [{ RETENTION_SECONDS, IDLE_SECONDS }] = functions.map(
      ({ Properties }) => Properties.Environment.Variables,
    );
    return { RETENTION_SECONDS, IDLE_SECONDS };
  };

  test('is said by the stack', () => {
    const shortest = { retention: Duration.hours(1), idleTime: Duration.hours(1) };
    expect(times(shortest)).toEqual({ RETENTION_SECONDS: '3600', IDLE_SECONDS: '3600' });
    expect(times({ idleTime: 'never' })).toEqual({ RETENTION_SECONDS: '2592000', IDLE_SECONDS: '' });
  });

  test.each([
    ['retention', Duration.minutes(59), 'retention must be 1 hour or more, not 59 minutes'],
    ['idleTime', Duration.seconds(3599), 'idleTime must be 1 hour or more, not 59 minutes 59 seconds'],
    ['idleTime', Duration.seconds(Token.asNumber({ Ref: 'Idle' })), 'idleTime must be known at synthesis'],
  ])('is refused by name where %s is %s', (name, duration, message) => {
    expect(() => times({ [name]: duration })).toThrow(message);
  });
});

describe('The GameSession API in a stack of somebody else', { timeout: 30_000 }, () => {
  const trusted = {
    issuer: 'https://accounts.example',
    audience: 'my-game',
    keySetUrl: 'https://accounts.example/jwks.json',
  };
  const templateWith = (props: OpenslotProps) => {
    const stack = otherStack();
    new Openslot(stack, 'Sessions', props);
    return Template.fromStack(stack);
  };
  const routeKeysOf = (template: Template) =>
    Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(
      (route) => route['Properties'].RouteKey,
    );

  test('trusts the tokens that the stack says, with the same settings as the other door', () => {
    const template = templateWith({ tokens: trusted, memorySize: 512, logRetention: RetentionDays.ONE_WEEK });
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 512,
      Environment: {
        Variables: {
          TOKEN_ISSUER: trusted.issuer,
          TOKEN_AUDIENCE: trusted.audience,
          TOKEN_KEY_SET_URL: trusted.keySetUrl,
        },
      },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    expect(routeKeysOf(template)).toContain('POST /sessions');
  });

  test('takes no more of the concurrency than it is given', () => {
    const template = templateWith({ tokens: trusted, gameSessionConcurrency: 50 });
    const reserved = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.ReservedConcurrentExecutions,
    );
    expect(reserved).toEqual([undefined, undefined, 50, undefined, undefined]);
  });

  test('is not deployed where no tokens are trusted, and nothing else changes', () => {
    const template = templateWith({});
    expect(routeKeysOf(template)).toEqual([
      'POST /',
      'POST /service/{service}/operation/{operation}',
      '$connect',
      '$disconnect',
      '$default',
    ]);
    const resources = Object.keys(template.toJSON()['Resources']);
    const more = Object.keys(templateWith({ tokens: trusted }).toJSON()['Resources']);
    expect(more).toEqual(expect.arrayContaining(resources));
    template.resourceCountIs('AWS::Lambda::Function', 4);
  });

  test('takes values that are known only to CloudFormation', () => {
    const stack = otherStack();
    const keySetUrl = new CfnParameter(stack, 'KeySetUrl').valueAsString;
    new Openslot(stack, 'Sessions', { tokens: { ...trusted, keySetUrl } });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TOKEN_KEY_SET_URL: { Ref: 'KeySetUrl' } } },
    });
  });

  test.each([
    ['issuer', '', 'tokens.issuer is empty'],
    ['audience', '', 'tokens.audience is empty'],
    ['keySetUrl', '', 'tokens.keySetUrl is empty'],
    ['keySetUrl', 'http://accounts.example/jwks.json', "not 'http://accounts.example/jwks.json'"],
    ['keySetUrl', 'accounts.example/jwks.json', 'tokens.keySetUrl must be an https URL'],
  ])('is refused by name where %s is %j', (name, value, message) => {
    expect(() => templateWith({ tokens: { ...trusted, [name]: value } })).toThrow(message);
  });
});

describe("cdk-nag's AwsSolutions", { timeout: 30_000 }, () => {
  test('finds nothing that is not explained at the resource', () => {
    const app = openslotApp({ outdir, checks: false });
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  test('needs five explanations: routes have no authorizer, game servers no access log and unknown connections, keys no scheduled rotation, dead letters no further queue', () => {
    const app = openslotApp({ outdir, checks: false });
    new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true });
    const template = app.synth().getStackByName('Openslot').template;
    const ids = [...JSON.stringify(template).matchAll(/AwsSolutions-\w+/g)].map(([id]) => id);
    expect([...new Set(ids)].toSorted()).toEqual([
      'AwsSolutions-APIG1',
      'AwsSolutions-APIG4',
      'AwsSolutions-IAM5',
      'AwsSolutions-SMG4',
      'AwsSolutions-SQS3',
    ]);
  });

  test('is told at each route how the function makes sure who calls', () => {
    const app = openslotApp({ outdir, checks: false });
    new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true });
    const template = Template.fromJSON(app.synth().getStackByName('Openslot').template);
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route'));
    const callerIsKnownBy = (routeKey: string) => {
      if (routeKey.startsWith('$')) return /token of the compute/;
      return /^POST \/($|service\/)/.test(routeKey) ? /SigV4/ : /bearer token/;
    };
    for (const { Properties, Metadata } of routes) {
      expect(Metadata.cdk_nag.rules_to_suppress).toEqual([
        {
          id: 'AwsSolutions-APIG4',
          reason: expect.stringMatching(callerIsKnownBy(Properties.RouteKey)),
        },
      ]);
    }
  });
});
