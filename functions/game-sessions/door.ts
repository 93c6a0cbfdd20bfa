import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerHttp, readHttp } from '#functions/http.ts';
import { describeError, type Log } from '#functions/log.ts';
import type { BearerTokens } from '#lib/auth/bearer-tokens.ts';
import { isThrottling } from '#lib/table/client.ts';
import { type Answer, type Refused, refused, type SpelledAnswer, spellAnswer } from './answer.ts';
import { noSuchRoute } from './other-paths.ts';
import { throttled } from './refusals.ts';
import type { Call } from './route.ts';
import { readOpenApi } from './routes/read-openapi.ts';
import { openApiRouteKey, routes } from './routes.ts';

/** What the door needs beside the request itself: everything that a test may want to turn or to break. */
export type DoorContext = Pick<
  Call,
  'table' | 'retention' | 'idleTime' | 'meter' | 'clock' | 'sleep' | 'random' | 'newId'
> & {
  readonly tokens: BearerTokens;
  readonly log: Pick<Log, 'info' | 'error'>;
};

/**
 * The GameSession (JSON) API as one function: authenticates the caller, finds the route, checks the request, acts and
 * answers. A caller without a good token learns nothing, not even whether a path exists.
 */
export function gameSessionsDoor(context: DoorContext) {
  return async (
    event: APIGatewayProxyEventV2,
    { awsRequestId: requestId }: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const now = context.clock();
    let answer: Answer;
    let spelled: SpelledAnswer;
    try {
      answer = await answerRequest(context, event, { now, requestId });
      spelled = spellAnswer(answer);
    } catch (error) {
      answer = isThrottling(error) ? throttled('Too many requests. Try again.') : failed;
      spelled = spellAnswer(answer);
      context.log.error('Request failed', { requestId, route: event.routeKey, ...describeError(error) });
    }
    context.log.info('Request', {
      requestId,
      route: event.routeKey,
      status: spelled.status,
      outcome: answer.kind === 'answered' ? 'ok' : answer.code,
      milliseconds: context.clock() - now,
    });
    return answerHttp(spelled, {
      'cache-control': 'no-store',
      ...spelled.headers,
      'x-request-id': requestId,
    });
  };
}

async function answerRequest(
  { tokens, log: _, ...context }: DoorContext,
  event: APIGatewayProxyEventV2,
  { now, requestId }: Pick<Call, 'now' | 'requestId'>,
): Promise<Answer> {
  if (event.routeKey === openApiRouteKey) return readOpenApi();
  const http = readHttp(event);
  const token = await tokens.check(http.headers['authorization'], now);
  switch (token.kind) {
    case 'missing':
      return unauthenticated('The request needs an Authorization header with a bearer token.', []);
    case 'invalid': {
      const about = ['error="invalid_token"', `error_description="${token.reason}"`];
      return unauthenticated(`The bearer token is not good: ${token.reason}.`, about);
    }
    case 'unavailable':
      return refused('INTERNAL', 'Whether the bearer token is good cannot be told at the moment. Try again.');
    case 'authenticated': {
      const call = { ...context, caller: token.caller, now, requestId };
      const route = hasRoute(event.routeKey) ? routes[event.routeKey] : undefined;
      return route?.run({ http, path: event.pathParameters ?? {} }, call) ?? noSuchRoute(http);
    }
  }
}

const hasRoute = (key: string): key is keyof typeof routes => Object.hasOwn(routes, key);

/** As RFC 6750, section 3, has it. */
const unauthenticated = (detail: string, about: readonly string[]): Refused =>
  refused('UNAUTHENTICATED', detail, {
    headers: { 'www-authenticate': ['Bearer realm="openslot"', ...about].join(', ') },
  });

/** What nobody expected. The caller learns no more than that another try is worth it. */
const failed = refused('INTERNAL', 'The service could not complete the request. Try again.');
