import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { Log, LogAttributes } from '#functions/log.ts';
import type { AccessKeys } from '#lib/auth/access-keys.ts';
import { type Authenticated, authenticate, type Refusal } from '#lib/auth/sigv4.ts';
import { isThrottling } from '#lib/table/client.ts';
import { awsJsonContentType, decodeAwsJson, encodeAwsJson, encodeErrorAwsJson } from '#lib/wire/aws-json.ts';
import type { WireErrorName } from '#lib/wire/errors.ts';
import { openPageToken, sealPageToken } from '#lib/wire/page-token.ts';
import { type Answer, type Call, type Operation, type Refused, refused } from './operation.ts';
import { operations } from './operations.ts';
import { operationsNotOffered } from './operations-not-offered.ts';

/** What the door needs beside the call itself: everything that a test may want to turn or to break. */
export type DoorContext = Pick<Call, 'table' | 'recentlyFull' | 'deployment' | 'random'> & {
  readonly accessKeys: AccessKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly log: Pick<Log, 'info' | 'error'>;
};

type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/**
 * The GameLift API as one function: reads the call, authenticates the caller, checks the input, acts and answers.
 *
 * What is wrong with the call itself, a body that cannot be read or an operation that does not exist, is said before
 * anybody is authenticated, in the order of the service's own front end. What is in the body counts only afterwards.
 */
export function gameLiftDoor(context: DoorContext) {
  return async (
    event: APIGatewayProxyEventV2,
    { awsRequestId }: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const now = context.now();
    const request = readRequest(event);
    const operationName = readTarget(request.headers['x-amz-target']);
    let answer: Answer;
    try {
      answer = await answerRequest(context, request, operationName, now);
    } catch (error) {
      answer = answerException(error);
      context.log.error('Request failed', {
        requestId: awsRequestId,
        operation: operationName,
        ...describe(error),
      });
    }
    context.log.info('Request', {
      requestId: awsRequestId,
      operation: operationName,
      outcome: answer.kind === 'answered' ? 'ok' : answer.error.name,
      milliseconds: context.now() - now,
    });
    return spell(answer, awsRequestId);
  };
}

function readRequest(event: APIGatewayProxyEventV2): HttpRequest {
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: Object.fromEntries(
      Object.entries(event.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/**
 * More than any useful request: 262,144 characters of game session data, each escaped, are 1.6 MB. What strangers send is
 * parsed before it is known whether they hold a key.
 */
const maximumBodyBytes = 2_000_000;

const targetPrefix = 'GameLift.';

/** The operation that the caller names, if it is one of the service model. */
function readTarget(target: string | undefined): string | undefined {
  if (!target?.startsWith(targetPrefix)) return undefined;
  const name = target.slice(targetPrefix.length);
  return operations.has(name) || operationsNotOffered.has(name) ? name : undefined;
}

async function answerRequest(
  context: DoorContext,
  request: HttpRequest,
  operationName: string | undefined,
  now: number,
): Promise<Answer> {
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== awsJsonContentType) {
    return refused('SerializationException', `Content-Type must be ${awsJsonContentType}.`);
  }
  if (request.body.length > maximumBodyBytes) {
    return refused('SerializationException', `The request body has more than ${maximumBodyBytes} bytes.`);
  }
  const decoded = decodeAwsJson(request.body);
  if (decoded.kind === 'malformed') return refused('SerializationException', decoded.message);
  const offered = readOperation(operationName);
  if (offered.kind === 'refused') return offered;

  const requirements = { service: 'gamelift', signedHeaders: ['x-amz-target'], now } as const;
  const caller = await authenticate(request, requirements, context.accessKeys);
  if (caller.kind !== 'authenticated') return refused(authenticationErrors[caller.kind], caller.message);
  return offered.operation.run(decoded.value, callOf(context, request, caller, now));
}

function readOperation(
  name: string | undefined,
): { readonly kind: 'offered'; readonly operation: Operation } | Refused {
  if (name === undefined) {
    return refused('UnknownOperationException', 'X-Amz-Target must name an operation: GameLift.<operation>.');
  }
  const operation = operations.get(name);
  return operation === undefined
    ? refused('ApiNotSupportedException', `${name} is an operation of GameLift that Openslot does not offer.`)
    : { kind: 'offered', operation };
}

const authenticationErrors: Readonly<Record<Refusal['kind'], WireErrorName>> = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  'unknown-key': 'UnrecognizedClientException',
  'bad-signature': 'InvalidSignatureException',
  'outside-clock-skew': 'InvalidSignatureException',
};

function callOf(context: DoorContext, { headers }: HttpRequest, caller: Authenticated, now: number): Call {
  // An AWS SDK sets this header once for a call and keeps it over the call's tries.
  const invocation = headers['amz-sdk-invocation-id']?.trim() || undefined;
  // `attempt=1; max=3`, with a `ttl=...; ` before it from some SDKs, and nothing behind it from others.
  const isFirstTry = /\battempt=1\b/.test(headers['amz-sdk-request'] ?? '');
  const scopeOf = (list: unknown) => JSON.stringify(list);
  return {
    table: context.table,
    recentlyFull: context.recentlyFull,
    deployment: context.deployment,
    random: context.random,
    now,
    requestToken: `${caller.accessKeyId} ${invocation ?? context.newId()}`,
    mayBeRetry: invocation !== undefined && !isFirstTry,
    pageTokens: {
      seal: (list, place) => sealPageToken(caller.secretAccessKey, scopeOf(list), place),
      open: (list, token) => openPageToken(caller.secretAccessKey, scopeOf(list), token),
    },
  };
}

/** What nobody expected. The caller learns no more than whether another try is worth it. */
function answerException(error: unknown): Answer {
  return isThrottling(error)
    ? refused('ThrottlingException', 'Rate exceeded')
    : refused('InternalServiceException', 'The service could not complete the request. Try again.');
}

/** What the log may hold of an exception. Its other members can be items of the table, with what players sent. */
const describe = (error: unknown): LogAttributes =>
  error instanceof Error
    ? { error: error.name, reason: error.message, stack: error.stack }
    : { error: 'not an Error' };

function spell(answer: Answer, requestId: string): APIGatewayProxyStructuredResultV2 {
  const { status, body } =
    answer.kind === 'answered'
      ? { status: 200, body: encodeAwsJson(answer.output) }
      : encodeErrorAwsJson(answer.error);
  return {
    statusCode: status,
    headers: { 'content-type': awsJsonContentType, 'x-amzn-requestid': requestId },
    body,
  };
}
