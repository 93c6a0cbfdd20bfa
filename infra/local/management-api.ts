import { createServer, type IncomingMessage } from 'node:http';
import { largestMessage } from '#functions/connections.ts';
import type { Connections } from './connections.ts';
import { closeAtOnce, listenOnLoopback, readBody } from './http.ts';

export type ManagementApi = {
  /** Without a slash at the end. What is sent to the stage below it, as on AWS, is answered too. */
  readonly endpoint: string;
  close(): Promise<void>;
};

type Answer =
  | { readonly kind: 'answered'; readonly statusCode: number; readonly body?: object }
  /** `type` is the exception that the SDK throws. */
  | {
      readonly kind: 'refused';
      readonly statusCode: number;
      readonly type: string;
      readonly message: string;
    };

const forbidden = refused(403, 'ForbiddenException', 'Forbidden');
const gone = refused(410, 'GoneException', 'The connection is gone');
const tooLarge = refused(413, 'PayloadTooLargeException', 'A message has 128 KB at most');

function refused(statusCode: number, type: string, message: string): Answer {
  return { kind: 'refused', statusCode, type, message };
}

/**
 * Stands in for the management API of a WebSocket API, on 127.0.0.1 alone: sends messages to connections, tells of them and
 * closes them. Whoever asks is believed.
 */
export async function serveManagementApi(connections: Connections): Promise<ManagementApi> {
  const server = createServer((request, response) => {
    answer(request, connections)
      .then((answered) => {
        if (answered.kind === 'refused') response.setHeader('x-amzn-errortype', answered.type);
        const body = answered.kind === 'refused' ? { message: answered.message } : answered.body;
        response
          .writeHead(answered.statusCode, body && { 'content-type': 'application/json' })
          .end(body && JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  const port = await listenOnLoopback(server, 0);
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeAtOnce(server) };
}

async function answer(request: IncomingMessage, connections: Connections): Promise<Answer> {
  const message = await readBody(request, largestMessage);
  const id = connectionIn(request.url ?? '');
  if (id === undefined) return forbidden;
  if (!/^[\w-]{15}=$/.test(id)) return refused(400, 'BadRequestException', `Invalid connectionId: ${id}`);
  switch (request.method) {
    case 'POST':
      if (message === undefined) return tooLarge;
      return connections.post(id, message) ? { kind: 'answered', statusCode: 200 } : gone;
    case 'DELETE':
      return connections.close(id) ? { kind: 'answered', statusCode: 204 } : gone;
    case 'GET':
      return describe(id, connections);
    default:
      return forbidden;
  }
}

function describe(id: string, connections: Connections): Answer {
  const connection = connections.describe(id);
  if (connection === undefined) return gone;
  const { connectedAt, lastActiveAt, identity } = connection;
  const body = {
    connectedAt: new Date(connectedAt).toISOString(),
    identity,
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  };
  return { kind: 'answered', statusCode: 200, body };
}

/** The id in `/@connections/<id>`, with or without the stage before it. Undefined for another path. */
function connectionIn(url: string): string | undefined {
  const [, id] = /^(?:\/[\w-]+)?\/(?:@|%40)connections\/([^/?]+)$/i.exec(url) ?? [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return undefined;
  }
}
