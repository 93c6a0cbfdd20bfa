import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** The server SDKs, as each of them calls itself. */
export type Sdk = 'Go' | 'Cpp' | 'CSharp';

export type GameServerOptions = {
  readonly sdk: Sdk;
  /** Where to connect: a GameLiftServiceSdkEndpoint. */
  readonly url: string;
  readonly token: string;
  readonly fleetId: string;
  readonly computeName: string;
  readonly processId: string;
  /** The certificate that Go and C# trust. C++ trusts any. */
  readonly ca?: string | undefined;
  /** C++ speaks TLS whatever the URL says, but for a test of a server that has none. */
  readonly withoutTls?: boolean;
};

export const sdkVersions: Readonly<Record<Sdk, string>> = { Go: '5.6.0', Cpp: '5.4.0', CSharp: '5.4.0' };

/** A RequestId or an IdempotencyToken: a UUID, or 32 letters and digits in C++. */
export const randomName = (sdk: Sdk): string =>
  sdk === 'Cpp' ? randomBytes(16).toString('hex') : randomUUID();

/** What is told in the URL, in the order of C#; Go and C++ sort it by name. */
const parametersOf = (options: GameServerOptions, idempotencyToken: string) =>
  [
    ['ComputeId', options.computeName],
    ['FleetId', options.fleetId],
    ['pID', options.processId],
    ['sdkLanguage', options.sdk],
    ['sdkVersion', sdkVersions[options.sdk]],
    ['IdempotencyToken', idempotencyToken],
    ['Authorization', options.token],
  ] as const;

/** The URL of an upgrade, as the SDK spells it. */
export function upgradeUrl(options: GameServerOptions, idempotencyToken: string): string {
  const { sdk, url, withoutTls } = options;
  const parameters = parametersOf(options, idempotencyToken);
  const sorted = parameters.toSorted(([one], [other]) => (one < other ? -1 : 1));
  const unencoded = (pairs: typeof sorted) => pairs.map(([name, value]) => `${name}=${value}`).join('&');
  switch (sdk) {
    case 'Go': {
      const target = new URL(url);
      target.search = new URLSearchParams(Object.fromEntries(sorted)).toString();
      return target.href;
    }
    case 'Cpp': {
      const target = withoutTls ? url : url.replace(/^ws:/, 'wss:');
      return `${target}${target.endsWith('/') ? '' : '/'}?${unencoded(sorted)}`;
    }
    case 'CSharp':
      return `${url}?${unencoded([...parameters])}`;
  }
}

const userAgents: Readonly<Record<Sdk, string>> = {
  Go: 'gamelift-go-sdk/1.0',
  Cpp: 'WebSocket++/0.8.2',
  CSharp: 'websocket-sharp/1.0',
};

const settingsOf = ({ sdk, ca }: GameServerOptions) => ({
  perMessageDeflate: false,
  headers: { 'User-Agent': userAgents[sdk] },
  rejectUnauthorized: sdk !== 'Cpp',
  ...(ca !== undefined && { ca }),
  ...(sdk !== 'Go' && { maxVersion: 'TLSv1.2' as const }),
});

/** How an upgrade ended: 101, the status of a refusal, or undefined where no answer came. */
export type UpgradeStatus = number | undefined;

/** No try of one connect call was let in. */
export class NotConnected extends Error {
  readonly status: UpgradeStatus;

  constructor(status: UpgradeStatus) {
    super(`The connection was refused: ${status ?? 'no answer'}`);
    this.name = 'NotConnected';
    this.status = status;
  }
}

/** So many tries an SDK makes before it gives up, whatever the status. They wait for seconds in between; this one does not. */
const triesOf: Readonly<Record<Sdk, number>> = { Go: 8, Cpp: 7, CSharp: 8 };

/**
 * Connects as one connect call of an SDK does: all its tries have the same IdempotencyToken. Throws {@link NotConnected}.
 *
 * @param prepare is given each socket before anything can arrive on it
 * @param noteStatus is told how each try ended
 */
export async function openSocket(
  options: GameServerOptions,
  idempotencyToken: string,
  prepare: (socket: WebSocket) => void,
  noteStatus: (status: UpgradeStatus) => void,
): Promise<WebSocket> {
  let status: UpgradeStatus;
  for (let tries = 0; tries < triesOf[options.sdk]; tries++) {
    if (tries > 0) await setTimeout(1);
    const socket = new WebSocket(upgradeUrl(options, idempotencyToken), settingsOf(options));
    prepare(socket);
    status = await upgraded(socket);
    noteStatus(status);
    if (status !== 101) continue;
    await checkAlive(options.sdk, socket);
    return socket;
  }
  throw new NotConnected(status);
}

/** The codes after which neither Go, in most builds, nor C++ connects again: the process is lost to the service. */
export const fatalCloses: ReadonlySet<number> = new Set([1000, 1001]);

/** Milliseconds that C# waits for a pong. */
const pongTime = 2_000;

/** C# pings, once it is connected and before each request, and takes a connection without a pong for dead. */
export async function checkAlive(sdk: Sdk, socket: WebSocket): Promise<void> {
  if (sdk !== 'CSharp' || socket.readyState !== WebSocket.OPEN) return;
  socket.ping();
  await once(socket, 'pong', { signal: AbortSignal.timeout(pongTime) });
}

function upgraded(socket: WebSocket): Promise<UpgradeStatus> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
    // Stays, since a connection can break at any time after.
    socket.on('error', () => resolve(undefined));
  });
}
