import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificate.ts';

export type ListenerOptions = {
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Is handed whoever asks for a WebSocket. Without it they are answered as if they had asked for nothing of the kind. */
  readonly onUpgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** For TLS on the same port, from version 1.2 on. Without it there is none. */
  readonly certificate?: Promise<Certificate> | undefined;
};

export type Listener = {
  /** Takes connections once it is told where to listen. */
  readonly server: Server;
  /** Takes no more connections, and ends once the requests under way are answered or 2 s are over. */
  close(): Promise<void>;
};

/** The first byte of whoever wants TLS: the type of a record of its handshake. No HTTP request begins with it. */
const tlsHandshake = 0x16;

/** Longer than clients keep an idle connection, so that the client closes first and never meets a reset. */
const keepAliveTimeoutMs = 350_000;

const closeGraceMs = 2_000;

/** Speaks HTTP and, on the same port, HTTP over TLS: each connection says by its first byte which of the two it is. */
export function createListener({ onRequest, onUpgrade, certificate }: ListenerOptions): Listener {
  const sockets = new Set<Socket>();
  /** Those that have not sent anything yet. */
  const silent = new Set<Socket>();
  /** Those that HTTP is spoken on, over TLS or not. */
  const spoken = new Set<Duplex>();
  const underWay = new Set<ServerResponse>();
  let isClosing = false;

  const http = createHttpServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    // Clients in Java ask for HTTP/2 in the same way, and are answered in HTTP/1.1.
    shouldUpgradeCallback: ({ headers }) =>
      onUpgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket',
  });
  http.on('connection', (socket) => {
    spoken.add(socket);
    socket.once('close', () => spoken.delete(socket));
  });
  http.on('request', (request, response) => {
    if (isClosing) response.shouldKeepAlive = false;
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    onRequest(request, response);
  });
  http.on('upgrade', (request, socket, head) => {
    // From here on it is for somebody else to end it.
    spoken.delete(socket);
    onUpgrade?.(request, socket, head);
  });
  const tls = certificate?.then((keyAndCertificate) =>
    createTlsServer({ ...keyAndCertificate, minVersion: 'TLSv1.2' }, (socket) => {
      http.emit('connection', socket);
    }),
  );
  // Whoever made the promise hears of its failure; here it only means that there is no TLS.
  tls?.catch(() => {});

  const handOver = async (socket: Socket, firstByte: number | undefined) => {
    const taker = firstByte === tlsHandshake && tls !== undefined ? await tls : http;
    taker.emit('connection', socket);
    socket.resume();
  };
  // Connections are as those that node:http makes by itself.
  const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const cut = () => socket.destroy();
    sockets.add(socket);
    silent.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      silent.delete(socket);
    });
    // As long as nobody else listens for these.
    socket.on('error', cut).once('end', cut);
    socket.once('data', (first) => {
      silent.delete(socket);
      socket.off('end', cut).pause();
      // Whoever takes it begins with what came first.
      socket.unshift(first);
      handOver(socket, first[0]).catch(cut);
    });
  });

  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    isClosing = true;
    for (const response of underWay) response.shouldKeepAlive = false;
    const answering = new Set<Duplex | null>([...underWay].map(({ socket }) => socket));
    for (const socket of [...silent, ...spoken].filter((each) => !answering.has(each))) socket.destroy();
    const force = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, closeGraceMs);
    await closed;
    clearTimeout(force);
  };
  return { server, close };
}
