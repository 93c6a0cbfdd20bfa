import path from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { catchAllRouteKeys, routeKeys } from '#functions/game-sessions/paths.ts';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { readStack } from '#infra/local/stack.ts';
import { indexes, partitionKey, sortKey, timeToLive } from '#lib/table/schema.ts';
import { inSub, madeAssembly, madeFunction } from './made-template.ts';

describe('the synthesized stack, read for one machine', () => {
  const stack = readStack(inject('assembly'));

  test('declares one table with the keys, indexes, stream and time to live of lib/table', () => {
    expect(stack.tables).toHaveLength(1);
    const [table] = stack.tables;
    expect(table?.input.KeySchema).toEqual([
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ]);
    expect(table?.input.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(
      Object.values(indexes).map(({ name }) => name),
    );
    expect(table?.input.StreamSpecification).toEqual({
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
    expect(table?.timeToLive).toBe(timeToLive);
  });

  test.each(['/', '/service/{service}/operation/{operation}'])(
    'routes POST %s to a function whose environment names the table and the secret',
    (path) => {
      const route = stack.routes.find((each) => each.method === 'POST' && each.path === path);
      const gameLift = stack.functions.find(({ logicalId }) => logicalId === route?.functionId);
      expect(gameLift?.environment).toMatchObject({
        TABLE_NAME: stack.tables[0]?.input.TableName,
        ACCESS_KEYS_SECRET: stack.secrets[0]?.arn,
        ACCOUNT_ID: '000000000000',
      });
    },
  );

  test.each([...routeKeys, ...catchAllRouteKeys])(
    'routes %s to a function whose environment names the table and whose tokens to trust',
    (routeKey) => {
      const trusted = {
        TokenIssuer: 'who',
        TokenAudience: 'whom',
        TokenKeySetUrl: 'http://127.0.0.1:1/keys',
      };
      const { routes, functions, tables } = readStack(inject('assembly'), trusted);
      const route = routes.find(({ method, path }) => `${method} ${path}` === routeKey);
      const gameSessions = functions.find(({ logicalId }) => logicalId === route?.functionId);
      expect(gameSessions?.environment).toEqual({
        TABLE_NAME: tables[0]?.input.TableName,
        TOKEN_ISSUER: 'who',
        TOKEN_AUDIENCE: 'whom',
        TOKEN_KEY_SET_URL: 'http://127.0.0.1:1/keys',
        RETENTION_SECONDS: expect.stringMatching(/^\d+$/),
        IDLE_SECONDS: expect.stringMatching(/^\d+$/),
        POWERTOOLS_SERVICE_NAME: expect.any(String),
      });
    },
  );

  test('has the access keys in its only secret', () => {
    expect(stack.secrets.map(({ holdsAccessKeys }) => holdsAccessKeys)).toEqual([true]);
  });
});

describe("CloudFormation's functions", () => {
  const table = {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'games',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    },
  };
  const environmentOf = (variables: object) => {
    const outdir = madeAssembly(
      { Games: table, Door: madeFunction('door', { Environment: { Variables: variables } }) },
      { door: '' },
    );
    return readStack(outdir).functions[0]?.environment;
  };

  test.each([
    ['a text', 'plain', 'plain'],
    ['Ref of a table', { Ref: 'Games' }, 'games'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Games', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/games'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }, 'b']] }, 'a-aws-b'],
    ['Fn::Sub', { 'Fn::Sub': `${inSub('Games')}/${inSub('AWS::AccountId')}` }, 'games/000000000000'],
    ['Fn::Sub of a literal', { 'Fn::Sub': `a${inSub('!Games')}` }, `a${inSub('Games')}`],
    [
      'Fn::Sub of an attribute',
      { 'Fn::Sub': `x${inSub('Games.Arn')}` },
      'xarn:aws:dynamodb:us-east-1:000000000000:table/games',
    ],
  ])('%s is resolved', (_, value, expected) => {
    expect(environmentOf({ VARIABLE: value })).toEqual({ VARIABLE: expected });
  });

  test.each([
    ['a function that is not known', { 'Fn::Select': [0, ['a']] }, 'Fn::Select'],
    ['Fn::Sub with variables of its own', { 'Fn::Sub': [inSub('A'), { A: 'a' }] }, 'Fn::Sub'],
    ['a reference to what is not there', { Ref: 'Nothing' }, 'Nothing'],
    ['an attribute that has no local value', { 'Fn::GetAtt': ['Games', 'StreamArn'] }, 'Games.StreamArn'],
    ['an attribute of what is not there', { 'Fn::Sub': inSub('Nothing.Arn') }, 'Nothing.Arn'],
  ])('%s is refused by name and place', (_, value, named) => {
    const read = () => environmentOf({ VARIABLE: value });
    expect(read).toThrow(LocalRunError);
    expect(read).toThrow(named);
    expect(read).toThrow('Door.Environment.Variables.VARIABLE');
  });
});

