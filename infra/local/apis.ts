import * as v from 'valibot';
import { findResource, type Surroundings } from './identities.ts';
import { resolve } from './intrinsics.ts';
import type { Integration } from './invoke-in-time.ts';
import { LocalRunError } from './local-run-error.ts';
import {
  httpApiProperties,
  httpIntegrationProperties,
  httpRouteProperties,
  httpStageProperties,
  routeResponseProperties,
  webSocketApiProperties,
  webSocketIntegrationProperties,
  webSocketRouteProperties,
  webSocketStageProperties,
} from './resource-properties.ts';
import { type Resource, readProperties } from './template.ts';

export type LocalRoute = {
  /** `ANY` for any. */
  readonly method: string;
  /** As API Gateway spells it, `/sessions/{session}`; `$default` for whatever no other route takes. */
  readonly path: string;
  /** The function's logical id. */
  readonly functionId: string;
  /** How long the gateway waits for the function; 30 s by default. */
  readonly timeoutMs?: number;
};

/** What messages, and connections that come and go, are handed to. */
export type LocalWebSocketRoute = Integration & {
  /** Whether what the function returns goes back on the connection. */
  readonly isTwoWay: boolean;
};

export type LocalWebSocketApi = {
  /** The path at which it is, without a slash. */
  readonly stage: string;
  /** Where a message, in JSON, has the key of its route: one name for each level. */
  readonly routeKeyPath: readonly string[];
  /** By their keys: `$connect`, `$disconnect`, `$default`, or one that messages have. */
  readonly routes: ReadonlyMap<string, LocalWebSocketRoute>;
};

export type LocalApis = {
  readonly routes: readonly LocalRoute[];
  /** Undefined where none is declared. */
  readonly webSocketApi: LocalWebSocketApi | undefined;
};

/**
 * Reads the APIs that the template declares: at most one of HTTP, and at most one of WebSockets.
 *
 * @throws LocalRunError for another one, and for what in them has no local counterpart.
 */
export function readApis(surroundings: Surroundings): LocalApis {
  const apis = surroundings.resources.filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Api');
  const isWebSocket = ({ Properties }: Resource) => Properties['ProtocolType'] === 'WEBSOCKET';
  const [http, ...otherHttp] = apis.filter((api) => !isWebSocket(api));
  const [webSocket, ...otherWebSocket] = apis.filter(isWebSocket);
  if (otherHttp.length > 0 || otherWebSocket.length > 0) {
    throw new LocalRunError('The template has more than one API of a kind: the local run serves one of each');
  }
  const parts = partsOf(apis, surroundings);
  return {
    routes: http === undefined ? [] : readHttpApi(http, parts, surroundings),
    webSocketApi: webSocket && readWebSocketApi(webSocket, parts, surroundings),
  };
}

const partTypes = {
  stages: 'AWS::ApiGatewayV2::Stage',
  routes: 'AWS::ApiGatewayV2::Route',
  routeResponses: 'AWS::ApiGatewayV2::RouteResponse',
  integrations: 'AWS::ApiGatewayV2::Integration',
} as const;

/** What belongs to the API of that logical id. */
type Parts = (part: keyof typeof partTypes, apiId: string) => readonly Resource[];

function partsOf(apis: readonly Resource[], { identities, resources }: Surroundings): Parts {
  const types: readonly string[] = Object.values(partTypes);
  const owned = resources
    .filter(({ Type }) => types.includes(Type))
    .map((resource) => {
      const owner = resolve(resource.Properties['ApiId'], identities, `${resource.id}.ApiId`);
      if (!apis.some(({ id }) => id === owner)) {
        throw new LocalRunError(`${resource.id} belongs to ${owner}, which is no API of this stack`);
      }
      return { owner, resource };
    });
  return (part, apiId) =>
    owned
      .filter(({ owner, resource }) => owner === apiId && resource.Type === partTypes[part])
      .map(({ resource }) => resource);
}

function readHttpApi(api: Resource, parts: Parts, surroundings: Surroundings): readonly LocalRoute[] {
  const { identities } = surroundings;
  readProperties(api, httpApiProperties, identities);
  for (const stage of parts('stages', api.id)) readProperties(stage, httpStageProperties, identities);
  const integrations = integrationsOf(parts('integrations', api.id), surroundings, (integration) =>
    readProperties(integration, httpIntegrationProperties, identities),
  );
  return parts('routes', api.id).map((route) => {
    const { RouteKey, Target } = readProperties(route, httpRouteProperties, identities);
    const [method, path] =
      RouteKey === '$default' ? ['ANY', RouteKey] : v.parse(methodAndPath, RouteKey.split(' '));
    return { method, path, ...targetOf(route, Target, integrations) };
  });
}

const methodAndPath = v.tuple([v.string(), v.string()]);

function readWebSocketApi(api: Resource, parts: Parts, surroundings: Surroundings): LocalWebSocketApi {
  const { identities } = surroundings;
  const { RouteSelectionExpression } = readProperties(api, webSocketApiProperties, identities);
  const stages = parts('stages', api.id).map(
    (stage) => readProperties(stage, webSocketStageProperties, identities).StageName,
  );
  const [stage] = stages;
  if (stage === undefined || stages.length > 1) {
    throw new LocalRunError(`${api.id} has ${stages.length} stages: the local run serves one`);
  }
  const integrations = integrationsOf(parts('integrations', api.id), surroundings, (integration) =>
    readProperties(integration, webSocketIntegrationProperties, identities),
  );
  const answered = parts('routeResponses', api.id).map(
    (response) => readProperties(response, routeResponseProperties, identities).RouteId,
  );
  const routes = parts('routes', api.id).map((route) => {
    const properties = readProperties(route, webSocketRouteProperties, identities);
    const isTwoWay = properties.RouteResponseSelectionExpression !== undefined && answered.includes(route.id);
    return [properties.RouteKey, { ...targetOf(route, properties.Target, integrations), isTwoWay }] as const;
  });
  return { stage, routeKeyPath: RouteSelectionExpression, routes: new Map(routes) };
}

function integrationsOf(
  declared: readonly Resource[],
  surroundings: Surroundings,
  read: (integration: Resource) => { readonly IntegrationUri: string; readonly TimeoutInMillis: number },
): ReadonlyMap<string, Integration> {
  const integrations = declared.map((integration) => {
    const { IntegrationUri: name, TimeoutInMillis: timeoutMs } = read(integration);
    const sought = { type: 'AWS::Lambda::Function', name, attribute: 'Arn' };
    return [
      integration.id,
      { functionId: findResource(integration, sought, surroundings).id, timeoutMs },
    ] as const;
  });
  return new Map(integrations);
}

function targetOf(
  route: Resource,
  target: string,
  integrations: ReadonlyMap<string, Integration>,
): Integration {
  const integration = integrations.get(target.replace(/^integrations\//, ''));
  if (integration === undefined) {
    throw new LocalRunError(`${route.id} has the target ${target}, which is no integration of this API`);
  }
  return integration;
}
