import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

/** A client that keeps what comes until it is asked for. */
export type Client = {
  readonly socket: WebSocket;
  send(message: string | Buffer): void;
  /** The next message of text. */
  next(): Promise<string>;
  /** How the server ended the connection, or 1006 for a cut. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
};

/** Connects, and goes when the test has ended. */
export async function connected(url: string, options: ClientOptions = {}): Promise<Client> {
  const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
  onTestFinished(() => socket.terminate());
  const come: string[] = [];
  const wanted: ((message: string) => void)[] = [];
  socket.on('message', (data) => {
    const take = wanted.shift();
    if (take === undefined) come.push(data.toString());
    else take(data.toString());
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  // What is wrong is told by the code as well.
  socket.on('error', () => {});
  return {
    socket,
    send: (message) => socket.send(message),
    next: async () => come.shift() ?? new Promise((resolve) => wanted.push(resolve)),
    closed,
  };
}

/** The answer to whoever is not connected. */
export async function refusal(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  socket.once('unexpected-response', (_, answer) => resolve(answer));
  const response = await promise;
  return { status: response.statusCode, type: response.headers['content-type'], body: await text(response) };
}
