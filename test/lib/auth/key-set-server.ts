import { createServer, type ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import { listenOnLoopback } from '#infra/local/http.ts';

export type KeySetServer = {
  readonly url: string;
  /** What is answered; undefined for an outage, a function for an answer of any kind. */
  answer: readonly JWK[] | string | undefined | ((response: ServerResponse) => unknown);
  /** How many requests came. */
  readonly requests: number;
  stop(): Promise<void>;
};

/** Publishes a key set on a loopback port, and counts who asks for it. */
export async function startKeySetServer(keys: readonly JWK[]): Promise<KeySetServer> {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests++;
    const { answer } = standIn;
    if (answer === undefined) response.writeHead(503).end('{"keys":[]}');
    else if (typeof answer === 'function') answer(response);
    else response.end(typeof answer === 'string' ? answer : JSON.stringify({ keys: answer }));
  });
  const port = await listenOnLoopback(server, 0);
  const standIn: KeySetServer = {
    url: `http://127.0.0.1:${port}/jwks.json`,
    answer: keys,
    get requests() {
      return requests;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return standIn;
}
