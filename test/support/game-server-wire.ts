import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  type EventOf,
  readServerMessage,
  type ServerEvent,
  type ServerResponse,
  takenBeforeReady,
} from './game-server-messages.ts';
import { type Members, type Pending, PendingRequests, spellRequest } from './game-server-requests.ts';
import {
  checkAlive,
  fatalCloses,
  type GameServerOptions,
  openSocket,
  randomName,
  type UpgradeStatus,
} from './game-server-socket.ts';
import { Mailbox } from './mailbox.ts';

/** Milliseconds for which an old connection is listened to after a refresh. With the SDK for Go it is 5 s. */
const drainTime = 5;

/** What an official server SDK does beneath its calls: one connection that is kept up, requests on it, and events from it. */
export class GameServerWire {
  /** The events that reached the game. A RefreshConnection is among them once it is carried out. */
  readonly events = new Mailbox<ServerEvent>();
  /** What the SDK ignores: late responses, events before the process is ready, and what it cannot read. */
  readonly ignored = new Mailbox<string>();
  /** The codes with which connections ended, but for those that this side has left; 1006 where one just broke. */
  readonly closes: number[] = [];
  /** How each upgrade was answered. */
  readonly upgrades: UpgradeStatus[] = [];
  /** The game session that the process was told to host. */
  gameSessionId: string | undefined;

  #options: GameServerOptions;
  #idempotencyToken = '';
  #socket: WebSocket | undefined;
  /** The connections that are listened to: during a refresh there are two. */
  readonly #heard = new Set<WebSocket>();
  #connecting: Promise<WebSocket> | undefined;
  readonly #requests = new PendingRequests();
  #isReady = false;
  #isOver = false;
  /** Whether the service has closed the connection as it must not, so that the SDK does not connect again. */
  #isLost = false;
  #cutsAfterSend = false;
  #cutsBeforeEvent: (() => void) | undefined;

  constructor(options: GameServerOptions) {
    this.#options = options;
  }

  get options(): GameServerOptions {
    return this.#options;
  }

  /** InitSDK: one connect call. Rejects with NotConnected where each of its tries is refused. */
  async connect(): Promise<void> {
    this.#idempotencyToken = randomName(this.#options.sdk);
    await this.#connected();
  }

  /** Connects anew, and activates nothing again. */
  async reconnect(): Promise<void> {
    await this.#sendAgain(this.#abandon(this.#socket));
  }

