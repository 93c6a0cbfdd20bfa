import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { largestMessage } from '#functions/connections.ts';

/** Why somebody is not connected: an answer of HTTP. */
export type HandshakeRefusal = { readonly statusCode: number; readonly body: string };

/** The gateway's own refusals, which no function is asked for. */
export const handshakeRefusals = {
  forbidden: refusal(403, 'Forbidden'),
  functionFailed: refusal(502, 'Internal server error'),
  stopping: refusal(503, 'Service Unavailable'),
  timedOut: refusal(504, 'Endpoint request timed out'),
} as const;

function refusal(statusCode: number, message: string): HandshakeRefusal {
  return { statusCode, body: JSON.stringify({ message }) };
}

/** A request for a WebSocket, as node:http hands it over. */
export type Upgrade = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request. */
  readonly head: Buffer;
};

export type Handshake = {
  /** Whether to connect; is not asked where the request is not well-formed. */
  decide(): Promise<HandshakeRefusal | undefined>;
  /** Is told of the connection before anything is read from it. */
  onOpen(webSocket: WebSocket): void;
  /** Is told where none came about, although nothing was refused: the client has gone away meanwhile. */
  onVanished(): void;
};

/** Answers a request for a WebSocket, without a subprotocol and without compression. */
export function shakeHands(upgrade: Upgrade, { decide, onOpen, onVanished }: Handshake): void {
  let isOpen = false;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: largestMessage,
    handleProtocols: () => false,
    verifyClient: (_, verified) => {
      decide().then(
        (refused) => {
          if (refused !== undefined) {
            verified(false, refused.statusCode, refused.body, { 'Content-Type': 'application/json' });
            return;
          }
          verified(true);
          if (!isOpen) onVanished();
        },
        () => upgrade.socket.destroy(),
      );
    },
  });
  server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (webSocket) => {
    isOpen = true;
    onOpen(webSocket);
  });
}
