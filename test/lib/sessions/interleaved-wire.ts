import { AsyncLocalStorage } from 'node:async_hooks';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpHandlerOptions, HttpResponse } from '@smithy/types';

type Request = Parameters<NodeHttpHandler['handle']>[0];
type Response = { response: HttpResponse };

/** What becomes of a request: carried out or not, and its answer delivered, lost, or nobody there any more to read it. */
export type Fate =
  | 'answered'
  | 'lost before it arrived'
  | 'answer lost'
  | 'caller dies before it'
  | 'caller dies after it';

export const fates: readonly Fate[] = [
  'answered',
  'lost before it arrived',
  'answer lost',
  'caller dies before it',
  'caller dies after it',
];

type Waiting = { readonly caller: Caller; readonly meet: (fate: Fate) => Promise<void> };

/** One verb under way. */
export class Caller {
  state: 'running' | 'finished' | 'dead' = 'running';
  waiting = 0;
}

/**
 * A wire that holds every request back until the test lets it go, one at a time, in whatever order the test chooses: so
 * that any interleaving of any verbs can be played, and played again.
 */
export class InterleavedWire extends NodeHttpHandler {
  readonly #callers = new AsyncLocalStorage<Caller>();
  #waiting: Waiting[] = [];
  readonly #running = new Set<Caller>();

  /** Starts a verb, whose requests wait for `meetFate` from then on. */
  start<Outcome>(verb: () => Promise<Outcome>, finished: (outcome: Outcome | 'failed') => void): Caller {
    const caller = new Caller();
    this.#running.add(caller);
    const settle = (outcome: Outcome | 'failed') => {
      caller.state = 'finished';
      this.#running.delete(caller);
      finished(outcome);
    };
    this.#callers.run(caller, () => verb().then(settle, () => settle('failed')));
    return caller;
  }

  /** Waits until each verb under way has sent a request or has finished. */
  async settle(): Promise<void> {
    const isBusy = () => [...this.#running].some(({ waiting }) => waiting === 0);
    while (isBusy()) await new Promise((resolve) => setImmediate(resolve));
  }

  get waitingRequests(): number {
    return this.#waiting.length;
  }

  /** Lets one request go, and waits until it has met its fate. */
  async meetFate(index: number, fate: Fate): Promise<Caller> {
    const [chosen] = this.#waiting.splice(index, 1);
    if (chosen === undefined) throw new Error('No such request is waiting');
    chosen.caller.waiting--;
    if (fate.startsWith('caller dies')) this.#bury(chosen.caller);
    await chosen.meet(fate);
    return chosen.caller;
  }

  /** Starts a verb, lets so many of its requests through, and then its process is gone. */
  async dieAfter(requests: number, verb: () => Promise<unknown>): Promise<void> {
    const caller = this.start(verb, () => undefined);
    await this.settle();
    for (let sent = 0; sent < requests; sent++) {
      await this.meetFate(0, 'answered');
      await this.settle();
    }
    await this.meetFate(0, 'caller dies before it');
    if (caller.state !== 'dead') throw new Error('Another verb is under way');
  }

  #bury(caller: Caller): void {
    caller.state = 'dead';
    this.#running.delete(caller);
    this.#waiting = this.#waiting.filter((waiting) => waiting.caller !== caller);
  }

  override handle(request: Request, options?: HttpHandlerOptions): Promise<Response> {
    const caller = this.#callers.getStore();
    if (caller === undefined) return super.handle(request, options);
    caller.waiting++;
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        caller,
        meet: async (fate) => {
          const lost = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
          if (fate === 'lost before it arrived') return reject(lost);
          if (fate === 'caller dies before it') return;
          const answer = await super.handle(request, options);
          if (fate === 'answered') return resolve(answer);
          // An answer that nobody reads would keep its connection.
          answer.response.body.resume();
          if (fate === 'answer lost') reject(lost);
        },
      });
    });
  }
}
