import type { WebSocket } from 'ws';
import type { ServerResponse } from './game-server-messages.ts';
import type { Sdk } from './game-server-socket.ts';

/** The members of a request. Undefined stands for what the game has not said. */
export type Members = Readonly<Record<string, unknown>>;

/** A request as it is sent. C# says null for what the game has not said, the others leave it out. */
export function spellRequest(sdk: Sdk, action: string, requestId: string, members: Members): string {
  const named = Object.entries(members).map(([name, value]) => [
    name,
    sdk === 'CSharp' ? (value ?? null) : value,
  ]);
  return JSON.stringify({ Action: action, RequestId: requestId, ...Object.fromEntries(named) });
}

/** A request that has not been answered, and the connection that it was last sent on. */
export type Pending = {
  readonly requestId: string;
  readonly text: string;
  readonly resolve: (response: ServerResponse) => void;
  readonly reject: (reason: unknown) => void;
  sentOn?: WebSocket;
};

/** The requests of a game server that have not been answered. */
export class PendingRequests {
  readonly #pending = new Set<Pending>();

  add(requestId: string, text: string): { pending: Pending; response: Promise<ServerResponse> } {
    const { promise, resolve, reject } = Promise.withResolvers<ServerResponse>();
    const pending: Pending = { requestId, text, resolve, reject };
    this.#pending.add(pending);
    return { pending, response: promise };
  }

  /** The request that a response is to, which is answered now; undefined where none waits for it. */
  take({ RequestId }: ServerResponse): Pending | undefined {
    const pending = [...this.#pending].find(({ requestId }) => requestId === RequestId);
    if (pending !== undefined) this.#pending.delete(pending);
    return pending;
  }

  sentOn(socket: WebSocket | undefined): readonly Pending[] {
    return socket === undefined ? [] : [...this.#pending].filter(({ sentOn }) => sentOn === socket);
  }

  /** Gives up those requests, or all of them. */
  reject(reason: unknown, requests: Iterable<Pending> = this.#pending): void {
    for (const pending of [...requests]) {
      this.#pending.delete(pending);
      pending.reject(reason);
    }
  }
}