describe('a parameter of the template', () => {
  const level = (declared: object, values?: Record<string, string>) => {
    const door = madeFunction('door', { Environment: { Variables: { LEVEL: { Ref: 'Level' } } } });
    const outdir = madeAssembly({ Door: door }, { door: '' }, { Level: declared });
    return readStack(outdir, values).functions[0]?.environment['LEVEL'];
  };

  test.each([
    ['the value that it is given', { Type: 'String' }, { Level: 'hard' }, 'hard'],
    ['that value rather than its default', { Type: 'String', Default: 'easy' }, { Level: 'hard' }, 'hard'],
    ['an empty value, too', { Type: 'String', Default: 'easy' }, { Level: '' }, ''],
    ['its default', { Type: 'String', Default: 'easy' }, { Other: 'hard' }, 'easy'],
    ['its default, also an empty one', { Type: 'String', Default: '' }, undefined, ''],
  ])('has %s', (_, declared, values, expected) => {
    expect(level(declared, values)).toBe(expected);
  });

  test.each([
    ['without a value or a default', { Type: 'String' }],
    ['that is no text', { Type: 'Number', Default: 3 }],
    ['that AWS looks up', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/level' }],
  ])('%s is refused by name where something refers to it', (_, declared) => {
    expect(() => level(declared)).toThrow(LocalRunError);
    expect(() => level(declared)).toThrow('Door.Environment.Variables.LEVEL refers to Level');
  });

  test('does no harm where nothing refers to it', () => {
    const outdir = madeAssembly({ Door: madeFunction('door') }, { door: '' }, { Level: { Type: 'String' } });
    expect(readStack(outdir).functions).toHaveLength(1);
  });
});

describe('what does not run on one machine', () => {
  const integration = (properties: object = {}) => ({
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Door', 'Arn'] },
      PayloadFormatVersion: '2.0',
      ...properties,
    },
  });
  const route = (properties: object = {}) => ({
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'GET /sessions/{session}',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'ToDoor' }]] },
      ...properties,
    },
  });
  const api = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } };
  const resources = { Api: api, Door: madeFunction('door'), ToDoor: integration(), Route: route() };
  const read = (changes: object) => readStack(madeAssembly({ ...resources, ...changes }, { door: '' }));

  test('without any of it, a made stack is read', () => {
    const { routes, functions } = read({ Role: { Type: 'AWS::IAM::Role' } });
    expect(routes).toEqual([
      { method: 'GET', path: '/sessions/{session}', functionId: 'Door', timeoutMs: 30_000 },
    ]);
    expect(functions).toMatchObject([{ logicalId: 'Door', handler: 'index.handler', timeoutMs: 3_000 }]);
    expect(path.basename(functions[0]?.code ?? '')).toBe('asset.door');
  });

  test.each([
    [
      'an unknown type of resource',
      { Topic: { Type: 'AWS::SNS::Topic' } },
      'Topic is of the type AWS::SNS::Topic, which the local run does not know: declare it in another stack',
    ],
    [
      'who listens to events',
      { Listening: { Type: 'AWS::Events::Rule' } },
      'npm start -- --events prints all events: declare it in another stack than Openslot',
    ],
    ['a resource with a condition', { Role: { Type: 'AWS::IAM::Role', Condition: 'IsBig' } }, 'IsBig'],
    ['an unknown property', { Door: madeFunction('door', { Layers: ['x'] }) }, 'Layers'],
    ['another runtime', { Door: madeFunction('door', { Runtime: 'python3.13' }) }, 'Runtime'],
    ['code that is no asset', { Door: madeFunction('elsewhere') }, 'elsewhere.zip'],
    [
      'a name that is computed',
      { Door: madeFunction('door', { FunctionName: { Ref: 'Api' } }) },
      'Door.FunctionName',
    ],
    ['an API of another kind', { Api: { ...api, Properties: { ProtocolType: 'MQTT' } } }, 'ProtocolType'],
    ['a second API', { Other: api }, 'more than one API'],
    ['a route with an authorizer', { Route: route({ AuthorizationType: 'AWS_IAM' }) }, 'AuthorizationType'],
    [
      'a route that leads nowhere',
      { Route: route({ Target: 'integrations/Nothing' }) },
      'integrations/Nothing',
    ],
    [
      'the older event format',
      { ToDoor: integration({ PayloadFormatVersion: '1.0' }) },
      'PayloadFormatVersion',
    ],
    [
      'a route to another service',
      { ToDoor: integration({ IntegrationUri: 'https://a.example' }) },
      'ToDoor names https://a.example, which is no AWS::Lambda::Function',
    ],
  ])('%s is refused by name', (_, changes, named) => {
    expect(() => read(changes)).toThrow(LocalRunError);
    expect(() => read(changes)).toThrow(named);
  });
});
