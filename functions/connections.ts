import {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiServiceException,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describeError, type Log } from './log.ts';

/** The most bytes that the gateway takes in one message: 128 KB. */
export const largestMessage = 128 * 1_024;

/**
 * How a post ended: the gateway has taken the text, which may still get lost with the connection; nobody is at the other end
 * any more; the gateway has refused it; or nobody knows, since no answer came.
 */
export type PostOutcome = 'posted' | 'gone' | 'refused' | 'unknown';

/** The connections that game servers hold open. */
export type Connections = {
  /**
   * Sends a text to whoever is at the other end: one call to the gateway, and no second one, which could send it twice. Never
   * rejects.
   *
   * @param text at most `largestMessage` bytes
   */
  post(connectionId: string, text: string): Promise<PostOutcome>;
};

/** What the client of the gateway needs; where it finds the gateway is in the environment. */
export type ConnectionSettings = {
  readonly client: { readonly region: string; readonly endpoint?: string };
  readonly log: Pick<Log, 'warn'>;
};

/**
 * The connections behind the gateway. Its client is made when something is posted first: a function that answers players seldom
 * does, and its callers wait for its cold start. Its code is loaded at once all the same: to load it later, a bundle has to
 * wrap each module that it shares with the client of DynamoDB, which costs every cold start more (docs/benchmark.md).
 */
export function gatewayConnections({ client: settings, log }: ConnectionSettings): Connections {
  let client: ApiGatewayManagementApiClient | undefined;
  return {
    async post(connectionId, text) {
      client ??= new ApiGatewayManagementApiClient({
        ...settings,
        maxAttempts: 1,
        // A game server that does not read must not hold up whoever has something to tell it.
        requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
      });
      try {
        const post = { ConnectionId: connectionId, Data: Buffer.from(text) };
        await client.send(new PostToConnectionCommand(post));
        return 'posted';
      } catch (error) {
        if (error instanceof GoneException) return 'gone';
        log.warn('An event could not be posted', describeError(error));
        // Whatever the gateway says itself by a 4xx it has not done.
        const status =
          error instanceof ApiGatewayManagementApiServiceException
            ? (error.$metadata.httpStatusCode ?? 0)
            : 0;
        return status >= 400 && status < 500 ? 'refused' : 'unknown';
      }
    },
  };
}
