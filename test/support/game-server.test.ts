import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { GameServer } from './game-server.ts';
import { type GameServerOptions, NotConnected, type Sdk, upgradeUrl } from './game-server-socket.ts';

/** That the test client does on the wire what the SDKs do: what it spares the service, no other test would see. */

const sdks: readonly Sdk[] = ['Go', 'Cpp', 'CSharp'];
const options = (sdk: Sdk, url: string): GameServerOptions => ({
  sdk,
  url,
  token: 'token-1',
  fleetId: 'fleet-1',
  computeName: 'rack/blade',
  processId: 'process 1',
  withoutTls: true,
});

describe('the upgrade', () => {
  const host = 'wss://servers.example/live';

  test.each<[Sdk, url: string, expected: string]>([
    [
      'Go',
      `${host}?gone=1`,
      `${host}?Authorization=token-1&ComputeId=rack%2Fblade&FleetId=fleet-1&IdempotencyToken=once&pID=process+1&sdkLanguage=Go&sdkVersion=5.6.0`,
    ],
    [
      'Cpp',
      host,
      `${host}/?Authorization=token-1&ComputeId=rack/blade&FleetId=fleet-1&IdempotencyToken=once&pID=process 1&sdkLanguage=Cpp&sdkVersion=5.4.0`,
    ],
    [
      'CSharp',
      host,
      `${host}?ComputeId=rack/blade&FleetId=fleet-1&pID=process 1&sdkLanguage=CSharp&sdkVersion=5.4.0&IdempotencyToken=once&Authorization=token-1`,
    ],
  ])('is spelled as by %s', (sdk, url, expected) => {
    expect(upgradeUrl(options(sdk, url), 'once')).toBe(expected);
  });

  test('is made over TLS by C++, whatever the URL says', () => {
    const { withoutTls: _, ...usual } = options('Cpp', 'ws://127.0.0.1:4800/live/');
    expect(upgradeUrl(usual, 'once')).toMatch(/^wss:\/\/127\.0\.0\.1:4800\/live\/\?Authorization/);
  });
});

let http: Server;
let sockets: WebSocketServer;
let url: string;
/** The upgrades that were asked for, by their queries. */
let asked: URLSearchParams[];
/** What has arrived, on whichever connection. */
let received: Record<string, unknown>[];
let newest: WebSocket;
/** Upgrades that are yet to be refused. */
let refusals: number;
/** Says what is sent in return for a request. */
let reply: (request: Record<string, unknown>, socket: WebSocket) => void;
let server: GameServer;

