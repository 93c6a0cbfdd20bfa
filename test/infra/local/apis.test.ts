import { describe, expect, test } from 'vitest';
import { LocalRunError } from '#infra/local/local-run-error.ts';
import { readStack } from '#infra/local/stack.ts';
import { madeAssembly, madeFunction } from './made-template.ts';

const httpApi = { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'http', ProtocolType: 'HTTP' } };
const api = (properties: object = {}) => ({
  Type: 'AWS::ApiGatewayV2::Api',
  Properties: {
    Name: 'servers',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.Action',
    ...properties,
  },
});
const part = (kind: string, properties: object) => ({
  Type: `AWS::ApiGatewayV2::${kind}`,
  Properties: { ApiId: { Ref: 'Servers' }, ...properties },
});
const stage = (properties: object = {}) =>
  part('Stage', { StageName: 'live', AutoDeploy: true, ...properties });
const invocationOf = (functionArn: unknown) => ({
  'Fn::Join': [
    '',
    [
      'arn:aws:apigateway:',
      { Ref: 'AWS::Region' },
      ':lambda:path/2015-03-31/functions/',
      functionArn,
      '/invocations',
    ],
  ],
});
const integration = (properties: object = {}) =>
  part('Integration', {
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: invocationOf({ 'Fn::GetAtt': ['Door', 'Arn'] }),
    ...properties,
  });
const toDoor = { 'Fn::Join': ['', ['integrations/', { Ref: 'ToDoor' }]] };
const route = (RouteKey: string, properties: object = {}) =>
  part('Route', { RouteKey, Target: toDoor, AuthorizationType: 'NONE', ...properties });
const response = (RouteId: string, properties: object = {}) =>
  part('RouteResponse', { RouteId: { Ref: RouteId }, RouteResponseKey: '$default', ...properties });

