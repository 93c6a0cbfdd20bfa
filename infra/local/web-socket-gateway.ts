import { WebSocket } from 'ws';
import { largestMessage } from '#functions/connections.ts';
import type { LocalWebSocketApi, LocalWebSocketRoute } from './apis.ts';
import { type ConnectionLimits, Connections, maxFrameBytes, usualLimits } from './connections.ts';
import { watchFrames } from './frame-sizes.ts';
import { newGatewayId } from './gateway-event.ts';
import { tellUnexpected } from './invoke-in-time.ts';
import { routeKeyIn } from './route-key.ts';
import { type Asked, askFunction, type InvokeWebSocket } from './web-socket-answer.ts';
import {
  type ConnectionEnd,
  type ConnectionFacts,
  connectEvent,
  disconnectEvent,
  messageEvent,
  type WebSocketEvent,
} from './web-socket-event.ts';
import {
  type HandshakeRefusal,
  handshakeRefusals,
  shakeHands,
  type Upgrade,
} from './web-socket-handshake.ts';

export type WebSocketGatewayOptions = {
  /** Undefined for none. A promise makes clients wait for it. */
  readonly api: LocalWebSocketApi | undefined | Promise<LocalWebSocketApi | undefined>;
  readonly invoke: InvokeWebSocket;
  /** The gateway's own by default. */
  readonly limits?: Partial<ConnectionLimits> | undefined;
  /** The time that events tell, in epoch milliseconds; this machine's by default. */
  readonly now?: (() => number) | undefined;
};

export type WebSocketGateway = {
  readonly connections: Connections;
  /** Answers a request for a WebSocket. */
  upgrade(upgrade: Upgrade): void;
  /** Takes no more connections and closes those that are open so that clients come back. No function is told. */
  close(): Promise<void>;
};

/** By the codes of RFC 6455. */
const closeCodes = { unsupportedData: 1003, tooLarge: 1009, vanished: 1006 } as const;

/** Serves a WebSocket API as API Gateway does. */
export function webSocketGateway({
  api: declared,
  invoke,
  limits,
  now = Date.now,
}: WebSocketGatewayOptions): WebSocketGateway {
  const connections = new Connections({ ...usualLimits, ...limits }, now);
  const known = Promise.resolve(declared);
  // Whoever made the promise hears of its failure; here it only means that requests go unanswered.
  known.catch(() => {});
  let isClosing = false;

  const ask = (route: LocalWebSocketRoute, event: WebSocketEvent) => askFunction(route, event, invoke);

  const connect = async (
    { routes }: LocalWebSocketApi,
    connection: ConnectionFacts,
    { request }: Upgrade,
  ): Promise<HandshakeRefusal | undefined> => {
    const route = routes.get('$connect');
    if (route === undefined) return undefined;
    const { url = '', rawHeaders, socket } = request;
    const sent = {
      query: url.slice(pathOf(url).length + 1),
      rawHeaders,
      port: socket.localPort ?? 0,
      isSecure: 'encrypted' in socket,
    };
    return refusalBy(await ask(route, connectEvent(connection, sent)));
  };

  const answerMessage = async (
    { routes, routeKeyPath }: LocalWebSocketApi,
    connection: ConnectionFacts,
    body: string,
  ) => {
    const wanted = routeKeyIn(body, routeKeyPath);
    const routeKey = wanted !== undefined && routes.has(wanted) ? wanted : '$default';
    const route = routes.get(routeKey);
    const event = messageEvent(connection, { routeKey, body, now: now() });
    const sayItself = (message: string) => {
      const { connectionId, requestId } = event.requestContext;
      connections.post(connection.id, Buffer.from(JSON.stringify({ message, connectionId, requestId })));
    };
    if (route === undefined) return sayItself('Forbidden');
    const asked = await ask(route, event);
    if (asked.kind !== 'answered') return sayItself('Internal server error');
    if (!route.isTwoWay || asked.body === undefined) return;
    if (asked.body.length > largestMessage) return sayItself('Internal server error');
    connections.post(connection.id, asked.body);
  };

  const disconnect = async (
    { routes }: LocalWebSocketApi,
    connection: ConnectionFacts,
    end: ConnectionEnd,
  ) => {
    const route = routes.get('$disconnect');
    if (route !== undefined && !isClosing) await ask(route, disconnectEvent(connection, end, now()));
  };

  const serve = (
    api: LocalWebSocketApi,
    connection: ConnectionFacts,
    webSocket: WebSocket,
    { socket }: Upgrade,
  ) => {
    connections.add(connection, webSocket);
    // It closes the connection, with the code that tells what was wrong.
    webSocket.on('error', () => {});
    // Before its own listener, which may find the whole message in what has come.
    socket.prependListener(
      'data',
      watchFrames((bytes) => {
        if (bytes > maxFrameBytes) webSocket.close(closeCodes.tooLarge);
      }),
    );
    webSocket.on('message', (data, isBinary) => {
      if (webSocket.readyState !== WebSocket.OPEN) return;
      if (isBinary) return webSocket.close(closeCodes.unsupportedData);
      connections.touch(connection.id);
      answerMessage(api, connection, data.toString()).catch(tellUnexpected);
    });
    webSocket.once('close', (code, reason) => {
      disconnect(api, connection, { code, reason: reason.toString() }).catch(tellUnexpected);
    });
  };

  const upgrade = async (sent: Upgrade) => {
    const api = await known;
    const { url = '', headers, socket } = sent.request;
    if (isClosing || api === undefined || !isAt(api.stage, pathOf(url))) {
      const refused = isClosing ? handshakeRefusals.stopping : handshakeRefusals.forbidden;
      return shakeHands(sent, { decide: async () => refused, onOpen: () => {}, onVanished: () => {} });
    }
    const { 'user-agent': userAgent } = headers;
    const connection = {
      id: newGatewayId(),
      connectedAt: now(),
      stage: api.stage,
      identity: {
        sourceIp: socket.remoteAddress ?? '127.0.0.1',
        ...(userAgent !== undefined && { userAgent }),
      },
    };
    const vanished = { code: closeCodes.vanished, reason: '' };
    shakeHands(sent, {
      decide: async () => {
        const refused = await connect(api, connection, sent);
        return refused ?? (isClosing ? handshakeRefusals.stopping : undefined);
      },
      onOpen: (webSocket) => serve(api, connection, webSocket, sent),
      onVanished: () => void disconnect(api, connection, vanished).catch(tellUnexpected),
    });
  };

  return {
    connections,
    upgrade: (sent) => {
      const cut = () => sent.socket.destroy();
      sent.socket.on('error', cut);
      upgrade(sent).catch(cut);
    },
    close: async () => {
      isClosing = true;
      await connections.closeAll();
    },
  };
}

/** Why the function does not want the connection; undefined where it does. */
function refusalBy(asked: Asked): HandshakeRefusal | undefined {
  if (asked.kind === 'late') return handshakeRefusals.timedOut;
  if (asked.kind === 'failed') return handshakeRefusals.functionFailed;
  const { statusCode, body } = asked;
  return statusCode >= 200 && statusCode < 300 ? undefined : { statusCode, body: body?.toString() ?? '' };
}

const pathOf = (url: string) => url.split('?', 1)[0] ?? '';

/** Some clients append a slash to whatever they are given. */
const isAt = (stage: string, path: string) => path === `/${stage}` || path === `/${stage}/`;
