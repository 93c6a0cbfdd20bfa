import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { answerHttp, type HttpRequest, readHttp } from '#functions/http.ts';
import { describeError, type Log } from '#functions/log.ts';
import { pageTokensOf } from '#functions/page-tokens.ts';
import type { AccessKeys } from '#lib/auth/access-keys.ts';
import { allows } from '#lib/auth/roles.ts';
import { type Authenticated, authenticate, type Refusal } from '#lib/auth/sigv4.ts';
import { isThrottling } from '#lib/table/client.ts';
import type { WireErrorName } from '#lib/wire/errors.ts';
import type { Encoded, Spelling } from '#lib/wire/spelling.ts';
import { type Answer, type Call, type Refused, refused } from './operation.ts';
import { type Offered, operations } from './operations.ts';
import { operationsNotOffered } from './operations-not-offered.ts';
import { type Protocol, readProtocol } from './protocol.ts';

/** What the door needs beside the call itself: everything that a test may want to turn or to break. */
export type DoorContext = Pick<
  Call,
  | 'table'
  | 'recentlyFull'
  | 'recentSearches'
  | 'deployment'
  | 'retention'
  | 'idleTime'
  | 'meter'
  | 'random'
  | 'newId'
  | 'gameServerEndpoint'
  | 'connections'
> & {
  readonly accessKeys: AccessKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
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
    const request = readHttp(event);
    const protocol = readProtocol(request);
    const operation = nameOfKnown(protocol.operation);
    let answer: Answer;
    let encoded: Encoded;
    try {
      answer = await answerRequest(context, request, protocol, now);
      encoded = encode(protocol.spelling, answer);
    } catch (error) {
      answer = answerException(error);
      encoded = encode(protocol.spelling, answer);
      context.log.error('Request failed', { requestId: awsRequestId, operation, ...describeError(error) });
    }
    context.log.info('Request', {
      requestId: awsRequestId,
      operation,
      outcome: answer.kind === 'answered' ? 'ok' : answer.error.name,
      milliseconds: context.now() - now,
    });
    return answerHttp(encoded, { ...protocol.spelling.headers, 'x-amzn-requestid': awsRequestId });
  };
}

const encode = (spelling: Spelling, answer: Answer): Encoded =>
  answer.kind === 'answered' ? spelling.encodeAnswer(answer.output) : spelling.encodeError(answer.error);

/** The name for the log, which quotes no strangers: only what the service model knows. */
const nameOfKnown = (name: string | undefined): string | undefined =>
  name !== undefined && (operations.has(name) || operationsNotOffered.has(name)) ? name : undefined;

/**
 * More than any useful request: 262,144 characters of game session data, each escaped, are 1.6 MB. What strangers send is
 * parsed before it is known whether they hold a key.
 */
const maximumBodyBytes = 2_000_000;

async function answerRequest(
  context: DoorContext,
  request: HttpRequest,
  protocol: Protocol,
  now: number,
): Promise<Answer> {
  if (protocol.fault !== undefined) return refused('SerializationException', protocol.fault);
  if (request.body.length > maximumBodyBytes) {
    return refused('SerializationException', `The request body has more than ${maximumBodyBytes} bytes.`);
  }
  const decoded = protocol.spelling.decode(request.body);
  if (decoded.kind === 'malformed') return refused('SerializationException', decoded.message);
  const found = findOperation(protocol);
  if (found.kind === 'refused') return found;

  const requirements = { service: 'gamelift', signedHeaders: protocol.signedHeaders, now } as const;
  const caller = await authenticate(request, requirements, context.accessKeys);
  if (caller.kind !== 'authenticated') return refused(authenticationErrors[caller.kind], caller.message);
  const { name, operation } = found;
  if (!allows(caller.role, operation.access)) {
    return refused(
      'AccessDeniedException',
      `The role ${caller.role} of this access key does not allow ${name}.`,
    );
  }
  return operation.run(decoded.value, callOf(context, request, caller, now));
}

type Found = { readonly kind: 'found'; readonly name: string; readonly operation: Offered };

function findOperation({ operation: name, naming }: Protocol): Found | Refused {
  const operation = operations.get(name ?? '');
  if (name !== undefined && operation !== undefined) return { kind: 'found', name, operation };
  const reason = operationsNotOffered.get(name ?? '');
  return reason === undefined
    ? refused('UnknownOperationException', naming)
    : refused(
        'ApiNotSupportedException',
        `${name} is an operation of GameLift that Openslot does not offer: ${reason}.`,
      );
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
  return {
    table: context.table,
    recentlyFull: context.recentlyFull,
    recentSearches: context.recentSearches,
    deployment: context.deployment,
    retention: context.retention,
    idleTime: context.idleTime,
    meter: context.meter,
    random: context.random,
    newId: context.newId,
    gameServerEndpoint: context.gameServerEndpoint,
    connections: context.connections,
    log: context.log,
    now,
    requestToken: `${caller.accessKeyId} ${invocation ?? context.newId()}`,
    mayBeRetry: invocation !== undefined && !isFirstTry,
    pageTokens: pageTokensOf(caller.secretAccessKey),
  };
}

/** What nobody expected. The caller learns no more than whether another try is worth it. */
function answerException(error: unknown): Answer {
  return isThrottling(error)
    ? refused('ThrottlingException', 'Rate exceeded')
    : refused('InternalServiceException', 'The service could not complete the request. Try again.');
}
