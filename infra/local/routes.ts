import type { LocalRoute } from './apis.ts';

/** The route that a request takes, and what its path's variables stand for. */
export type RouteMatch = {
  readonly route: LocalRoute;
  /** As API Gateway names the route in the event: `POST /sessions/{session}`, or `$default`. */
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
};

/** Finds the route of a request; `path` is as it was sent, percent-encoded. */
export type Router = (method: string, path: string) => RouteMatch | undefined;

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

type CompiledRoute = {
  readonly route: LocalRoute;
  readonly routeKey: string;
  readonly segments: readonly Segment[];
};

const defaultPath = '$default';

/**
 * Matches as API Gateway does: of the routes that fit, the one with the more specific path, from left to right; of the
 * same path, the one that names the method.
 */
export function createRouter(routes: readonly LocalRoute[]): Router {
  const compiled = routes.map(compile).toSorted(bySpecificity);
  return (method, path) => {
    const sent = segmentsOf(path);
    for (const { route, routeKey, segments } of compiled) {
      if (route.method !== 'ANY' && route.method !== method) continue;
      if (route.path === defaultPath) return { route, routeKey, pathParameters: {} };
      const pathParameters = matchSegments(segments, sent);
      if (pathParameters !== undefined) return { route, routeKey, pathParameters };
    }
    return undefined;
  };
}

function compile(route: LocalRoute): CompiledRoute {
  if (route.path === defaultPath) return { route, routeKey: defaultPath, segments: [] };
  return {
    route,
    routeKey: `${route.method} ${route.path}`,
    segments: segmentsOf(route.path).map((text): Segment => {
      const [, name, plus] = /^\{([^+}]+)(\+?)\}$/.exec(text) ?? [];
      if (name === undefined) return { kind: 'literal', text };
      return { kind: plus ? 'greedy' : 'variable', name };
    }),
  };
}

function segmentsOf(path: string): readonly string[] {
  return path.slice(1).split('/');
}

function matchSegments(
  segments: readonly Segment[],
  sent: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const text = sent[index];
    if (text === undefined) return undefined;
    if (segment.kind === 'greedy') {
      parameters[segment.name] = decodeURIComponent(sent.slice(index).join('/'));
      return parameters;
    }
    if (segment.kind === 'variable') {
      if (text === '') return undefined;
      parameters[segment.name] = decodeURIComponent(text);
    } else if (segment.text !== decodeURIComponent(text)) {
      return undefined;
    }
  }
  return segments.length === sent.length ? parameters : undefined;
}

const rank = { literal: 0, variable: 1, greedy: 2 } as const;

function bySpecificity(one: CompiledRoute, other: CompiledRoute): number {
  return (
    Number(one.route.path === defaultPath) - Number(other.route.path === defaultPath) ||
    compareSegments(one.segments, other.segments) ||
    Number(one.route.method === 'ANY') - Number(other.route.method === 'ANY')
  );
}

function compareSegments(one: readonly Segment[], other: readonly Segment[]): number {
  for (const [index, segment] of one.entries()) {
    const counterpart = other[index];
    if (counterpart === undefined) break;
    const difference = rank[segment.kind] - rank[counterpart.kind];
    if (difference !== 0) return difference;
  }
  return 0;
}
