import type { Connections } from './connections.ts';
import { type HttpGatewayOptions, serveHttp } from './http.ts';
import { serveManagementApi } from './management-api.ts';
import { type WebSocketGatewayOptions, webSocketGateway } from './web-socket-gateway.ts';

export type GatewayOptions = Omit<HttpGatewayOptions, 'onUpgrade'> & {
  readonly webSocket: WebSocketGatewayOptions;
};

/** Both APIs on one port, over TLS too where there is a certificate. */
export type Gateway = {
  /** Of the HTTP API, without a slash at the end. */
  readonly url: string;
  /** Of the WebSocket API, without the stage: `ws://127.0.0.1:4800`. */
  readonly webSocketUrl: string;
  /** Where the AWS SDK sends messages to connections. */
  readonly managementEndpoint: string;
  readonly connections: Connections;
  /** Closes all WebSockets, so that clients come back, and takes no more. */
  closeWebSockets(): Promise<void>;
  /** The same, takes no more requests, and ends once those under way are answered or 2 s are over. */
  close(): Promise<void>;
};

/**
 * Serves an HTTP API and a WebSocket API as API Gateway does, on 127.0.0.1 alone:
 *
 * ```ts
 * const gateway = await serveGateway({ port: 0, routes: [], invoke, webSocket: { api, invoke: handler } });
 * new WebSocket(`${gateway.webSocketUrl}/live?pID=one`);
 * ```
 *
 * @throws LocalRunError when the port is taken.
 */
export async function serveGateway({ webSocket, ...options }: GatewayOptions): Promise<Gateway> {
  const webSockets = webSocketGateway(webSocket);
  const { connections } = webSockets;
  const http = await serveHttp({
    ...options,
    onUpgrade: (request, socket, head) => webSockets.upgrade({ request, socket, head }),
  });
  const management = await serveManagementApi(connections);
  return {
    url: http.url,
    webSocketUrl: http.url.replace(/^http/, 'ws'),
    managementEndpoint: management.endpoint,
    connections,
    closeWebSockets: webSockets.close,
    close: async () => {
      await Promise.all([webSockets.close(), http.close()]);
      await management.close();
    },
  };
}