const door = madeFunction('door', {
  Environment: {
    Variables: {
      SERVERS: {
        'Fn::Join': ['', [{ 'Fn::GetAtt': ['Servers', 'ApiEndpoint'] }, '/', { Ref: 'Live' }]],
      },
    },
  },
});
const resources = {
  Servers: api(),
  Live: stage({ AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': ['Log', 'Arn'] } } }),
  Door: door,
  ToDoor: integration(),
  Connect: route('$connect'),
  Default: route('$default', { RouteResponseSelectionExpression: '$default' }),
  Answer: response('Default'),
};
const read = (changes: object = {}, port?: number) =>
  readStack(madeAssembly({ ...resources, ...changes }, { door: '' }), {}, port);

describe('a WebSocket API of the template', () => {
  const toFunction = { functionId: 'Door', timeoutMs: 29_000 };

  test('is read with its stage, and its routes to functions, of which some are answered', () => {
    const { webSocketApi, routes } = read();
    expect(webSocketApi).toEqual({
      stage: 'live',
      routeKeyPath: ['Action'],
      routes: new Map([
        ['$connect', { ...toFunction, isTwoWay: false }],
        ['$default', { ...toFunction, isTwoWay: true }],
      ]),
    });
    expect(routes).toEqual([]);
  });

  test('is another than the HTTP API beside it, and each has its own routes', () => {
    const inHttp = { ApiId: { Ref: 'Http' } };
    const { webSocketApi, routes } = read({
      Http: httpApi,
      Root: stage({ ...inHttp, StageName: '$default' }),
      HttpToDoor: integration({
        ...inHttp,
        IntegrationUri: { 'Fn::GetAtt': ['Door', 'Arn'] },
        PayloadFormatVersion: '2.0',
      }),
      Get: route('GET /', {
        ...inHttp,
        Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'HttpToDoor' }]] },
      }),
    });
    expect([...(webSocketApi?.routes.keys() ?? [])]).toEqual(['$connect', '$default']);
    expect(routes).toEqual([{ method: 'GET', path: '/', functionId: 'Door', timeoutMs: 30_000 }]);
  });

  test('may be missing', () => {
    const outdir = madeAssembly({ Http: httpApi, Door: madeFunction('door') }, { door: '' });
    expect(readStack(outdir).webSocketApi).toBeUndefined();
  });

  test.each([
    [4900, 'ws://127.0.0.1:4900/live'],
    [undefined, 'ws://127.0.0.1:4800/live'],
  ])('has its endpoint on this machine, on the port %s', (port, endpoint) => {
    expect(read({}, port).functions[0]?.environment).toEqual({ SERVERS: endpoint });
  });

  test('may have routes of its own, a deeper place for their keys, and another time limit', () => {
    const { webSocketApi } = read({
      Servers: api({ RouteSelectionExpression: '$request.body.call.name' }),
      Own: route('Heartbeat'),
      ToDoor: integration({ TimeoutInMillis: 500 }),
    });
    expect(webSocketApi?.routeKeyPath).toEqual(['call', 'name']);
    expect(webSocketApi?.routes.get('Heartbeat')).toEqual({
      functionId: 'Door',
      timeoutMs: 500,
      isTwoWay: false,
    });
  });

  test.each([
    ['no response is declared', { Answer: response('Connect') }],
    ['no response is selected', { Default: route('$default') }],
  ])('answers nothing where %s', (_, changes) => {
    expect(read(changes).webSocketApi?.routes.get('$default')?.isTwoWay).toBe(false);
  });

  test.each([
    ['a second one', { Other: api() }, 'more than one API of a kind'],
    [
      'another selection',
      { Servers: api({ RouteSelectionExpression: '$request.header.x' }) },
      'RouteSelectionExpression',
    ],
    [
      'an unknown property',
      { Servers: api({ ApiKeySelectionExpression: 'x' }) },
      'ApiKeySelectionExpression',
    ],
    ['no stage', { Live: undefined, Door: madeFunction('door') }, 'Servers has 0 stages'],
    ['a second stage', { Trial: stage({ StageName: 'trial' }) }, 'Servers has 2 stages'],
    ['a stage that is deployed by hand', { Live: stage({ AutoDeploy: false }) }, 'AutoDeploy'],
    ['variables of a stage', { Live: stage({ StageVariables: { A: 'a' } }) }, 'StageVariables'],
    [
      'a route with an authorizer',
      { Connect: route('$connect', { AuthorizationType: 'CUSTOM' }) },
      'AuthorizationType',
    ],
    [
      'a route that wants an API key',
      { Connect: route('$connect', { ApiKeyRequired: true }) },
      'ApiKeyRequired',
    ],
    [
      'a route that leads nowhere',
      { Connect: route('$connect', { Target: 'integrations/No' }) },
      'integrations/No',
    ],
    ['a route of an unknown API', { Connect: route('$connect', { ApiId: 'abc' }) }, 'Connect belongs to abc'],
    [
      'a response of another kind',
      { Answer: response('Default', { RouteResponseKey: 'x' }) },
      'RouteResponseKey',
    ],
    [
      'a function by its mere ARN',
      { ToDoor: integration({ IntegrationUri: { 'Fn::GetAtt': ['Door', 'Arn'] } }) },
      'IntegrationUri',
    ],
    [
      'a function of another stack',
      { ToDoor: integration({ IntegrationUri: invocationOf('arn:x') }) },
      'ToDoor names arn:x',
    ],
    ['a template of requests', { ToDoor: integration({ RequestTemplates: {} }) }, 'RequestTemplates'],
    ['another kind of integration', { ToDoor: integration({ IntegrationType: 'MOCK' }) }, 'IntegrationType'],
  ])('%s is refused by name', (_, changes, named) => {
    expect(() => read(changes)).toThrow(LocalRunError);
    expect(() => read(changes)).toThrow(named);
  });
});

test('A stage of the HTTP API that is not at the root is refused by name', () => {
  const outdir = madeAssembly({
    Http: httpApi,
    Trial: stage({ ApiId: { Ref: 'Http' }, StageName: 'trial' }),
  });
  expect(() => readStack(outdir)).toThrow('Trial (AWS::ApiGatewayV2::Stage) does not run locally: StageName');
});
