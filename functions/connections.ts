import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

/** The connections that game servers hold open. */
export type Connections = {
  /**
   * Sends a text to whoever is at the other end: one call to the gateway. `gone` where nobody is there any more; a text that
   * was posted may still get lost with the connection.
   *
   * @param text at most `largestMessage` bytes
   */
  post(connectionId: string, text: string): Promise<'posted' | 'gone'>;
};

/** The most bytes that the gateway takes in one message: 128 KB. */
export const largestMessage = 128 * 1_024;

/** How the client of the gateway is set up; where it finds the gateway is in the environment. */
export type ConnectionSettings = { readonly region: string };

/**
 * The connections behind the gateway. Its client is loaded when something is posted first: a function that answers players
 * seldom does, and its callers wait for its cold start.
 */
export function gatewayConnections(settings: ConnectionSettings): Connections {
  let client: ApiGatewayManagementApiClient | undefined;
  return {
    async post(connectionId, text) {
      const { ApiGatewayManagementApiClient, GoneException, PostToConnectionCommand } = await import(
        '@aws-sdk/client-apigatewaymanagementapi'
      );
      client ??= new ApiGatewayManagementApiClient({
        ...settings,
        maxAttempts: 2,
        // A game server that does not read must not hold up whoever has something to tell it.
        requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
      });
      try {
        await client.send(
          new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(text) }),
        );
        return 'posted';
      } catch (error) {
        if (error instanceof GoneException) return 'gone';
        throw error;
      }
    },
  };
}
