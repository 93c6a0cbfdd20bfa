import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyStructuredResultV2,
  Context,
} from 'aws-lambda';
import { describeError, type Log, type LogAttributes } from '#functions/log.ts';
import { tellOwed } from '#functions/tell-server.ts';
import { disconnect, findConnected } from '#lib/servers/connect.ts';
import { findProcess } from '#lib/servers/find-process.ts';
import { isThrottling } from '#lib/table/client.ts';
import { owesAny } from '#lib/table/process-item.ts';
import { tellItHasEnded } from './actions/heartbeat-server-process.ts';
import { isServerAction, serverActions } from './actions.ts';
import { type ConnectAnswer, letIn } from './connect.ts';
import { type Envelope, type ReadMessage, readMessage, spellAnswer } from './envelope.ts';
import { processEnded, type RefusalName, refusals, refuse } from './refusals.ts';
import { type ServerAnswer, type ServerCall, statuses } from './request.ts';

/** What the door needs beside the call itself: everything that a test may want to turn or to break. */
export type DoorContext = Pick<
  ServerCall,
  'table' | 'recentlyFull' | 'deployment' | 'retention' | 'endpoint' | 'connections' | 'meter' | 'newId'
> & {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
};

/**
 * What the door reads of a call of the gateway: of a connection that begins, whose query it has, that says something, or that
 * is over.
 */
export type GatewayEvent = {
  readonly requestContext: Pick<
    APIGatewayEventWebsocketRequestContextV2,
    'connectionId' | 'connectedAt' | 'eventType'
  >;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
};

/**
 * The WebSocket that game servers hold, as one function. Who may connect is decided here, since the gateway then needs no
 * second function before this one. Every request is answered, and as the protocol says: what the gateway would say of a
 * function that failed no SDK reads, and the game would wait for 20 seconds.
 */
export function gameServersDoor(context: DoorContext) {
  return async (
    event: GatewayEvent,
    { awsRequestId }: Pick<Context, 'awsRequestId'>,
  ): Promise<APIGatewayProxyStructuredResultV2> => {
    const { connectionId, eventType } = event.requestContext;
    switch (eventType) {
      case 'CONNECT':
        return answerConnect(context, event, awsRequestId);
      case 'DISCONNECT':
        return answerDisconnect(context, connectionId, awsRequestId);
      case 'MESSAGE':
        return { statusCode: statuses.ok, body: await answerMessage(context, event, awsRequestId) };
    }
  };
}

/**
 * What the gateway is told of each answer to whoever wants to connect. Everything that another try does not mend is a 403, the
 * only status that an SDK has a name for.
 */
const connectStatuses: Readonly<Record<ConnectAnswer, number>> = {
  connected: statuses.ok,
  'bad-request': statuses.forbidden,
  'bad-token': statuses.forbidden,
  ended: statuses.forbidden,
  contended: statuses.tooManyRequests,
};

async function answerConnect(
  context: DoorContext,
  { requestContext, queryStringParameters: query = {} }: GatewayEvent,
  requestId: string,
): Promise<APIGatewayProxyStructuredResultV2> {
  const now = context.now();
  const { connectionId, connectedAt } = requestContext;
  let statusCode: number;
  let outcome: string;
  try {
    const answer = await letIn(context, { connectionId, connectedAt, query, now });
    outcome = answer;
    statusCode = connectStatuses[answer];
  } catch (error) {
    outcome = 'failed';
    const [status] = refusals[await fail(context, { requestId, connectionId }, error)];
    statusCode = status;
  }
  const milliseconds = context.now() - now;
  context.log.info('Connection', { requestId, connectionId, outcome, milliseconds });
  return { statusCode };
}

/** Nobody is there any more to read the answer, and the gateway does not call again: only operators are told of a failure. */
async function answerDisconnect(
  context: DoorContext,
  connectionId: string,
  requestId: string,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    await disconnect(context.table, connectionId);
    return { statusCode: statuses.ok };
  } catch (error) {
    const [status] = refusals[await fail(context, { requestId, connectionId }, error)];
    return { statusCode: status };
  }
}

/** Tells operators of what nobody expected, and says how it is refused. */
async function fail({ log, meter }: DoorContext, where: LogAttributes, error: unknown): Promise<RefusalName> {
  log.error('Request failed', { ...where, ...describeError(error) });
  if (isThrottling(error)) return 'contended';
  await meter({ ServerRequestsFailed: 1 });
  return 'unexpected';
}

async function answerMessage(context: DoorContext, event: GatewayEvent, requestId: string): Promise<string> {
  const now = context.now();
  const { connectionId } = event.requestContext;
  const read = readMessage(textOf(event));
  const envelope: Envelope = read.kind === 'message' ? read : { action: undefined, requestId: undefined };
  let answer: ServerAnswer;
  try {
    answer = await answerRequest(context, event.requestContext, read, now);
  } catch (error) {
    const where = { requestId, action: nameOfKnown(envelope.action) };
    const name = await fail(context, where, error);
    answer = refuse(name, 'The service could not complete the request. Try again.');
  }
  context.log.info('Request', {
    requestId,
    connectionId,
    action: nameOfKnown(envelope.action),
    outcome: answer.kind === 'answered' ? 'ok' : answer.status,
    milliseconds: context.now() - now,
  });
  return spellAnswer(envelope, answer);
}

const textOf = ({ body = '', isBase64Encoded }: GatewayEvent): string =>
  isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;

/** The name for the log, which quotes no strangers: only what the protocol knows. */
const nameOfKnown = (name: string | undefined): string | undefined =>
  name !== undefined && isServerAction(name) ? name : undefined;

async function answerRequest(
  context: DoorContext,
  { connectionId, connectedAt }: GatewayEvent['requestContext'],
  read: ReadMessage,
  now: number,
): Promise<ServerAnswer> {
  if (read.kind === 'malformed') return refuse('malformed', read.reason);
  const { action: name = '', message, requestId } = read;
  if (!isServerAction(name)) {
    const known = Object.keys(serverActions).join(', ');
    return refuse('malformed', `Action must be one of ${known}.`);
  }

  const address = await findConnected(context.table, connectionId);
  const process = address && (await findProcess(context.table, address));
  if (address === undefined || process === undefined) {
    return refuse('unknownConnection', 'This connection belongs to no server process. Connect again.');
  }
  const call: ServerCall = { ...context, now, connectionId, connectedAt, requestId, address, process };
  if (process.status === 'ENDED' && name !== 'TerminateServerProcess') {
    // One that has said that it ends is about to, in its own way, and what it has sent before may come behind that.
    return process.endedItself ? processEnded : tellItHasEnded(call);
  }
  const answer = await serverActions[name].run(message, call);
  // What could not be told before is told when the process is heard of again. A heartbeat, which may find more, does so itself.
  if (name !== 'HeartbeatServerProcess' && owesAny(process)) await tellOwed(call, address);
  return answer;
}
