import { WebSocket } from 'ws';
import type { ConnectionFacts } from './web-socket-event.ts';
import { stopTimeoutMs, within } from './within.ts';

/** The gateway's limit on one frame of a message. */
export const maxFrameBytes = 32 * 1024;

/** How long a connection lasts. */
export type ConnectionLimits = {
  /** How long no message may come or go. */
  readonly idleMs: number;
  /** How long it may be there at all. */
  readonly lifetimeMs: number;
};

/** The gateway's own. */
export const usualLimits: ConnectionLimits = { idleMs: 10 * 60_000, lifetimeMs: 2 * 60 * 60_000 };

/** Why a connection is closed, by the codes of RFC 6455 and of IANA. */
const closeCodes = {
  normally: 1000,
  goingAway: 1001,
  /** Clients come back after it. After the two others, some server SDKs never do. */
  serviceRestart: 1012,
} as const;

type OpenConnection = {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  readonly idle: NodeJS.Timeout;
  /** Epoch milliseconds. */
  lastActiveAt: number;
};

/** The connections that are open, by their ids. */
export class Connections {
  readonly #open = new Map<string, OpenConnection>();
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;

  constructor(limits: ConnectionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Keeps a connection until it ends, or has been there too long. */
  add(facts: ConnectionFacts, socket: WebSocket): void {
    const { idleMs, lifetimeMs } = this.#limits;
    const goAway = () => socket.close(closeCodes.goingAway, 'Going away');
    const idle = setTimeout(goAway, idleMs);
    const lifetime = setTimeout(goAway, lifetimeMs);
    this.#open.set(facts.id, { facts, socket, idle, lastActiveAt: facts.connectedAt });
    socket.once('close', () => {
      clearTimeout(idle);
      clearTimeout(lifetime);
      this.#open.delete(facts.id);
    });
  }

  /** The ids, in the order in which they came. */
  ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Takes notice of a message. */
  touch(id: string): void {
    const connection = this.#open.get(id);
    if (connection === undefined) return;
    connection.lastActiveAt = this.#now();
    connection.idle.refresh();
  }

  /** What is known of a connection; undefined for one that is gone. */
  describe(id: string): (ConnectionFacts & { readonly lastActiveAt: number }) | undefined {
    const connection = this.#find(id);
    return connection && { ...connection.facts, lastActiveAt: connection.lastActiveAt };
  }

  /** Sends a message of text; false where the connection is gone. */
  post(id: string, data: Buffer): boolean {
    const socket = this.#find(id)?.socket;
    if (socket === undefined) return false;
    for (let start = 0; start === 0 || start < data.length; start += maxFrameBytes) {
      const end = start + maxFrameBytes;
      socket.send(data.subarray(start, end), { binary: false, fin: end >= data.length });
    }
    this.touch(id);
    return true;
  }

  /** Closes a connection as somebody has asked to; false where it is gone. */
  close(id: string): boolean {
    const socket = this.#find(id)?.socket;
    socket?.close(closeCodes.normally, 'Connection Closed Normally');
    return socket !== undefined;
  }

  /** Cuts a connection without a word, as networks do. */
  drop(id: string): void {
    this.#open.get(id)?.socket.terminate();
  }

  /** Closes all, so that clients come back, and cuts those that do not answer in time. */
  async closeAll(): Promise<void> {
    const sockets = [...this.#open.values()].map(({ socket }) => socket);
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of sockets) socket.close(closeCodes.serviceRestart, 'Service restart');
    await within(stopTimeoutMs, Promise.all(closed));
    for (const socket of sockets) socket.terminate();
    await Promise.all(closed);
  }

  #find(id: string): OpenConnection | undefined {
    const connection = this.#open.get(id);
    return connection?.socket.readyState === WebSocket.OPEN ? connection : undefined;
  }
}