  /** Cuts the connection without a word. It is down until {@link reconnect} or the next request. */
  drop(): void {
    const left = this.#abandon(this.#socket);
    if (this.#requests.sentOn(left).length > 0) this.#restore(left);
  }

  /** Cuts the connection as soon as the next request is written: its response is lost, and it is sent again. */
  dropAfterNextSend(): void {
    this.#cutsAfterSend = true;
  }

  /** Cuts the connection at the next event, which is lost. Resolves when that has happened. */
  dropBeforeNextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.#cutsBeforeEvent = resolve;
    });
  }

  /** Leaves, as Destroy does: Go drops TCP, the others close. Who waits for something waits for ever. */
  destroy(): void {
    this.#isOver = true;
    const code = { Go: undefined, Cpp: 1001, CSharp: 1000 }[this.#options.sdk];
    this.#abandon(this.#socket, code, 'Websocket client closing');
  }

  /** Sends a text as it is. Its answer is in {@link ignored}, unless a request waits for that. */
  async send(text: string): Promise<void> {
    await this.#transmit(await this.#connected(), text);
  }

  /**
   * Sends a request and gives its response, whatever its StatusCode. When the connection is lost before that, it is sent
   * again on the next one with the same RequestId, as the SDK for C++ does.
   */
  async request(
    action: string,
    members: Members = {},
    { requestId = randomName(this.#options.sdk) } = {},
  ): Promise<ServerResponse> {
    const text = spellRequest(this.#options.sdk, action, requestId, members);
    const socket = await this.#connected();
    const { pending, response } = this.#requests.add(requestId, text);
    const [answer] = await Promise.all([response, this.#write(pending, socket)]);
    return answer;
  }

  /** The next event of that kind which no earlier call has given. */
  nextEvent<Action extends ServerEvent['Action']>(action: Action): Promise<EventOf<Action>> {
    return this.events.next((event): event is EventOf<Action> => event.Action === action);
  }

  async #connected(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    if (this.#isLost) throw new Error(`The service closed with ${this.closes.at(-1)}: the process is lost`);
    this.#connecting ??= this.#open(this.#options, this.#idempotencyToken).finally(() => {
      this.#connecting = undefined;
    });
    this.#socket = await this.#connecting;
    return this.#socket;
  }

  /** Go and C++ connect again with the IdempotencyToken that they have, C# with a new one each time. */
  async #open(options: GameServerOptions, idempotencyToken: string): Promise<WebSocket> {
    const { sdk } = options;
    const token = sdk === 'CSharp' ? randomName(sdk) : idempotencyToken;
    const listen = (socket: WebSocket) => {
      socket.once('open', () => this.#heard.add(socket));
      socket.on('message', (data, isBinary) => this.#received(socket, String(data), isBinary));
      socket.once('close', (code) => this.#closed(socket, code));
    };
    return openSocket(options, token, listen, (status) => this.upgrades.push(status));
  }

  async #write(pending: Pending, socket: WebSocket): Promise<void> {
    pending.sentOn = socket;
    await checkAlive(this.#options.sdk, socket);
    if (!(await this.#transmit(socket, pending.text))) this.#restore(socket);
  }

  /** Writes a text, and says whether it has been written. */
  async #transmit(socket: WebSocket, text: string): Promise<boolean> {
    const isLast = this.#cutsAfterSend;
    this.#cutsAfterSend = false;
    if (isLast) this.#heard.delete(socket);
    const error = await new Promise<Error | null | undefined>((resolve) => socket.send(text, resolve));
    if (isLast) this.drop();
    return !error;
  }

  #received(socket: WebSocket, text: string, isBinary: boolean): void {
    if (!this.#heard.has(socket)) return;
    const message = readServerMessage(text);
    if (message.kind === 'ignored' || (isBinary && this.#options.sdk === 'Go')) this.ignored.put(text);
    else if (message.kind === 'event') this.#happened(message.event, text);
    else this.#answered(message.response, text);
  }

  #answered(response: ServerResponse, text: string): void {
    const pending = this.#requests.take(response);
    const done = response.StatusCode === 200 ? response.Action : undefined;
    if (done === 'TerminateServerProcess') this.#isOver = true;
    if (pending === undefined) this.ignored.put(text);
    else if (done !== 'ActivateServerProcess') pending.resolve(response);
    else {
      // An event that comes right behind this response finds the process not ready yet, and is lost.
      void setTimeout(1).then(() => {
        this.#isReady = true;
        pending.resolve(response);
      });
    }
  }

  #happened(event: ServerEvent, text: string): void {
    if (this.#cutsBeforeEvent !== undefined) {
      this.drop();
      this.#cutsBeforeEvent();
      this.#cutsBeforeEvent = undefined;
    } else if (!this.#isReady && !takenBeforeReady[this.#options.sdk].has(event.Action)) {
      this.ignored.put(text);
    } else if (event.Action === 'RefreshConnection') {
      void this.#refresh(event);
    } else {
      if (event.Action === 'CreateGameSession') this.gameSessionId = event.GameSessionId;
      this.events.put(event);
    }
  }

  /** Moves to a new connection. Where that is refused, the old one stays in use. */
  async #refresh(event: EventOf<'RefreshConnection'>): Promise<void> {
    const { sdk } = this.#options;
    const old = this.#socket;
    const options = { ...this.#options, url: event.RefreshConnectionEndpoint, token: event.AuthToken };
    const idempotencyToken = randomName(sdk);
    const socket = await this.#open(options, idempotencyToken).catch(() => undefined);
    if (socket !== undefined) {
      this.#options = options;
      this.#idempotencyToken = idempotencyToken;
      this.#socket = socket;
      await setTimeout(drainTime);
      // C# leaves the old one open: the service has to close it.
      if (sdk === 'Go') this.#abandon(old);
      if (sdk === 'Cpp') this.#abandon(old, 1001, 'Websocket client reconnecting');
      if (sdk !== 'CSharp') await this.#sendAgain(old);
    }
    this.events.put(event);
  }

  #closed(socket: WebSocket, code: number): void {
    if (!this.#heard.delete(socket)) return;
    this.closes.push(code);
    if (socket === this.#socket) {
      this.#socket = undefined;
      this.#isLost = fatalCloses.has(code) && this.#options.sdk !== 'CSharp' && !this.#isOver;
    }
    if (!this.#isOver) this.#restore(socket);
  }

  /** Listens to a connection no more: cuts it, or closes it with a code. */
  #abandon(socket: WebSocket | undefined, code?: number, reason = ''): WebSocket | undefined {
    if (socket === undefined) return undefined;
    this.#heard.delete(socket);
    if (socket === this.#socket) this.#socket = undefined;
    if (code === undefined) socket.terminate();
    else socket.close(code, reason);
    return socket;
  }

  /** What follows when a connection is lost: Go and C++ connect again at once, C# when it has something to send. */
  #restore(lost: WebSocket | undefined): void {
    const unanswered = this.#requests.sentOn(lost);
    if (unanswered.length === 0 && (this.#options.sdk === 'CSharp' || this.#socket !== undefined)) return;
    this.#sendAgain(lost).catch((reason: unknown) => this.#requests.reject(reason, unanswered));
  }

  async #sendAgain(lost: WebSocket | undefined): Promise<void> {
    const unanswered = this.#requests.sentOn(lost);
    const socket = await this.#connected();
    await Promise.all(unanswered.map((pending) => this.#write(pending, socket)));
  }
}
