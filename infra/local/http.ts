import { once } from 'node:events';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import type { LocalRoute } from './apis.ts';
import { answerRequest, type Invoke } from './gateway.ts';
import { type GatewayAnswer, gatewayRefusals, hasBody } from './gateway-answer.ts';
import type { GatewayRequest } from './gateway-event.ts';
import { createListener, type ListenerOptions } from './listener.ts';
import { LocalRunError } from './local-run-error.ts';
import { createRouter, type Router } from './routes.ts';

export type HttpGateway = {
  /** Without a slash at the end. */
  readonly url: string;
  /** Takes no more requests, and ends once those under way are answered or 2 s are over. */
  close(): Promise<void>;
};

export type HttpGatewayOptions = Pick<ListenerOptions, 'onUpgrade' | 'certificate'> & {
  /** 0 for one that is free. */
  readonly port: number;
  /** A promise makes requests wait for it: so the port can be taken before the rest is ready. */
  readonly routes: readonly LocalRoute[] | Promise<readonly LocalRoute[]>;
  readonly invoke: Invoke;
};

/** The gateway's limit on a request's body. */
const maxBodyBytes = 10 * 1024 * 1024;

/**
 * Serves routes as an HTTP API of API Gateway does, on 127.0.0.1 alone.
 *
 * @throws LocalRunError when the port is taken.
 */
export async function serveHttp({
  port,
  routes,
  invoke,
  ...others
}: HttpGatewayOptions): Promise<HttpGateway> {
  const router = Promise.resolve(routes).then(createRouter);
  // Whoever made the promise hears of its failure; here it only means that requests go unanswered.
  router.catch(() => {});
  const { server, close } = createListener({
    ...others,
    onRequest: (request, response) => {
      // What fails here is the connection: there is nobody left to answer.
      answer(request, router, invoke)
        .then((answered) => send(response, answered))
        .catch(() => response.destroy());
    },
  });
  const actualPort = await listenOnLoopback(server, port);
  return { url: `http://127.0.0.1:${actualPort}`, close };
}

/**
 * Has the server listen on 127.0.0.1 and gives the port, which is another than `port` if that is 0.
 *
 * @throws LocalRunError when the port is taken.
 */
export async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EADDRINUSE' ? 'is taken: stop what listens there' : 'is not for this user';
    throw new LocalRunError(`Port ${port} ${reason}, or choose another with --port`);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Ends a server of which nobody waits for an answer. */
export function closeAtOnce(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function answer(
  request: IncomingMessage,
  router: Promise<Router>,
  invoke: Invoke,
): Promise<GatewayAnswer> {
  const receivedAt = Date.now();
  const body = await readBody(request, maxBodyBytes);
  if (body === undefined) return gatewayRefusals.tooLarge;
  return answerRequest(gatewayRequest(request, body, receivedAt), await router, invoke);
}

function send(response: ServerResponse, { statusCode, headers, body }: GatewayAnswer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (hasBody(statusCode)) response.setHeader('content-length', Buffer.byteLength(body));
  response.writeHead(statusCode).end(body);
}

function gatewayRequest(request: IncomingMessage, body: Buffer, receivedAt: number): GatewayRequest {
  const { method = 'GET', url = '/', rawHeaders, socket } = request;
  const [path = '/'] = url.split('?', 1);
  return {
    method,
    path,
    query: url.slice(path.length + 1),
    rawHeaders,
    body,
    sourceIp: socket.remoteAddress ?? '127.0.0.1',
    port: socket.localPort ?? 0,
    isSecure: 'encrypted' in socket,
    receivedAt,
  };
}

/** Undefined for a body over the limit, which is read nevertheless: who is cut off while sending may miss the answer. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}
