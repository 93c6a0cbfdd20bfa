import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent, type RequestOptions, request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Certificate, makeCertificate } from '#infra/local/certificate.ts';
import type { Invoke } from '#infra/local/gateway.ts';
import { type Gateway, serveGateway } from '#infra/local/serve-gateway.ts';
import { connected } from './web-socket-client.ts';

let certificate: Certificate;
beforeAll(async () => {
  certificate = await makeCertificate(Date.now());
});

const sayEvent: Invoke = async (_, event) => ({ statusCode: 200, body: JSON.stringify(event) });

/** A gateway that answers requests with their event, and messages with themselves. */
async function serve(given?: Promise<Certificate>, invoke = sayEvent): Promise<Gateway> {
  const route = { functionId: 'Echo', timeoutMs: 1_000, isTwoWay: true };
  const gateway = await serveGateway({
    port: 0,
    routes: [{ method: 'ANY', path: '$default', functionId: 'Door' }],
    invoke,
    webSocket: {
      api: { stage: 'live', routeKeyPath: ['Action'], routes: new Map([['$default', route]]) },
      invoke: async (_, { body }) => ({ statusCode: 200, body }),
    },
    certificate: given,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}

const secure = (url: string) => url.replace(/^(http|ws)/, '$1s');
const portOf = (url: string) => Number(new URL(url).port);

async function ask(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const request = url.startsWith('https') ? requestHttps : requestHttp;
  const [answer] = await once(request(url, options).end(), 'response');
  return answer;
}
const eventIn = async (answer: IncomingMessage): Promise<APIGatewayProxyEventV2> =>
  JSON.parse(await text(answer));

describe('one port', () => {
  test('takes HTTP and HTTPS', async () => {
    const { url } = await serve(Promise.resolve(certificate));
    for (const scheme of ['http', 'https'] as const) {
      const answer = await ask(url.replace('http', scheme), { ca: certificate.cert });
      expect((await eventIn(answer)).headers).toMatchObject({
        'x-forwarded-proto': scheme,
        'x-forwarded-port': String(portOf(url)),
      });
    }
  });

  test.each<[string, SecureVersion | undefined]>([
    ['ws', undefined],
    ['wss', 'TLSv1.2'],
    ['wss', 'TLSv1.3'],
  ])('takes %s, over %s', async (scheme, version) => {
    const { webSocketUrl } = await serve(Promise.resolve(certificate));
    const tls = version && { minVersion: version, maxVersion: version, rejectUnauthorized: false };
    const client = await connected(`${webSocketUrl.replace('ws', scheme)}/live/`, tls);
    client.send('hello');
    expect(await client.next()).toBe('hello');
  });

  test('lets whoever comes over TLS wait for the certificate', async () => {
    const made = Promise.withResolvers<Certificate>();
    const { url } = await serve(made.promise);
    const early = ask(secure(url), { ca: certificate.cert });
    expect((await ask(url)).statusCode).toBe(200);
    made.resolve(certificate);
    expect((await early).statusCode).toBe(200);
  });

  test.each([
    [
      'older than 1.2',
      () => Promise.resolve(certificate),
      { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } as const,
    ],
    ['at all, where there is no certificate', () => undefined, {}],
    ['at all, where it could not be made', () => Promise.reject(new Error('no entropy')), {}],
  ])('speaks no TLS %s', async (_, given, versions) => {
    const { url } = await serve(given());
    const options = { ...versions, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' };
    const socket = connectTls(portOf(url), '127.0.0.1', options);
    const [error] = await once(socket, 'error');
    expect(String(error)).toMatch(/SSL|TLS|ECONNRESET|disconnected/);
    expect((await ask(url)).statusCode).toBe(200);
  });

  test('answers whoever asks for another upgrade in HTTP/1.1, as clients in Java do', async () => {
    const { url } = await serve();
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAEAAEAA' };
    const answer = await ask(url, { headers });
    expect([answer.statusCode, answer.httpVersion]).toEqual([200, '1.1']);
  });

  test('answers whoever sends a request byte by byte', async () => {
    const { url } = await serve();
    const socket = connect({ port: portOf(url), host: '127.0.0.1', noDelay: true });
    for (const byte of 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n') socket.write(byte);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
  });

  test('lets whoever leaves without a word go', async () => {
    const { url } = await serve();
    const socket = connect({ port: portOf(url), host: '127.0.0.1', allowHalfOpen: true });
    socket.end();
    await once(socket.resume(), 'end');
    const other = connect(portOf(url), '127.0.0.1');
    await once(other, 'connect');
    other.resetAndDestroy();
    expect((await ask(url)).statusCode).toBe(200);
  });

  test('closes at once where nothing is under way: no connection that is kept, over TLS or not, or says nothing', async () => {
    const { url, close } = await serve(Promise.resolve(certificate));
    const agents = [new HttpAgent({ keepAlive: true }), new Agent({ keepAlive: true, ca: certificate.cert })];
    for (const [index, agent] of agents.entries()) {
      const answer = await ask(index === 0 ? url : secure(url), { agent });
      await text(answer);
    }
    const silent = connect(portOf(url), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    await (await ask(url)).resume();
    const ended = once(silent, 'close');
    // Nothing is waited for.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    await close();
    await ended;
    for (const agent of agents) agent.destroy();
  });

  test('waits two seconds for what is under way, and no longer', async () => {
    const begun = Promise.withResolvers<void>();
    const { url, close } = await serve(undefined, () => {
      begun.resolve();
      return new Promise(() => {});
    });
    const unanswered = expect(ask(url)).rejects.toThrow('socket hang up');
    await begun.promise;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const closed = close();
    vi.advanceTimersByTime(1_999);
    await expect(
      Promise.race([unanswered, new Promise((resolve) => setImmediate(resolve, 'waits'))]),
    ).resolves.toBe('waits');
    vi.advanceTimersByTime(1);
    await unanswered;
    await closed;
  });

  test('answers over TLS what is under way before it closes', async () => {
    const begun = Promise.withResolvers<void>();
    const result = Promise.withResolvers<string>();
    const { url, close } = await serve(Promise.resolve(certificate), () => {
      begun.resolve();
      return result.promise;
    });
    const agent = new Agent({ keepAlive: true, ca: certificate.cert });
    onTestFinished(() => agent.destroy());
    const answering = ask(secure(url), { agent });
    await begun.promise;
    const closed = close();
    result.resolve('finished');
    const answer = await answering;
    expect([answer.headers.connection, await text(answer)]).toEqual(['close', 'finished']);
    await closed;
  });
});

test('A certificate is for this machine alone, from now on for a year', async () => {
  const now = Date.UTC(2026, 2, 5, 9, 3, 8);
  const { cert } = await makeCertificate(now);
  const made = new X509Certificate(cert);
  expect(made.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
  expect([made.validFromDate, made.validToDate]).toEqual([
    new Date(now),
    new Date(Date.UTC(2027, 2, 5, 9, 3, 8)),
  ]);
  expect(made.ca).toBe(false);
  expect(made.verify(made.publicKey)).toBe(true);
});