describe('a process', () => {
  beforeEach(async () => {
    [asked, received, refusals] = [[], [], 0];
    http = createServer();
    sockets = new WebSocketServer({ noServer: true });
    http.on('upgrade', (request: IncomingMessage, socket, head) => {
      asked.push(new URL(request.url ?? '', 'ws://any').searchParams);
      if (refusals > 0) {
        refusals -= 1;
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (open) => {
        newest = open;
        open.on('message', (data) => {
          const message: Record<string, unknown> = JSON.parse(String(data));
          received.push(message);
          reply(message, open);
        });
      });
    });
    reply = answer;
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = Object(http.address()) as AddressInfo;
    url = `ws://127.0.0.1:${port}/live`;
  });
  afterEach(() => {
    server.destroy();
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  });

  const answer: typeof reply = ({ Action, RequestId }, socket) =>
    socket.send(JSON.stringify({ Action, RequestId, StatusCode: 200 }));
  const send = (event: object) => newest.send(JSON.stringify(event));
  const session = {
    Action: 'CreateGameSession',
    GameSessionId: 'session-1',
    Port: 7_777,
    MaximumPlayerSessionCount: 4,
  };
  const idempotencyTokens = () => asked.map((query) => query.get('IdempotencyToken'));

  async function readyServer(sdk: Sdk): Promise<void> {
    server = new GameServer(options(sdk, url));
    await server.connect();
    await server.processReady({ port: 7_777 });
  }

  test.each(sdks)(
    '%s tries again when it is refused, with the same idempotency token, and gives up',
    async (sdk) => {
      server = new GameServer(options(sdk, url));
      refusals = 2;
      await server.connect();
      expect(server.upgrades).toEqual([403, 403, 101]);
      expect(new Set(idempotencyTokens()).size).toBe(1);

      refusals = 100;
      await expect(server.reconnect()).rejects.toEqual(new NotConnected(403));
      const tries = sdk === 'Cpp' ? 7 : 8;
      expect(server.upgrades.slice(3)).toEqual(Array.from({ length: tries }, () => 403));
      expect(new Set(idempotencyTokens()).size).toBe(sdk === 'CSharp' ? 2 : 1);
    },
  );

  test.each(sdks)('of %s sends a request whose response was lost again, under the same id', async (sdk) => {
    await readyServer(sdk);
    server.dropAfterNextSend();
    expect(await server.heartbeat()).toMatchObject({ Action: 'HeartbeatServerProcess', StatusCode: 200 });
    const [first, second] = received.filter(({ Action }) => Action === 'HeartbeatServerProcess');
    expect(second).toEqual(first);
    expect(asked).toHaveLength(2);
  });

  test.each(sdks)(
    '%s sends a request again when the service breaks the connection before it answers',
    async (sdk) => {
      await readyServer(sdk);
      reply = (_, socket) => {
        reply = answer;
        socket.terminate();
      };
      expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
      expect(received[1]).toEqual(received[2]);
      expect(server.closes).toEqual([1006]);
    },
  );

  test.each(sdks)(
    '%s loses an event right behind the response that makes it ready, and takes later ones',
    async (sdk) => {
      server = new GameServer(options(sdk, url));
      await server.connect();
      reply = (request, socket) => {
        answer(request, socket);
        send(session);
      };
      await server.processReady({ port: 7_777 });
      reply = answer;
      expect(server.ignored.all).toEqual([JSON.stringify(session)]);
      send({ ...session, GameSessionId: 'session-2' });
      expect(await server.nextEvent('CreateGameSession')).toMatchObject({ GameSessionId: 'session-2' });
      await server.activateGameSession();
      expect(received.at(-1)).toMatchObject({ Action: 'ActivateGameSession', GameSessionId: 'session-2' });
    },
  );

  test('loses an event with its connection', async () => {
    await readyServer('Go');
    const dropped = server.dropBeforeNextEvent();
    send(session);
    await dropped;
    await server.reconnect();
    send({ ...session, GameSessionId: 'session-2' });
    await server.nextEvent('CreateGameSession');
    expect(server.events.all).toHaveLength(1);
  });

  test.each(['"7777"', '7777.5', 'null'])('drops an event with the port %s', async (port) => {
    await readyServer('Go');
    newest.send(JSON.stringify(session).replace('7777', port));
    await server.heartbeat();
    expect(server.events.all).toEqual([]);
    expect(server.ignored.all).toHaveLength(1);
  });

  test.each(sdks)(
    'of %s moves to the connection that it is told of, with the token from there',
    async (sdk) => {
      await readyServer(sdk);
      const old = newest;
      const closed = once(old, 'close');
      send({ Action: 'RefreshConnection', RefreshConnectionEndpoint: `${url}/2`, AuthToken: 'token-2' });
      await server.nextEvent('RefreshConnection');
      expect(asked.map((query) => query.get('Authorization'))).toEqual(['token-1', 'token-2']);
      if (sdk === 'CSharp') old.close(1000);
      expect((await closed)[0]).toBe({ Go: 1006, Cpp: 1001, CSharp: 1000 }[sdk]);
      expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
      expect(asked).toHaveLength(2);
    },
  );

  test('keeps its connection where a refresh is refused', async () => {
    await readyServer('Go');
    refusals = 100;
    send({ Action: 'RefreshConnection', RefreshConnectionEndpoint: url, AuthToken: 'token-2' });
    await server.nextEvent('RefreshConnection');
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(server.upgrades.filter((status) => status === 101)).toEqual([101]);
  });

  test.each([
    ['Go', 1001],
    ['Cpp', 1000],
  ] as const)('of %s is lost for good when the service closes with %i, and says so', async (sdk, code) => {
    await readyServer(sdk);
    newest.close(code);
    await once(newest, 'close');
    await expect(server.heartbeat()).rejects.toThrow(`closed with ${code}`);
  });

  test('connects again at once when the service closes with another code', async () => {
    await readyServer('Go');
    const again = once(http, 'upgrade');
    newest.close(1012);
    await again;
    expect(await server.heartbeat()).toMatchObject({ StatusCode: 200 });
    expect(server.closes).toEqual([1012]);
  });

  test('of C# says null for what the game has not said, and the others leave it out', async () => {
    for (const sdk of sdks) {
      await readyServer(sdk);
      await server.describePlayerSessions({ PlayerId: 'ada' });
    }
    const nothing = { GameSessionId: null, PlayerSessionId: null, PlayerSessionStatusFilter: null };
    const RequestId = expect.any(String);
    const Action = 'DescribePlayerSessions';
    expect(received.filter((message) => message['Action'] === Action)).toEqual([
      { Action, RequestId, PlayerId: 'ada' },
      { Action, RequestId: expect.stringMatching(/^[0-9a-f]{32}$/), PlayerId: 'ada' },
      { Action, RequestId, PlayerId: 'ada', ...nothing, NextToken: null, Limit: 50 },
    ]);
  });
});
